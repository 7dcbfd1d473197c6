"""Place, dates and parties of case studies: right, or empty."""

import pytest

from lessons.importing.analysis import analyse
from tests.importing.articles import read
from tests.importing.suggestions.texts import case_study


@pytest.mark.parametrize(
    ("language", "texts", "location", "began", "ended", "parties"),
    [
        (
            "en",
            ["The Harbour Board built a pier in Lower Marwick, "
                "Devon.", "It was opened in 1987 and was closed in 1994.",
             "The talks between the Harbour Board and Anna Alder failed in Lower Marwick."],
            "Lower Marwick", "1987", "1994", ["Harbour Board", "Anna Alder"],
        ),
        (
            "fr",
            ["La Ligue du Port signa un accord à Granville.", "Le port fut construit de 1848 à 1851 à Granville."],
            "Granville", "1848", "1851", ["Ligue du Port"],
        ),
        (
            "de",
            ["Von 1848 bis 1851 wurde der Hafen in der Stadt Husum "
                "gebaut.", "In Husum war man froh, und in Husum blieb er."],
            "Husum", "1848", "1851", [],
        ),
        ("en", ["In March it was cold, and in English it is called winter.", "Nobody was there."], "", "", "", []),
    ],
)  # fmt: skip
def test_facts_are_read_from_the_sentences(language, texts, location, began, ended, parties):
    facts = case_study(language, "The new pier", *texts)
    assert (facts["location"], facts["began"], facts["ended"]) == (location, began, ended)
    assert set(facts["parties"]) == set(parties)


def test_facts_come_also_from_the_introduction_of_the_case():
    alder, harbour = analyse(read("bees.txt")).suggestions.facts
    assert (alder["began"], alder["location"]) == ("1987", "Lower Marwick")
    assert (harbour["began"], harbour["ended"], harbour["location"]) == ("", "2011", "")
