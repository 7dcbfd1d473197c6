"""Pure: counting people by passage, and the numbers that tell of a few."""

import pytest

from lessons.insight.board import Misses, misses_text
from lessons.insight.class_context import ClassContext, Group
from lessons.insight.counted import ANSWERED, CLEAR, NOTE, OPEN, Mark
from lessons.insight.figures import (
    by_passage,
    confused_by_revision,
    count_notes,
    furthest,
    people_text,
    places_by_revision,
    readers_by_passage,
    tallies,
)
from lessons.insight.lesson_map import CheckFigures
from lessons.insight.passages import Passage
from lessons.insight.rendering import first_try

PASSAGES = [Passage("a", 2, 10, ""), Passage("b", 12, 20, ""), Passage("c", 30, 40, "")]


def mark(person, done, start=2, label="question", annotation=1, made=(1, None)):
    return Mark(1, start, person, done, label, annotation, *made)


def vote(voter, annotation=1, made=(1, None), number=7):
    """Return the vote for the question of somebody who does not count."""
    return mark(None, OPEN, annotation=annotation, made=made)._replace(voter=voter, vote=number)


def test_a_mark_is_in_the_last_passage_that_begins_before_it():
    rows = [mark(n, NOTE, start, annotation=n) for n, start in enumerate([0, 2, 9, 12, 25, 30, 99])] + [
        mark(9, NOTE, annotation=9)._replace(start=None)
    ]
    found = by_passage(rows, PASSAGES)
    assert {key: [one.person for one in marks] for key, marks in found.items()} == {
        "a": [0, 1, 2],
        "b": [3, 4],
        "c": [5, 6],
    }
    found = tallies(rows, PASSAGES)
    assert {key: tally.writers for key, tally in found.items()} == {"a": {0, 1, 2}, "b": {3, 4}, "c": {5, 6}}
    assert by_passage(rows, []) == tallies(rows, []) == {}
    assert count_notes([*rows, mark(1, OPEN, annotation=99), vote(1)]) == (9, 8, 1, 1)


def test_people_count_once_and_who_is_clear_is_not_confused():
    rows = [
        mark(1, NOTE),
        mark(1, OPEN),
        mark(2, ANSWERED),
        mark(3, CLEAR),
        mark(3, OPEN),
        mark(4, CLEAR),
        vote(5),
    ]
    tally = tallies(rows, PASSAGES)["a"]
    assert (tally.writers, tally.confused) == ({1, 2, 3, 4}, {1, 2, 3, 5})
    found = tally.confusion
    assert (found.people, found.by_label, found.cleared) == (4, {"question": 3}, 1)
    assert confusion([mark(1, CLEAR), mark(2, NOTE)]) is None


def confusion(rows):
    return tallies(rows, PASSAGES)["a"].confusion


def test_questions_that_wait_stand_first():
    found = confusion([mark(1, ANSWERED, annotation=4), mark(2, OPEN, annotation=7)._replace(voter=3, vote=8)])
    assert (found.annotations, found.unanswered, found.latest, found.latest_vote) == ([7, 4], 1, 7, 8)


def test_readers_have_come_to_the_end_of_a_passage():
    assert readers_by_passage([0, 9, 10, 20, 20, 39, 40], PASSAGES) == [5, 4, 1]
    assert readers_by_passage([5], []) == []


def test_the_furthest_place_is_carried_over_from_earlier_revisions():
    ends = {1: [(10, 15), (20, 15), (30, 40)]}
    rows = [(1, 1, 9), (2, 1, 10), (3, 1, 29), (4, 1, 30), (4, 2, 12), (5, 2, 12), (5, 1, 10), (6, 3, 50)]
    places = places_by_revision(rows, ends, 2)
    assert places == {1: {1: -1, 2: 15, 3: 15, 4: 40, 5: 15}, 2: {4: 12, 5: 12}, 3: {6: -1}}
    assert furthest(places) == {2: 15, 3: 15, 4: 40, 5: 15}


def test_a_passage_confuses_readers_of_a_revision_until_they_find_it_clear():
    rows = [
        mark(1, OPEN, made=(10, None)),
        mark(2, CLEAR, made=(10, 20)),
        mark(3, CLEAR, made=(10, 30)),
        vote(4, made=(20, None)),
        mark(5, NOTE, made=(10, None)),
    ]
    places = {10: {1: 50, 2: 50, 3: 50, 5: 50, 6: 10}, 20: {1: 39, 2: 40, 3: 40, 4: 40}, 30: {3: 60, 4: 60}}
    in_order = {revision: sorted(of_revision.values()) for revision, of_revision in places.items()}
    found = confused_by_revision(rows, places, in_order, {10: 1, 20: 2, 30: 3}, end=40)
    assert found == [(1, 3, 4), (2, 2, 3), (3, 1, 2)]


@pytest.mark.parametrize(
    ("sizes", "learners", "groups", "label_groups"),
    [
        ([10, 10], 20, [0, 1], [0, 1]),
        ([10, 9], 19, [0, 1], []),  # of the label, 9 would be left
        ([12, 10, 9], 31, [0, 1, 2], [0]),  # 9 and 10 are left together
        ([6, 4], 10, [], []),  # 4 would be left
        ([7, 5, 4], 16, [0], []),  # 4 and 5 are left together
        ([10], 13, [], []),  # 3 are in no group
        ([10], 15, [0], []),
        ([10], 20, [0], [0]),
    ],
)
def test_no_group_is_a_filter_that_would_leave_a_few_others(sizes, learners, groups, label_groups):
    context = ClassContext(None, learners, tuple(Group(n, "", size) for n, size in enumerate(sizes)), {}, (), (), {})
    assert [*context.filter_groups] == groups
    assert [*context.label_groups] == label_groups


@pytest.mark.parametrize(
    ("missed", "answered", "texts"),
    [(2, 3, ("1–4", "1–4")), (6, 7, ("all but 1–4", "7")), (6, 6, ("6", "6")), (6, 11, ("6", "11"))],
)
def test_neither_who_missed_a_check_nor_who_did_not_is_told_where_they_are_few(missed, answered, texts):
    assert misses_text(Misses(missed, answered, 1)) == texts


@pytest.mark.parametrize(
    ("checks", "text"),
    [
        ([(4, 9)], "11–44%"),
        ([(1, 9)], "11–44%"),
        ([(7, 9)], "56–89%"),
        ([(4, 9), (7, 9)], "33–67%"),
        ([(9, 9), (0, 9)], "50%"),
        ([(6, 12), (1, 3)], "50%"),
        ([(1, 3)], "fewer than 5 people"),
    ],
)
def test_a_share_tells_no_more_than_the_numbers_beside_it(checks, text):
    shown = first_try(CheckFigures(1, "", 1, "", answered, right) for right, answered in checks)
    assert shown.startswith("Checks: ")
    assert text in shown


@pytest.mark.parametrize(("number", "text"), [(0, "0"), (1, "1–4"), (4, "1–4"), (5, "5"), (60, "60")])
def test_one_to_four_people_are_all_alike(number, text):
    assert people_text(number) == text
