"""When something comes back for review."""

from datetime import UTC, datetime, timedelta

from lessons.practice.intervals import MAX_DAYS, Grade, previews, review

START = datetime(2026, 3, 2, 9, tzinfo=UTC)


def intervals(*grades):
    """Return the days between reviews, each on the day when it is due."""
    memory, now, days = None, START, []
    for grade in grades:
        result = review(memory, grade, now)
        days.append(result.days)
        memory, now = result.memory, result.due_at
    return days


def test_intervals_grow_while_one_remembers_and_shrink_when_one_forgets():
    assert intervals(Grade.GOOD, Grade.GOOD, Grade.AGAIN, Grade.GOOD, Grade.GOOD) == [2, 11, 2, 5, 12]


def test_nothing_stays_away_longer_than_a_term():
    assert max(intervals(*[Grade.EASY] * 8)) == MAX_DAYS


def test_nothing_comes_back_on_the_same_day():
    assert min(intervals(*[Grade.AGAIN] * 8)) == 1


def test_a_review_some_hours_early_counts_as_one_on_the_day():
    first = review(None, Grade.GOOD, START)
    early, on_time = (review(first.memory, Grade.GOOD, first.due_at - timedelta(hours=hours)) for hours in (9, 0))
    assert early.days == on_time.days == 11
    forgotten = review(None, Grade.AGAIN, START).memory
    next_morning, next_noon = (review(forgotten, Grade.GOOD, START + timedelta(hours=hours)) for hours in (14, 24))
    assert next_morning.memory.stability == next_noon.memory.stability


def test_a_better_grade_never_comes_back_sooner():
    memory = review(None, Grade.GOOD, START).memory
    for known in (None, memory):
        days = list(previews(known, START + timedelta(days=2)).values())
        assert days == sorted(days)


def test_a_clock_that_was_put_back_counts_as_no_time():
    first = review(None, Grade.GOOD, START)
    again = review(first.memory, Grade.GOOD, START - timedelta(days=1))
    assert again.memory.reviewed_at == START
    assert again.due_at > START
