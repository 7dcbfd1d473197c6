"""Questions that their author marks as clear, and which questions are open."""

import pytest
from django.db import DatabaseError, connection, transaction

from lessons.annotations.models import Annotation
from lessons.annotations.services import publish
from lessons.annotations.services.annotate import add_comment, change_label
from lessons.annotations.services.clearing import mark_clear, mark_unclear
from lessons.discussions.models import Thread
from lessons.discussions.services import moderation, threads
from lessons.discussions.services.posting import prepare_post
from lessons.discussions.services.questions import mark_answer
from lessons.models import Lesson
from tests.annotations.make import LABELS, highlight_by, note_by
from tests.discussions.make import post_by


@pytest.fixture
def question(lesson, learner):
    return note_by(learner, lesson, label="question")


def open_questions():
    return list(Annotation.objects.open_questions())


def fresh(annotation):
    return Annotation.objects.select_related("thread").get(pk=annotation.pk)


def test_a_question_that_is_clear_is_open_no_more_and_its_thread_is_resolved(question, lesson, learner):
    assert open_questions() == [question]
    Lesson.objects.filter(pk=lesson.pk).update(body="<p>The sun and moon pull at the sea, the moon harder.</p>")
    publish(lesson=lesson, by=None)
    mark_clear(annotation=question, by=learner)
    cleared = fresh(question)
    assert open_questions() == []
    assert list(Annotation.objects.cleared()) == [question]
    assert (cleared.thread.status, cleared.cleared_in.number) == (Thread.Status.RESOLVED, 2)
    moment = cleared.cleared_at
    mark_clear(annotation=question, by=learner)
    assert fresh(question).cleared_at == moment


def test_undoing_makes_it_open_again_or_answered(question, instructor, learner):
    mark_clear(annotation=question, by=learner)
    mark_unclear(annotation=question, by=learner)
    assert open_questions() == [question]
    assert fresh(question).cleared_in is None
    mark_answer(post=post_by(instructor, question.thread), by=instructor)
    assert open_questions() == []
    mark_clear(annotation=question, by=learner)
    mark_unclear(annotation=question, by=learner)
    mark_unclear(annotation=question, by=learner)
    assert fresh(question).thread.status == Thread.Status.ANSWERED


def test_who_asks_again_after_a_question_was_clear_has_an_open_question(question, learner):
    mark_clear(annotation=question, by=learner)
    post_by(learner, question.thread, "And at neap tide?", follow_up=True)
    assert open_questions() == [question]
    assert not Annotation.objects.cleared()
    mark_clear(annotation=question, by=learner)
    assert open_questions() == []


def test_a_shared_highlight_can_be_clear_until_its_author_comments_on_it(lesson, learner, course):
    mark = highlight_by(learner, lesson, label="confused", audience="course")
    assert open_questions() == [mark]
    mark_clear(annotation=mark, by=learner)
    assert open_questions() == []
    prepared = prepare_post("I thought so, but now?", course=course)
    add_comment(annotation=mark, by=learner, prepared=prepared, audience="course", group=None)
    assert open_questions() == [mark]
    assert fresh(mark).cleared_at is None


def test_a_note_that_is_no_question_is_never_clear(question, learner):
    mark_clear(annotation=question, by=learner)
    change_label(annotation=question, label=LABELS["idea"])
    assert fresh(question).cleared_at is None
    mark_clear(annotation=question, by=learner)
    assert fresh(question).cleared_at is None


def test_private_hidden_and_other_notes_are_no_open_questions(question, lesson, learner, instructor):
    note_by(learner, lesson, label="question", audience="me")
    note_by(learner, lesson, label="idea")
    highlight_by(learner, lesson, label="confused")
    assert open_questions() == [question]
    moderation.hide_post(post=question.thread.posts.get(), by=instructor)
    assert open_questions() == []


def test_a_question_merged_into_another_is_open_as_long_as_that_is(question, lesson, other_learner, instructor):
    other = note_by(other_learner, lesson, label="question")
    threads.merge_threads(thread=question.thread, into=other.thread, by=instructor)
    assert open_questions() == [question, other]
    mark_answer(post=post_by(instructor, other.thread), by=instructor)
    assert open_questions() == []


def test_the_database_keeps_when_and_where_a_question_is_clear_together(question, lesson, learner):
    rows = Annotation.objects.filter(pk=question.pk)
    with pytest.raises(DatabaseError), transaction.atomic():
        rows.update(cleared_in=lesson.current_revision)
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE annotations_annotation SET exact = 'other' WHERE id = %s", [question.pk])
