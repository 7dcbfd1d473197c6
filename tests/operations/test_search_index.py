"""Rebuilding and checking the search index, by an administrator and by the scheduler."""

from io import StringIO

import pytest
from django.core.management import call_command

from lessons.indexing import vocabulary
from lessons.indexing.entries import Entry
from lessons.indexing.indexes import INDEXES, POSTS, TEXTS
from lessons.indexing.models import TextEntry
from lessons.jobs.registry import JobContext
from lessons.operations.jobs import repair_search_index
from tests import factories
from tests.discussions.make import thread_by
from tests.operations.diagnosis import doctor

SCOPE = frozenset(["xa"])


def contents():
    return [list(index.read_after(0)) for index in INDEXES]


@pytest.fixture
def site(course, module, lesson, learner):
    factories.make_published(factories.make_lesson(module))
    return [thread_by(learner, course) for _n in range(3)]


def test_doctor_says_that_the_index_is_right(site):
    sentences, code = doctor("index")
    assert sentences == [
        "ok       The search index has all 4 passages of texts, and no others.",
        "ok       The search index has all 3 posts and notes, and no others.",
    ]
    assert code == 0


def test_doctor_says_what_is_wrong_with_the_index_and_repairs_it(site, lesson):
    before = contents()
    first, second, third = (thread.posts.get().pk for thread in site)
    entries = list(TextEntry.objects.order_by("pk"))
    TEXTS.remove([entries[0].pk])
    TextEntry.objects.filter(pk=entries[1].pk).update(text="Something else.")
    TEXTS.set_scopes({entries[2].pk: SCOPE})
    TextEntry.objects.create(kind="lesson", object_id=lesson.pk + 999)
    TEXTS.write([Entry(10_000, "", "of nothing", "en", SCOPE)])
    POSTS.remove([first])
    POSTS.set_scopes({second: SCOPE})
    POSTS.write([Entry(third + 999, "", "of nobody", "en", SCOPE)])
    sentences, code = doctor("index")
    assert sentences == [
        "error    Of 4 passages of texts in the search index: 1 missing, 2 out of date, 2 there for nothing. Repair "
        "them with --fix.",
        "error    Of 3 posts and notes in the search index: 1 missing, 1 out of date, 1 there for nothing. Repair "
        "them with --fix.",
    ]
    assert code == 1
    sentences, code = doctor("index", "--fix")
    assert [sentence.endswith("They have been repaired.") for sentence in sentences] == [True, True]
    assert code == 0
    assert contents() == before
    assert doctor("index")[1] == 0


def test_the_scheduler_writes_an_index_that_is_missing(site):
    before = contents()
    for index in INDEXES:
        index.clear()
    assert repair_search_index(JobContext("")) == "7 repaired"
    assert contents() == before
    assert repair_search_index(JobContext("")) is None


def test_rebuilding_writes_every_row_again(site):
    before = contents()
    POSTS.set_scopes({row.pk: SCOPE for row in POSTS.read_after(0)})
    TEXTS.clear()
    out = StringIO()
    call_command("rebuild_index", stdout=out)
    *rebuilt, words = out.getvalue().splitlines()
    assert [line.rpartition(" in ")[0] for line in rebuilt] == ["4 passages of texts", "3 posts and notes"]
    assert words.endswith(" words were counted again.")
    assert contents() == before
    assert vocabulary.count_rows(["tide", "moon"], SCOPE)["moon"]
