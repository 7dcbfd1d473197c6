"""Creating, changing and deleting annotations; and who can read them."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from lessons.annotations.models import Annotation, CourseLabel, Placement, labels_for
from lessons.annotations.passages import PassageNotFound, PassageTooLong, locate_passage
from lessons.annotations.services import publish
from lessons.annotations.services.annotate import (
    CommentRequired,
    LessonNotPublished,
    add_comment,
    annotate,
    change_label,
    delete_annotation,
    set_audience,
)
from lessons.db.models import UnsentText
from lessons.discussions.models import CommentPolicy, Thread
from lessons.discussions.services.errors import CommentsOff, RateLimited
from lessons.discussions.services.posting import prepare_post
from lessons.markup.formulas import formula
from lessons.models import Lesson
from lessons.permissions import can_read_annotation
from tests import factories
from tests.annotations.make import LABELS, highlight_by, note_by
from tests.discussions.make import post_by


def test_note_is_a_thread_with_the_quote_and_a_link_back(lesson, learner):
    note = note_by(learner, lesson)
    assert note.thread.quote == note.exact == "sun and moon"
    assert note.thread.lesson_anchor == f"note-{note.uid}"
    assert note.thread.lesson_id == lesson.pk
    assert lesson.current_revision.text[note.start : note.end] == "sun and moon"
    assert note.placements.get().state == Placement.State.EXACT


def test_a_passage_that_begins_within_a_formula_has_all_of_it(lesson, instructor):
    Lesson.objects.filter(pk=lesson.pk).update(body=f"<p>Energy is {formula('E_0=mc^2')}, always.</p>")
    revision = publish(lesson=Lesson.objects.get(pk=lesson.pk), by=instructor)
    assert locate_passage(revision, exact="mc2, always").exact == "E0=mc2, always"
    assert locate_passage(revision, start=0, end=len("Energy is E0=")).exact == "Energy is E0=mc2"


def test_question_is_a_question_thread(lesson, learner):
    assert note_by(learner, lesson, label="question").thread.kind == Thread.Kind.QUESTION
    assert note_by(learner, lesson, label="confused").thread.kind == Thread.Kind.QUESTION
    assert note_by(learner, lesson, label="idea").thread.kind == Thread.Kind.DISCUSSION


def test_highlight_is_private_and_becomes_a_note_with_a_comment(lesson, learner):
    mark = highlight_by(learner, lesson)
    assert (mark.thread, mark.audience) == (None, "me")
    with pytest.raises(CommentRequired):
        highlight_by(learner, lesson, audience="course")
    assert note_by(learner, lesson, label="highlight").label == "note"


def test_question_highlight_may_be_shared(lesson, learner, other_learner):
    mark = highlight_by(learner, lesson, label="confused", audience="course")
    assert mark in Annotation.objects.visible_to(other_learner)
    with pytest.raises(CommentRequired):
        highlight_by(learner, lesson, label="idea", audience="course")


def test_a_note_sent_twice_is_created_once(lesson, learner):
    key = uuid4()
    assert note_by(learner, lesson, key=key) == note_by(learner, lesson, key=key)
    assert highlight_by(learner, lesson, key=(other := uuid4())) == highlight_by(learner, lesson, key=other)
    assert Annotation.objects.count() == 2


@pytest.mark.parametrize(
    "where",
    [
        {"exact": "words that are nowhere"},
        {"start": 5, "end": 5},
        {"start": 9, "end": 4},
        {"start": 0, "end": 10**9},
        {"exact": "   "},
        {},
    ],
)
def test_passage_that_is_not_in_the_text_is_refused(lesson, where):
    with pytest.raises(PassageNotFound):
        locate_passage(lesson.current_revision, **where)


def test_overlong_passage_is_refused(module, instructor):
    lesson = factories.make_published(factories.make_lesson(module, body=f"<p>{'tide ' * 5000}</p>"), by=instructor)
    with pytest.raises(PassageTooLong):
        locate_passage(lesson.current_revision, start=0, end=24_000)


def test_withdrawn_lesson_accepts_no_notes(lesson, learner):
    Lesson.objects.filter(pk=lesson.pk).update(state=Lesson.State.WITHDRAWN)
    with pytest.raises(LessonNotPublished):
        note_by(learner, lesson)


def test_annotation_of_an_old_revision_is_placed_in_the_new_one(lesson, learner, instructor):
    old = lesson.current_revision
    Lesson.objects.filter(pk=lesson.pk).update(body=f"<p>Before all.</p>{lesson.body}")
    new = publish(lesson=Lesson.objects.get(pk=lesson.pk), by=instructor)
    lesson.refresh_from_db()
    there = locate_passage(old, exact="sun and moon")
    words = prepare_post("Late.", course=lesson.module.course)
    note = annotate(by=learner, lesson=lesson, passage=there, label=LABELS["note"], prepared=words, key=words.key)
    assert note.revision == old
    place = note.placements.get(revision=new)
    assert new.text[place.start : place.end] == "sun and moon"


def test_lesson_without_comments_accepts_private_notes_only(lesson, learner, instructor):
    CommentPolicy.objects.create(lesson=lesson, policy=CommentPolicy.Rule.OFF)
    with pytest.raises(CommentsOff):
        note_by(learner, lesson)
    with pytest.raises(CommentsOff):
        highlight_by(learner, lesson, label="confused", audience="course")
    assert note_by(learner, lesson, audience="me").thread.audience == "me"
    assert highlight_by(learner, lesson).pk
    assert note_by(instructor, lesson).pk


def test_highlights_are_rate_limited(lesson, learner, monkeypatch):
    monkeypatch.setattr("lessons.annotations.services.annotate.MAX_HIGHLIGHTS_PER_MINUTE", 2)
    highlight_by(learner, lesson)
    highlight_by(learner, lesson)
    with pytest.raises(RateLimited):
        highlight_by(learner, lesson)
    earlier = timezone.now() - timedelta(hours=1)
    monkeypatch.setattr(timezone, "now", lambda: earlier)  # the clock was ahead
    assert highlight_by(learner, lesson).pk


def test_note_deletes_its_draft_and_a_highlight_does_not(lesson, learner):
    UnsentText.objects.create(user=learner, draft_key=f"note-{lesson.pk}", fields={"source": "Which"})
    highlight_by(learner, lesson)
    assert UnsentText.objects.exists()
    note_by(learner, lesson)
    assert not UnsentText.objects.exists()


def test_post_first_applies_to_highlights_too(lesson, learner, other_learner, instructor):
    CommentPolicy.objects.create(lesson=lesson, policy=CommentPolicy.Rule.POST_FIRST)
    mark = highlight_by(learner, lesson, label="question", audience="course")
    note = note_by(learner, lesson)
    assert set(Annotation.objects.visible_to(learner)) == {mark, note}
    assert not Annotation.objects.visible_to(other_learner).exists()
    assert set(Annotation.objects.visible_to(instructor)) == {mark, note}
    note_by(other_learner, lesson)
    assert Annotation.objects.visible_to(other_learner).count() == 3


def test_rule_and_filter_agree(
    lesson, learner, other_learner, assistant, instructor, administrator, outsider, group_a, group_b
):
    lesson_of_others = factories.make_published(by=instructor)
    stranger = factories.make_member(lesson_of_others.module.course)
    CommentPolicy.objects.create(
        lesson=(sealed := factories.make_published(module=lesson.module)), policy="post_first"
    )
    for by, group in ((learner, group_a), (other_learner, group_b), (instructor, None)):
        for at in (lesson, sealed):
            for audience in ["me", "staff", "course"] + (["group"] if group else []):
                note_by(by, at, audience=audience, group=group)
                highlight_by(by, at, label="question", audience=audience, group=group)
    note_by(stranger, lesson_of_others)
    delete_annotation(annotation=note_by(learner, lesson), by=learner)
    everything = list(Annotation.objects.select_related("thread__course", "lesson__module__course"))
    readers = (learner, other_learner, assistant, instructor, administrator, outsider, stranger)
    for reader in readers:
        found = set(Annotation.objects.visible_to(reader))
        assert found == {one for one in everything if can_read_annotation(reader, one)}, reader
    assert Annotation.objects.visible_to(stranger).count() == 1


def test_add_comment_makes_a_highlight_a_note(lesson, learner, other_learner):
    mark = highlight_by(learner, lesson)
    words = prepare_post("Both.", course=lesson.module.course)
    note = add_comment(annotation=mark, by=learner, prepared=words, audience="course", group=None)
    assert (note.label, note.audience, note.thread.quote) == ("note", "", "sun and moon")
    assert note in Annotation.objects.visible_to(other_learner)
    assert (
        add_comment(annotation=mark, by=learner, prepared=words, audience="course", group=None).thread == note.thread
    )


def test_relabel_and_share(lesson, learner, other_learner):
    mark = highlight_by(learner, lesson)
    with pytest.raises(CommentRequired):
        set_audience(annotation=mark, by=learner, audience="course", group=None)
    change_label(annotation=mark, label=LABELS["confused"])
    set_audience(annotation=mark, by=learner, audience="course", group=None)
    assert mark in Annotation.objects.visible_to(other_learner)
    change_label(annotation=mark, label=LABELS["idea"])
    assert mark not in Annotation.objects.visible_to(other_learner)
    note = change_label(annotation=note_by(learner, lesson), label=LABELS["question"])
    assert Thread.objects.get(pk=note.thread_id).kind == "question"


def test_deleted_note_keeps_its_replies(lesson, learner, other_learner):
    alone, answered, mark = note_by(learner, lesson), note_by(learner, lesson), highlight_by(learner, lesson)
    post_by(other_learner, answered.thread)
    for one in (alone, answered, mark):
        delete_annotation(annotation=one, by=learner)
    assert set(Annotation.objects.visible_to(other_learner).displayed()) == {answered}
    assert not Annotation.objects.filter(pk=mark.pk).exists()


def test_course_has_its_own_labels(course):
    CourseLabel.objects.create(course=course, key="source-please", name="Source?", is_question=True)
    assert [(kind.key, kind.is_question) for kind in labels_for(course)] == [
        ("highlight", False),
        ("source-please", True),
    ]


@pytest.mark.parametrize("column", ["exact", "prefix", "suffix", "start", "revision_id", "uid"])
def test_database_refuses_to_change_the_selectors(lesson, learner, column):
    highlight_by(learner, lesson)
    other = {"start": "0", "revision_id": "revision_id + 1"}.get(column, "'x'")
    if column == "uid":
        other = f"'{uuid4()}'" if connection.vendor == "postgresql" else f"'{uuid4().hex}'"
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"UPDATE annotations_annotation SET {column} = {other}")
