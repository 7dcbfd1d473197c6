"""Suggestions and their evidence; citations are not events, nor headings tags."""

import pytest

from lessons.dates import sort_key
from lessons.importing.analysis import analyse
from lessons.importing.readers import read_paste
from lessons.importing.suggestions.events import find_date, suggest_events
from lessons.importing.suggestions.sentences import split_sentences
from tests.importing.articles import outline_of_text, read


@pytest.fixture(scope="module")
def bees():
    return analyse(read("bees.txt")).suggestions


def test_a_term_comes_with_the_sentence_that_defines_it(bees):
    terms = {one["term"]: one for one in bees.glossary}
    assert terms["Urban beekeeping"]["definition"].startswith("Urban beekeeping refers to")
    assert terms["Varroosis"]["confidence"] > 0.5
    assert len(terms) <= 20


@pytest.mark.parametrize(
    ("sentence", "term"),
    [
        ("A drogue is a kind of brake that a boat drags behind it.", "drogue"),
        ("The water that is left is called the slack tide.", "slack tide"),
        ("Sailors speak of leeway, the tendency to drift with the wind.", "leeway"),
        ("He looked at the burgee (a small flag) again.", "burgee"),
        ("Hydrography means the measuring of waters.", "hydrography"),
    ],
)
def test_english_definition_patterns(sentence, term):
    glossary = analyse(
        read_paste(f"{sentence} Nothing else here is of any note, and nobody minds.")
    ).suggestions.glossary
    assert [one["definition"] for one in glossary if one["term"].lower() == term] == [sentence]


@pytest.mark.parametrize(
    ("sentence", "date", "precision"),
    [
        ("It began in 1987.", "1987", "year"),
        ("On 4 April 1949 they signed.", "1949-04-04", "day"),
        ("On April 4, 1949, they signed.", "1949-04-04", "day"),
        ("They met in March 1951.", "1951-03", "month"),
        ("From 1998 to 1999 it rained.", "1998/1999", "range"),
        ("The strike of 1911–12 was long.", "1911/1912", "range"),
        ("The town was founded around 1200.", "1200~", "year"),
        ("He died in 432 BCE at sea.", "-0431", "year"),
        ("Steam came in the 1840s.", "184X", "decade"),
    ],
)
def test_dates_are_written_as_edtf(sentence, date, precision):
    found = find_date(sentence)
    assert (found.date, found.precision) == (date, precision)
    assert sort_key(found.date)


@pytest.mark.parametrize(
    "sentence",
    [
        "Tides follow the moon (Nobody 1999).",
        "See page 1910 and p. 1911.",
        "It has 1500 words and costs $1999.",
        "The moon (born 1850) is old.",
        "Room 1.1950 is empty.",
    ],
)
def test_citations_pages_and_quantities_are_not_events(sentence):
    assert find_date(sentence) is None


def test_an_event_that_is_told_twice_is_kept_in_its_own_section(bees):
    assert [one["date"] for one in bees.timeline] == ["1987", "2011"]
    assert bees.timeline[1]["event"].startswith("Harbour Roof Project: It ")


def test_case_studies_get_facts_from_their_own_text_and_their_introduction(bees):
    alder, harbour = bees.facts
    assert (alder["began"], alder["location"]) == ("1987", "Lower Marwick")
    assert harbour["began"] == "2011"


def test_questions_are_made_from_the_headings(bees):
    questions = [one["text"] for one in bees.prompts]
    assert "Was “Alder Street Apiary” a success? Say for whom, and by what measure." in questions
    assert len(questions) <= 12
    assert all(question.count("“") == question.count("”") for question in questions)


def test_tags_are_frequent_phrases():
    text = "The spring flood is late. A spring flood is high. No spring flood came. We like the spring flood."
    names = [one["name"] for one in analyse(read_paste(text)).suggestions.tags]
    assert "spring flood" in names


def test_text_is_split_at_the_ends_of_sentences():
    text = "Dr. A. Nobody came at 5 p.m. to St. Ives. “Did he?” she said. He did… Then it rained."
    assert split_sentences(text) == [
        "Dr. A. Nobody came at 5 p.m. to St. Ives.",
        "“Did he?” she said.",
        "He did…",
        "Then it rained.",
    ]


def test_bibliographies_give_no_events():
    outline = outline_of_text(
        "Some text about the sea, which is long enough to be one.\nReferences\nA book of 1999.\nB."
    )
    assert suggest_events(outline) == []
