"""The index finds what a naive reading of its rows finds, on both databases, and only what the reader may read."""

import random

import pytest
from django.db import connection

from lessons.indexing import vocabulary
from lessons.indexing.entries import Entry, row_of
from lessons.indexing.indexes import POSTS, TEXTS
from lessons.indexing.queries import STEM, Part, Query, Scope, parts_of, phrase_part, word_part

WORDS = "the of tide tides Moon sea région Straße 北大学 œuvre running run ran harbour flood".split()
PERMISSIONS = ["xp", "xa", "xs1", "xc1", "xc2", "xg7", "xw9c1", "xu5c1", "xu5s1", "xu5w9c1"]
TOKENS = [*PERMISSIONS, "c1", "c2"]
KINDS = ["kt", "kd"]
INDEXES = pytest.mark.parametrize("index", [TEXTS, POSTS], ids=lambda index: index.table)
APART = 300
"""How far the numbers of random rows are apart: PostgreSQL looks at about a thousand after the others."""
pytestmark = pytest.mark.django_db


def entry(pk, text, *scope, title="", language="en"):
    return Entry(pk, title, text, language, frozenset(scope))


def found(index, query, scope=frozenset({"xp"}), **options):
    parts = query if isinstance(query, Query) else Query(tuple(parts_of(query, ["en"])))
    return [hit.pk for hit in index.search(parts, Scope(frozenset(scope)), limit=100, **options)]


def random_entry(dice, pk):
    text = " ".join(dice.choices(WORDS, k=dice.randint(0, 12)))
    title = " ".join(dice.choices(WORDS, k=dice.randint(0, 3)))
    scope = {*dice.sample(TOKENS, dice.randint(1, 4)), dice.choice(KINDS)}
    if "xs1" in scope:
        scope.add("c1")
    return Entry(APART * pk, title, text, dice.choice(["en", "fr"]), frozenset(scope))


def random_part(dice):
    if dice.random() < 0.3:
        return phrase_part(" ".join(dice.choices(WORDS, k=2)))
    return dice.choice(parts_of(dice.choice(WORDS), ["en", "fr"]))


def random_query(dice):
    parts = tuple(random_part(dice) for _ in range(dice.randint(0, 3)))
    without = tuple(random_part(dice) for _ in range(dice.choice([0, 0, 1, 2])))
    return Query(parts, without, match_all=dice.random() < 0.6)


def random_scope(dice):
    filters = tuple(
        dice.choice([frozenset({dice.choice(TOKENS)}), frozenset(dice.sample(["c1", "c2", *KINDS], 2))])
        for _ in range(dice.choice([0, 0, 1, 2]))
    )
    return Scope(frozenset(dice.sample(PERMISSIONS, dice.randint(0, 3))), filters)


def has(part: Part, row):
    fields = [f" {field} " for field in (row.title, row.terms, row.stems)]
    return any(f" {' '.join(sequence)} " in field for sequence in part.alternatives for field in fields)


def matches(query, scope, row):
    quantify = all if query.match_all else any
    return (
        bool(scope.readable & row.tokens)
        and all(group & row.tokens for group in scope.filters)
        and (not query.parts or quantify(has(part, row) for part in query.parts))
        and not any(has(part, row) for part in query.without)
    )


@INDEXES
def test_hits_and_counts_are_those_of_a_naive_search(index):
    dice = random.Random(15)
    index.write(random_entry(dice, pk) for pk in range(1, 151))
    rewritten = [random_entry(dice, pk) for pk in range(40, 60)]
    index.write(rewritten)
    index.remove(range(100 * APART, 110 * APART, APART))
    scopes = {APART * pk: random_entry(dice, pk).scope for pk in range(10, 20)}
    index.set_scopes(scopes)
    rows = list(index.read(range(APART, 200 * APART, APART)).values())
    assert len(rows) == 140
    assert {row.pk: row.tokens for row in rows if row.pk in scopes} == scopes
    assert [row for row in rows if 40 <= row.pk / APART < 60] == [row_of(entry) for entry in rewritten]
    hit_sets = set()
    for _ in range(60):
        query, scope = random_query(dice), random_scope(dice)
        expected = {row.pk for row in rows if matches(query, scope, row)}
        hits = index.search(query, scope, limit=1000)
        assert {hit.pk for hit in hits} == expected, query
        assert [hit.pk for hit in index.search(query, scope, limit=5, newest=True)] == sorted(expected)[:-6:-1]
        groups = index.find_groups(query, scope, ["kt", "c1"], limit=1000)
        assert {token: {hit.pk for hit in hits} for token, hits in groups.hits.items()} == {
            token: {row.pk for row in rows if row.pk in expected and token in row.tokens} for token in ("kt", "c1")
        }
        narrowed = scope.narrowed("c1", "c2")
        assert index.count_each(query, [scope, narrowed], up_to=20) == [
            min(20, len(expected)),
            min(20, sum(matches(query, narrowed, row) for row in rows)),
        ]
        hit_sets.add(frozenset(expected))
    assert len(hit_sets) > 25


@INDEXES
def test_words_are_found_by_their_stem_and_phrases_only_as_they_are(index):
    index.write([entry(1, "The tides were running", "xp"), entry(2, "One tide runs", "xp"), entry(3, "Ebb", "xp")])
    assert sorted(found(index, "tide run")) == [1, 2]
    assert found(index, Query((phrase_part("tides were"),))) == [1]
    assert found(index, Query((phrase_part("tide were"),))) == []
    assert found(index, Query(tuple(parts_of("tide", ["en"])), (phrase_part("One tide"),))) == [1]


@INDEXES
def test_words_of_scripts_without_spaces_are_found_within_a_sentence(index):
    index.write([entry(1, "我在北京大学读书", "xp"), entry(2, "北方的大学", "xp"), entry(3, "東京タワー", "xp")])
    assert found(index, "京大学") == [1]
    assert sorted(found(index, "大学")) == [1, 2]
    assert found(index, "タワー") == [3]


@INDEXES
@pytest.mark.parametrize(
    "typed", ['"', "' OR 1=1 --", "a AND OR NOT (", "NEAR(tide, 3)", "title:tide", "tide*", "\\", "#xp", "~tide", "-"]
)
def test_what_is_typed_is_never_the_databases_query_language(index, typed):
    index.write([entry(1, "tide a and or not near title", "xp"), entry(2, "hidden tide", "xc1")])
    parts = tuple(parts_of(typed, ["en"]))
    assert 2 not in found(index, Query(parts))
    assert 2 not in found(index, Query((), parts))


@INDEXES
def test_nobody_without_a_token_finds_anything(index, django_assert_num_queries):
    index.write([entry(1, "tide", "xp")])
    with django_assert_num_queries(0):
        assert found(index, "tide", scope=()) == []
        assert index.count(Query(()), Scope(frozenset())) == 0


@INDEXES
def test_a_row_of_many_readers_is_found_by_each(index):
    """Instructors of many courses hold hundreds of tokens."""
    index.write([entry(1, "tide", *(f"xg{n}" for n in range(700)))])
    held = {f"xg{n}" for n in range(699, 3000)}
    assert found(index, "tide", scope=held) == [1]


@INDEXES
def test_a_title_and_nearness_count_more(index):
    index.write(
        [
            entry(1, "dead men tell no reckoning", "xp"),
            entry(2, "navigation by dead reckoning", "xp"),
            entry(3, "of navigation", "xp", title="Dead reckoning"),
            entry(4, "the living", "xp"),
        ]
    )
    assert found(index, "dead reckoning") == [3, 2, 1]
    some = Query(tuple(parts_of("dead reckoning living")), match_all=False)
    coverage = {hit.pk: hit.coverage for hit in index.search(some, Scope(frozenset({"xp"})), limit=9)}
    assert 0 < coverage[4] < coverage[1] == coverage[2] < 1


@INDEXES
def test_a_very_long_text_is_found_by_its_last_phrase(index):
    index.write([entry(1, "the sea " * 20_000 + "lunar node", "xp")])
    assert found(index, Query((phrase_part("sea lunar node"),))) == [1]


@INDEXES
def test_writing_takes_two_queries_at_most_and_a_scope_of_no_row_writes_none(index, django_assert_num_queries):
    with django_assert_num_queries(2 if connection.vendor == "sqlite" else 1):
        index.write([entry(pk, "tide", "xp") for pk in range(1, 30)])
    with django_assert_num_queries(1):
        index.remove([1, 99])
    index.set_scopes({1: frozenset({"xp"}), 2: frozenset({"xc1"})})
    assert sorted(index.read([1, 2])) == [2]
    assert found(index, "tide", scope=["xc1"]) == [2]
    assert [row.pk for row in index.read_after(27, limit=2)] == [28, 29]


def test_the_indexes_have_rows_of_their_own():
    TEXTS.write([entry(1, "tide", "xp")])
    assert (found(TEXTS, "tide"), found(POSTS, "tide")) == ([1], [])


def test_a_scope_is_made_of_tokens_only():
    for token in ("", "xp ", "XP", '"', "x" * 61):
        with pytest.raises(ValueError, match="no token"):
            row_of(entry(1, "tide", token))


def test_a_stem_is_stored_only_where_it_differs():
    row = row_of(entry(1, "running tide", "xp", title="Tides"))
    assert (row.title, row.terms, set(row.stems.split())) == ("tides", "running tide", {STEM + "run", STEM + "tide"})
    assert word_part("tide", ["en", "fr", "en-gb"]).forms == (STEM + "tide", "tid", STEM + "tid")


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("time", [1, 2])
def test_tests_that_commit_begin_with_an_empty_index(time):
    assert found(TEXTS, "tide") == []
    assert vocabulary.complete("ti", ["xp"]) == []
    TEXTS.write([entry(1, "tide", "xp")])
    assert vocabulary.complete("ti", ["xp"]) == ["tide"]


@INDEXES
def test_groups_are_of_the_newest_rows(index, django_assert_num_queries):
    index.write([entry(pk, "tide", "xp", "kn" if pk % 40 == 0 else "kd") for pk in range(1, 401)])
    query, scope = Query(tuple(parts_of("tide"))), Scope(frozenset({"xp"}))
    with django_assert_num_queries(1):
        found = index.find_groups(query, scope, ["kd", "kn", "ke"], limit=350)
    assert [len(found.hits[kind]) for kind in ("kd", "kn", "ke")] == [341, 9, 0]
    assert found.is_more
    assert not index.find_groups(query, scope.narrowed("kn"), ["kn"], limit=350).is_more


def test_rows_far_apart_are_found_newest_first():
    """PostgreSQL asks for about a thousand numbers after the others."""
    pks = [1, 8_191, 8_192, 50_000, 200_000, 1_000_000]
    POSTS.write([entry(pk, "tide", "xp") for pk in pks])
    assert found(POSTS, "tide", newest=True) == pks[::-1]
    query, scope = Query(tuple(parts_of("tide"))), Scope(frozenset({"xp"}))
    assert [hit.pk for hit in POSTS.search(query, scope, limit=2, newest=True)] == pks[:-3:-1]
    assert (POSTS.count(query, scope), POSTS.count(query, scope, up_to=3)) == (6, 3)
    assert found(POSTS, Query((phrase_part("tide"),))) == pks[::-1]
