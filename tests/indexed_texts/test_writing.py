"""Whatever changes what readers see of texts changes the rows of the index, too."""

import time
from threading import Event

import pytest
from django.db import transaction

from lessons.annotations.services import prepare_publication, publish
from lessons.authoring.bin.services import move_to_bin, restore
from lessons.indexing import entries
from lessons.indexing.indexes import TEXTS
from lessons.indexing.models import TextEntry
from lessons.memo import memoizing
from lessons.operations.search_index import check_texts, rebuild_texts
from lessons.services import set_module_state, withdraw
from tests import factories, transactions
from tests.indexed_texts.acts import ACTS, World

pytestmark = pytest.mark.django_db


def index():
    """Return what the index says, without the numbers of its rows."""
    rows = {row.pk: row[1:] for row in TEXTS.read_after(0, limit=10_000)}
    return sorted(
        (entry.kind, entry.object_id, entry.number, entry.start, entry.end, entry.anchor, rows.pop(entry.pk, None))
        for entry in TextEntry.objects.all()
    ), rows


@pytest.mark.thorough
def test_each_act_leaves_the_rows_that_a_rebuild_writes():
    world = World(1)
    for act in ACTS:
        act(world)
        assert check_texts(fix=False).are_none, act.__name__
    before = index()
    rebuild_texts()
    assert index() == before
    assert before[0]
    assert not before[1]


def test_a_lesson_is_found_whose_module_is_published_at_the_same_time(at_once, course, instructor):
    module = factories.make_module(course, state="draft")
    lesson = factories.make_published(module=module, by=instructor)
    withdraw(lesson=lesson, by=instructor)
    is_published = Event()

    def publish_slowly():
        with memoizing():
            prepare_publication(lesson)
            with transaction.atomic():
                publish(lesson=lesson, by=instructor)
                is_published.set()
                time.sleep(0.2)

    def publish_module():
        assert is_published.wait(20)
        set_module_state(module=module, state="published", by=instructor)

    at_once(publish_slowly, publish_module)

    def look():
        return TextEntry.objects.filter(object_id=lesson.pk).exists(), check_texts(fix=False).are_none

    assert at_once(look) == [(True, True)]


def test_the_words_of_a_long_text_are_taken_before_the_transaction(monkeypatch, module, instructor):
    lesson = factories.make_lesson(module, body="<p>" + "The sea rises and falls. " * 200 + "</p>")
    words_of = entries.words_of

    def checked(text):
        assert len(text) < 1000 or not transactions.is_in_transaction()
        return words_of(text)

    monkeypatch.setattr(entries, "words_of", checked)
    publish(lesson=lesson, by=instructor)
    set_module_state(module=module, state="draft", by=instructor)
    set_module_state(module=module, state="published", by=instructor)
    entry = move_to_bin(row=lesson, by=instructor)
    restore(entry=entry, by=instructor)
    entry = move_to_bin(row=module, by=instructor)
    restore(entry=entry, by=instructor)
    assert TextEntry.objects.filter(object_id=lesson.pk).count() == 3


@pytest.mark.thorough
@pytest.mark.parametrize("seed", range(2, 4))
def test_acts_in_any_order_leave_the_rows_that_a_rebuild_writes(seed):
    world = World(seed)
    done = []
    for _n in range(60):
        act = world.random.choice(ACTS)
        done.append(act.__name__)
        act(world)
        assert check_texts(fix=False).are_none, done
    before = index()
    rebuild_texts()
    assert index() == before
