"""The list of a lesson's annotations: grouped highlights, what is unread, and annotations whose passages are gone."""

import re

from lessons.annotations.models import Placement
from lessons.annotations.services import publish
from lessons.models import Lesson
from tests import factories
from tests.annotations.make import highlight_by, note_by


def list_page(sign_in, user, lesson, query=""):
    reply = sign_in(user).get(f"/lessons/{lesson.pk}/notes/{query}")
    assert reply.status_code == 200
    return reply.content.decode()


def ids(html):
    return [int(n) for n in re.findall(r'data-id="(\d+)"', html)]


def test_import_is_offered_only_to_those_who_may_import(sign_in, lesson, learner, instructor):
    assert "Export or import notes" in list_page(sign_in, instructor, lesson)
    assert "import notes" not in list_page(sign_in, learner, lesson)
    assert f"/lessons/{lesson.pk}/annotations/" in list_page(sign_in, learner, lesson)


def card_owners(html):
    return re.findall(r'<header class="post-header"><b>(.*?)</b>', html)


def test_highlights_of_several_people_on_a_paragraph_are_grouped(sign_in, lesson, learner, other_learner, instructor):
    first = highlight_by(other_learner, lesson, "sun and moon", label="confused", audience="course")
    highlight_by(instructor, lesson, "the range", label="confused", audience="course")
    elsewhere = highlight_by(other_learner, lesson, "Neap tides", label="confused", audience="course")
    another = highlight_by(other_learner, lesson, label="question", audience="course")
    html = list_page(sign_in, learner, lesson)
    assert ids(html) == [first.pk, another.pk, elsewhere.pk]
    assert card_owners(html) == ["2 people", "Somebody", "Somebody"]


def test_own_highlights_represent_those_of_others_and_are_never_hidden(
    sign_in, lesson, learner, other_learner, instructor
):
    for user in (other_learner, instructor):
        highlight_by(user, lesson, label="confused", audience="course")
    mine = [highlight_by(learner, lesson, words, label="confused") for words in ("sun and moon", "the range")]
    highlights = [highlight_by(learner, lesson, words) for words in ("sun", "moon")]
    html = list_page(sign_in, learner, lesson)
    assert sorted(ids(html)) == sorted(mark.pk for mark in (*mine, *highlights))
    assert sorted(card_owners(html)) == ["You", "You", "You", "You and 2 others"]


def test_unread_notes_are_labelled_for_screen_readers(sign_in, lesson, learner, other_learner):
    note = note_by(other_learner, lesson)
    html = list_page(sign_in, learner, lesson)
    assert 'class="annotation unread"' in html
    assert re.search(r'aria-describedby="(new-\d+)".*id="\1">unread<', html)
    assert sign_in(learner).get(f"/threads/{note.thread_id}/").status_code == 200
    assert "unread" not in list_page(sign_in, learner, lesson)


def test_orphaned_annotations_are_paged(sign_in, module, learner, instructor):
    lesson = factories.make_published(factories.make_lesson(module), by=instructor)
    notes = [highlight_by(learner, lesson, "sun and moon") for _ in range(51)]
    Lesson.objects.filter(pk=lesson.pk).update(body="<p>Something else altogether stands here today.</p>")
    publish(lesson=Lesson.objects.get(pk=lesson.pk), by=instructor)
    assert set(Placement.objects.filter(revision__number=2).values_list("state", flat=True)) == {"removed"}
    html = list_page(sign_in, learner, lesson)
    assert ids(html) == [note.pk for note in notes[:50]]
    further = re.search(r'href="(\?orphaned=\d+)"', html)[1]
    assert ids(list_page(sign_in, learner, lesson, further)) == [notes[50].pk]
    assert "orphaned=" not in list_page(sign_in, learner, lesson, further)
