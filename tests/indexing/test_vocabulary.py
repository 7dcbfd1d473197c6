"""Words are completed, corrected and weighed among those that the reader may find, and forgotten with their rows."""

from unittest.mock import ANY

import pytest
from django.core.management import call_command
from django.db import connection

from lessons.indexing import counting, forgetting, merging, vocabulary
from lessons.indexing.entries import Entry
from lessons.indexing.indexes import POSTS, TEXTS, bulk_writing
from lessons.indexing.queries import Part, Query, Scope
from lessons.jobs.models import JobRun, JobState

pytestmark = pytest.mark.django_db


def write(index, pk, text, *scope):
    index.write([Entry(pk, "", text, "en", frozenset(scope))])


def test_words_are_completed_commonest_first_among_those_one_may_read():
    for pk, text in enumerate(["tide tidal", "tide timber", "the tidal race", "tide"], 1):
        write(POSTS, pk, text, "xc1", "kd")
    write(POSTS, 9, "tidings", "xc2")
    write(TEXTS, 1, "Tidewater", "xp")
    counting.count_vocabulary()
    assert vocabulary.complete("tid", ["xc1"]) == ["tide", "tidal"]
    assert vocabulary.complete("tid", ["xc1", "xp"], limit=9) == ["tide", "tidal", "tidewater"]
    assert (
        vocabulary.complete("tid", ["kd"]) == vocabulary.complete("tid", []) == vocabulary.complete("", ["xc1"]) == []
    )
    assert vocabulary.count_rows(["tide", "tidings", "tidal"], ["xc1"]) == {"tide": 3, "tidings": 0, "tidal": 2}


def words(audience):
    return vocabulary.rows_by_term(vocabulary.number_of(audience))


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("reckonning", ["reckoning"]),
        ("rekoning", ["reckoning"]),
        ("reckonign", ["reckoning"]),
        ("teckoning", ["reckoning"]),
        ("tied", ["tide"]),
        ("tid", []),
        ("reckoning", []),
        ("1607", []),
        ("sekrets", []),
        ("潮汐潮汐", []),
    ],
)
def test_a_misspelt_word_is_corrected_to_one_that_may_be_read(typed, meant):
    write(POSTS, 1, "tide reckoning tilt 1608 潮汐潮流", "xc1")
    write(POSTS, 2, "secrets", "xc2")
    assert vocabulary.similar([typed], ["xc1"]).get(typed, []) == meant


def test_what_only_the_author_reads_is_among_the_authors_words_only():
    write(POSTS, 1, "public", "xc1", "xa", "xu5c1", "own5")
    write(POSTS, 2, "private", "xu5c1", "xu5", "own5")
    assert vocabulary.complete("p", ["xu5c1"]) == ["private"]
    assert vocabulary.complete("p", ["xc1"]) == vocabulary.complete("p", ["xa"]) == ["public"]
    assert set(vocabulary.all_audiences().values()) == {"#xa #xc1", "#xu5c1"}


def test_counting_corrects_numbers_and_forgets_words_of_no_row(monkeypatch):
    monkeypatch.setattr(counting, "WORDS_AT_ONCE", 3)
    monkeypatch.setattr(counting, "ROWS_AT_ONCE", 2)
    monkeypatch.setattr(counting, "CHANGES_AT_ONCE", 2)
    for pk in range(1, 6):
        write(POSTS, pk, f"tide word{pk}", "xc1", "xs1")
    write(TEXTS, 1, "tide", "xc1")
    POSTS.remove([2, 3])
    write(POSTS, 9, "lost", "xg7", "xs1")
    POSTS.remove([9])
    vocabulary.delete([(vocabulary.number_of("#xc1 #xs1"), "word5")])
    assert counting.count_vocabulary() > 0
    assert words("#xc1 #xs1") == {"#xc1": 3, "#xs1": 3, "tide": 3, "word1": 1, "word4": 1, "word5": 1}
    assert vocabulary.count_rows(["tide", "word1"], ["xc1"]) == {"tide": 4, "word1": 1}
    assert words("#xg7 #xs1") == {}
    assert vocabulary.complete("", ["xg7"]) == []
    assert counting.count_vocabulary() == 0


def test_a_word_written_while_the_others_are_counted_is_kept(monkeypatch):
    write(POSTS, 1, "gone", "xc1")
    POSTS.remove([1])
    count = counting._count

    def count_and_write(*args):
        counts = count(*args)
        write(POSTS, 2, "new", "xc1")
        return counts

    monkeypatch.setattr(counting, "_count", count_and_write)
    counting.count_vocabulary()
    assert words("#xc1") == {"#xc1": 1, "new": 1}


def test_a_changed_scope_brings_its_words_along():
    write(POSTS, 1, "tide", "xg7")
    POSTS.set_scopes({1: frozenset({"xc1"})})
    assert vocabulary.complete("t", ["xc1"]) == ["tide"]


def test_nothing_is_left_of_a_removed_row_after_the_job(monkeypatch):
    write(POSTS, 1, "zyzzyva", "xc1")
    write(POSTS, 2, "tide", "xc1")
    POSTS.remove([1])
    call_command("run_scheduled", "--job", merging.JOB)
    state = JobState.objects.get(name=merging.JOB)
    assert JobRun.objects.filter(name=merging.JOB).values_list("outcome", "summary").get() == ("succeeded", ANY)
    assert words("#xc1") == {"#xc1": 1, "tide": 1}
    if connection.vendor == "sqlite":
        assert blocks_with("tide")
        assert not blocks_with("zyzzyva")
        merging.merge_soon()
        assert JobState.objects.get(name=merging.JOB).due_at < state.due_at
        assert merging.merge() == 0


def test_words_are_forgotten_unless_another_row_has_them():
    write(POSTS, 1, "zyzzyva tide", "xc1", "xs1")
    write(POSTS, 2, "ebb tide", "xc1", "xs1")
    before = POSTS.read([1]).values()
    POSTS.remove([1])
    forgetting.forget(forgetting.words_by_audience(before))
    assert words("#xc1 #xs1").keys() == {"#xc1", "#xs1", "ebb", "tide"}


def blocks_with(word):
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM post_index_data WHERE instr(block, CAST(%s AS BLOB))", [word])
        return cursor.fetchone()[0]


@pytest.mark.django_db(transaction=True)
def test_words_of_many_rows_are_left_to_counting():
    with bulk_writing():
        write(POSTS, 1, "tide", "xc1")
    assert vocabulary.complete("t", ["xc1"]) == []
    assert POSTS.count(Query((Part(("tide",)),)), Scope(frozenset({"xc1"}))) == 1
    counting.count_vocabulary()
    write(POSTS, 2, "tidal", "xc1")
    assert vocabulary.complete("t", ["xc1"]) == ["tidal", "tide"]
