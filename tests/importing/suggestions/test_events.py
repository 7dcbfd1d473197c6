"""Dates as EDTF in three languages, the events that they belong to, and what is neither."""

import pytest

from lessons.dates import sort_key
from lessons.importing.document import CASE_STUDY
from lessons.importing.review.state import ACCEPT_THRESHOLD
from lessons.importing.suggestions.dates import find_date
from lessons.importing.suggestions.languages import LANGUAGES
from tests.importing.suggestions.texts import suggest

DATES = {
    "en": [
        ("It began in 1987.", "1987", "year"),
        ("On 4 April 1949 they signed.", "1949-04-04", "day"),
        ("On April 4, 1949, they signed.", "1949-04-04", "day"),
        ("They met in March 1951.", "1951-03", "month"),
        ("From 1998 to 1999 it rained.", "1998/1999", "range"),
        ("The strike of 1911–12 was long.", "1911/1912", "range"),
        ("It lasted from 24 March 1999 to 10 June 1999.", "1999-03-24/1999-06-10", "range"),
        ("It was held from 21 July to 5 August 2018.", "2018-07-21/2018-08-05", "range"),
        ("It ran from July 24 to 30, 2011.", "2011-07-24/2011-07-30", "range"),
        ("She led it from April 1996 until December 1997.", "1996-04/1997-12", "range"),
        ("The town was founded around 1200.", "1200~", "year"),
        ("He died in 432 BCE at sea.", "-0431", "year"),
        ("The war of 431–404 BC was lost.", "-0430/-0403", "range"),
        ("Steam came in the 1840s.", "184X", "decade"),
    ],
    "fr": [
        ("Le port fut construit en 1848.", "1848", "year"),
        ("Le 1er mai 1886, ils partirent.", "1886-05-01", "day"),
        ("En août 1789, on vota.", "1789-08", "month"),
        ("De 1914 à 1918, le port ferma.", "1914/1918", "range"),
        ("On vota du 3 au 5 mai 1848.", "1848-05-03/1848-05-05", "range"),
        ("La ville naquit vers 1200.", "1200~", "year"),
        ("Il mourut en 44 av. J.-C. à Rome.", "-0043", "year"),
        ("La vapeur vint dans les années 1840.", "184X", "decade"),
    ],
    "de": [
        ("Im Jahr 1848 wurde der Hafen gebaut.", "1848", "year"),
        ("1848 wurde der Hafen gebaut.", "1848", "year"),
        ("Am 4. April 1949 kamen sie.", "1949-04-04", "day"),
        ("Am 09.11.1989 fiel die Mauer.", "1989-11-09", "day"),
        ("Im März 1951 trafen sie sich.", "1951-03", "month"),
        ("Von 1914 bis 1918 war der Hafen zu.", "1914/1918", "range"),
        ("Man tagte vom 3. bis 5. Mai 1848.", "1848-05-03/1848-05-05", "range"),
        ("Er starb 44 v. Chr. in Rom.", "-0043", "year"),
        ("Die Stadt entstand um 1200.", "1200~", "year"),
        ("Der Dampf kam in den 1840er Jahren.", "184X", "decade"),
    ],
}


@pytest.mark.parametrize(
    ("language", "sentence", "date", "precision"), [(code, *row) for code, rows in DATES.items() for row in rows]
)
def test_dates_are_written_as_edtf(language, sentence, date, precision):
    found = find_date(sentence, LANGUAGES[language])
    assert (found.date, found.precision) == (date, precision)
    assert sort_key(found.date)


@pytest.mark.parametrize(
    ("language", "sentence"),
    [
        ("en", "Tides follow the moon (Nobody 1999)."),
        ("en", "See page 1910 and p. 1911, and pp. 1450–1480."),
        ("en", "It has 1500 words and costs $1999 in 1200 shops."),
        ("en", "The moon (born 1850) is old, and room 1.1950 is empty."),
        ("en", "Alder, 2017 has more of it."),
        ("fr", "Voir la page 1910, et les 1500 marins."),
        ("fr", "Le village a 1850 habitants."),
        ("de", "Auf 1500 Schiffen waren Leute, siehe S. 1848."),
        ("de", "Das Dorf hat 1850 Einwohner."),
    ],
)
def test_citations_pages_and_quantities_are_not_dates(language, sentence):
    assert find_date(sentence, LANGUAGES[language]) is None


def accepted(language, *texts, **options):
    timeline = suggest(language, *texts, **options).timeline
    return [(one["date"], one["event"]) for one in timeline if one["confidence"] >= ACCEPT_THRESHOLD]


@pytest.mark.parametrize(
    ("language", "first", "second"),
    [
        ("en", "In 1848, the town built a harbour of stone.", "On 2 May 1801, the fishermen founded a guild."),
        (
            "fr",
            "En 1848, la ville construisit un port en pierre.",
            "Le 2 mai 1801, les pêcheurs fondèrent une guilde.",
        ),
        ("de", "Im Jahr 1848 baute die Stadt einen Hafen.", "Am 2. Mai 1801 gründeten die Fischer eine Zunft."),
    ],
)
def test_events_are_listed_in_chronological_order(language, first, second):
    assert accepted(language, first, second) == [("1801-05-02", second), ("1848", first)]


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "Retrieved on 4 May 2019 from the site of the harbour."),
        ("en", "By Anna Alder, 12 May 2020 and updated in 2021."),
        ("en", "Published in 1999 by the press of the harbour."),
        ("en", "© 2011 The Harbour Board founded and all rights reserved."),
        ("en", "Anna Alder, Ships of the North, Harbour University Press, in 1999."),
        ("en", "This was founded in 1848 by the fishermen."),
        ("en", "In 1848, it was founded by the fishermen of the town."),
        ("en", "Was the harbour founded in 1848 by the fishermen?"),
        ("en", "By 2040, the town will have founded another harbour."),
        ("fr", "Consulté le 4 mai 2019 sur le site du port."),
        ("fr", "Par Anna Aulne, le 12 mai 2020, mis à jour en 2021."),
        ("fr", "Il fut fondé en 1848 par les pêcheurs de la ville."),
        ("de", "Abgerufen am 4. Mai 2019 von der Seite des Hafens."),
        ("de", "Von Anna Erle, 12. Mai 2020, zuletzt geändert im Mai 2021."),
        ("de", "Er wurde im Jahr 1848 von den Fischern gegründet."),
        ("de", "Im Jahr 1848 wurde er von den Fischern gegründet."),
    ],
)
def test_sources_by_lines_forecasts_and_unclear_sentences_are_not_events(language, text):
    assert accepted(language, text) == []


def test_a_line_of_a_chronology_is_an_event():
    assert accepted("en", "1848: The town builds a harbour", "1801 – Fishermen found a guild") == [
        ("1801", "Fishermen found a guild"),
        ("1848", "The town builds a harbour"),
    ]


def test_an_unclear_sentence_is_preceded_by_the_previous_one_or_the_name_of_its_case():
    before, sentence = "The harbour was made of stone.", "It was closed in 1911 by the town."
    assert accepted("en", f"{before} {sentence}") == [("1911", f"{before} {sentence}")]
    assert accepted("en", sentence, heading="Stone Harbour", kind=CASE_STUDY) == [
        ("1911", f"Stone Harbour: {sentence}")
    ]


def test_an_event_that_is_described_twice_is_kept_once():
    twice = ("In 1911, the town closed the harbour of stone.", "The town closed its harbour of stone in 1911.")
    assert len(accepted("en", *twice)) == 1


def test_bibliographies_have_no_events():
    assert accepted("en", "In 1999, the town built a harbour of stone.", heading="Further reading") == []
