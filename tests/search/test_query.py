"""What somebody types is read as words, phrases and filters; no text is an error."""

import time

import pytest

from lessons.search.query import MAX_INPUT, parse_query


def clauses(text):
    return [" ".join(clause.terms) for clause in parse_query(text).clauses]


def test_words_are_clauses_of_their_own_and_the_same_word_is_one():
    assert clauses("Neap tides, NEAP well-being") == ["neap", "tides", "well", "being"]


@pytest.mark.parametrize("quoted", ['"as it was"', "“as it was”", "«as it was»", '"as it was', "„as it was“"])
def test_quotes_of_any_language_make_a_phrase_even_if_nothing_ends_it(quoted):
    (clause,) = parse_query(quoted).clauses
    assert clause.terms == ("as", "it", "was")
    assert clause.is_exact


def test_a_quoted_word_is_exact_and_an_unquoted_one_is_not():
    assert [clause.is_exact for clause in parse_query('"tides" tides').clauses] == [True, False]


def test_a_script_without_spaces_is_a_phrase_of_pairs():
    assert [clause.terms for clause in parse_query("潮汐表 NATO条約").clauses] == [
        ("潮汐", "汐表"),
        ("nato",),
        ("条約",),
    ]


def test_a_minus_before_a_word_or_phrase_leaves_it_out_and_within_a_word_does_not():
    query = parse_query('well-being -moon -"neap tide" - -')
    assert [clause.terms for clause in query.excluded] == [("moon",), ("neap", "tide")]
    assert clauses("well-being - -") == ["well", "being"]


def test_operators_name_tags_people_and_places():
    query = parse_query('tag:moon Tag:"spring tide" by:"Maya T" in:habits tides')
    assert (query.tags, query.authors, query.places) == (("moon", "spring tide"), ("Maya T",), ("habits",))
    assert [clause.terms for clause in query.clauses] == [("tides",)]


@pytest.mark.parametrize("text", ["tag:", "by: ", "in", "standby:moon"])
def test_an_operator_without_a_name_is_a_word(text):
    query = parse_query(text)
    assert query.clauses
    assert not (query.tags)
    assert not (query.authors)
    assert not (query.places)


@pytest.mark.parametrize(
    "text",
    ["", " ", '"', '""', "-", '-"', "*", "\x00", "\ud800", "😀🏴‍☠️", "AND(", "' OR 1=1 --", "a" * 20_000, '"' * 9_999],
)
def test_whatever_is_typed_is_a_query(text):
    query = parse_query(text)
    assert all(clause.terms and all(clause.terms) for clause in query.clauses)
    assert len(query.text) <= MAX_INPUT


def test_words_are_replaced_where_they_stand():
    query = parse_query('Silense "silense procedure" -silense, silense')
    assert query.with_words({"silense": "silence"}) == 'silence "silense procedure" -silense, silense'


@pytest.mark.parametrize("piece", ["-", '"', "-tag:", "潮", "a-", '-"a', "tag:\x00"])
def test_reading_takes_bounded_time(piece):
    start = time.process_time()
    parse_query(piece * MAX_INPUT)
    assert time.process_time() - start < 1
