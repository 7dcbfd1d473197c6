"""Lessons that are completed by a note or by their checks, and what lists say is left to do."""

import json
import re
from uuid import uuid4

import pytest
from django.urls import reverse
from django.utils import timezone
from django.utils.html import strip_tags

from lessons.annotations.models import Annotation
from lessons.annotations.services import annotate, publish
from lessons.courses.models import Course
from lessons.discussions.services import posting
from lessons.models import Lesson
from lessons.practice import writing
from lessons.progress.completion import set_rule
from lessons.progress.models import CompletionRule, Progress
from tests.annotations.make import highlight_by, note_by
from tests.annotations.views.test_create import JSON, create_url, form_data
from tests.practice.make import SHORT, SINGLE, answer_by, publish_with_checks
from tests.webannotations.test_container import annotation
from tests.webannotations.test_exchange import import_file

pytestmark = pytest.mark.django_db


@pytest.fixture
def noted(lesson):
    """Return a lesson that is completed by a note on it."""
    set_rule(lesson=lesson, rule=CompletionRule.Rule.NOTE)
    return lesson


def is_completed(user, lesson):
    return Progress.objects.filter(user=user, lesson=lesson, completed_at__isnull=False).exists()


def text(response):
    return " ".join(strip_tags(response.content.decode()).split())


@pytest.mark.parametrize("options", [{}, JSON], ids=["form", "script"])
def test_a_note_completes_a_lesson_however_it_is_written(noted, learner, sign_in, options):
    client = sign_in(learner)
    client.post(create_url(noted), form_data(noted, kind="highlight", highlight_only="1", audience="me"), **options)
    client.post(create_url(noted), form_data(noted, audience="me"), **options)
    assert Annotation.objects.count() == 2
    assert not is_completed(learner, noted)
    assert "a note on it that your teachers can read" in text(client.get(noted.get_absolute_url()))
    client.post(create_url(noted), form_data(noted), **options)
    assert is_completed(learner, noted)
    assert "You have completed this." in text(client.get(noted.get_absolute_url()))


def test_a_comment_on_a_highlight_completes_a_lesson_and_deleting_it_leaves_it_completed(noted, learner):
    mark = highlight_by(learner, noted)
    prepared = posting.prepare_post("Which?", course=noted.module.course, key=uuid4())
    annotate.add_comment(annotation=mark, by=learner, prepared=prepared, audience="course", group=None)
    assert is_completed(learner, noted)
    annotate.delete_annotation(annotation=mark, by=learner)
    assert is_completed(learner, noted)


def test_a_private_note_completes_a_lesson_once_it_is_shown(noted, learner, other_learner, sign_in):
    margin, page = note_by(learner, noted, audience="me"), note_by(other_learner, noted, audience="me")
    annotate.set_audience(annotation=margin, by=learner, audience="course", group=None)
    assert is_completed(learner, noted)
    # On its thread's page, which is below lessons: their next visit completes it.
    posting.widen_audience(thread=page.thread, by=other_learner, audience="course")
    assert not is_completed(other_learner, noted)
    assert "You have completed this." in text(sign_in(other_learner).get(noted.get_absolute_url()))


def test_imported_notes_complete_a_lesson(noted, instructor, sign_in):
    import_file(sign_in(instructor), noted, json.loads(json.dumps([annotation(noted, id="urn:x:1")])))
    assert is_completed(instructor, noted)


def test_a_note_that_was_deleted_before_it_was_the_rule_does_not_count(lesson, learner, sign_in):
    annotate.delete_annotation(annotation=note_by(learner, lesson), by=learner)
    set_rule(lesson=lesson, rule=CompletionRule.Rule.NOTE)
    assert "by writing a note" in text(sign_in(learner).get(lesson.get_absolute_url()))
    assert not is_completed(learner, lesson)


def test_those_who_cannot_do_what_a_rule_asks_mark_the_lesson_as_read(noted, learner, outsider, sign_in):
    for user, rule in ((outsider, CompletionRule.Rule.NOTE), (learner, CompletionRule.Rule.CHECKS)):
        set_rule(lesson=noted, rule=rule)
        client = sign_in(user)
        assert "Mark as read" in text(client.get(noted.get_absolute_url()))
        client.post(reverse("reading:progress", args=[noted.pk]), {"completed": "true"})
        assert is_completed(user, noted)


def test_a_lesson_is_completed_when_the_last_check_that_was_left_is_removed(lesson, learner, instructor, sign_in):
    rows = publish_with_checks(lesson, SINGLE, SHORT, by=instructor)
    answer_by(learner, rows[0], "0")
    set_rule(lesson=lesson, rule=CompletionRule.Rule.CHECKS)
    client = sign_in(learner)
    assert "1 is left" in text(client.get(lesson.get_absolute_url()))
    writing.delete_check(row=rows[1])
    publish(lesson=lesson, by=instructor)
    assert "You have completed this." in text(client.get(lesson.get_absolute_url()))


def to_do(client, *paths):
    """Return what each of these pages says is left to do, as often as it says so."""
    pattern = r"\d checks? to answer|Read to the end|Write a note"
    return [sorted(re.findall(pattern, text(client.get(path)))) for path in paths]


def test_lists_say_what_is_left_to_do(lesson, case_study, learner, other_learner, instructor, sign_in):
    course, module = lesson.module.course, lesson.module.get_absolute_url()
    rows = publish_with_checks(lesson, SINGLE, SHORT, by=instructor)
    set_rule(lesson=lesson, rule=CompletionRule.Rule.CHECKS)
    set_rule(lesson=case_study, rule=CompletionRule.Rule.END)
    Lesson.objects.filter(pk=lesson.pk).update(due_at=timezone.now())
    home, lessons = course.get_absolute_url(), reverse("reading:lessons", args=[course.slug])
    client, left = sign_in(learner), ["2 checks to answer", "Read to the end"]
    assert to_do(client, module, lessons) == [left, left]
    # The next to read, what is due, and the list.
    assert to_do(client, home) == [["2 checks to answer"] * 3 + ["Read to the end"]]
    assert to_do(client, reverse("reading:library")) == [["2 checks to answer"]]
    answer_by(other_learner, rows[0], "0")
    assert to_do(client, lessons) == [left]
    answer_by(learner, rows[0], "0")
    assert to_do(client, lessons) == [["1 check to answer", "Read to the end"]]
    answer_by(learner, rows[1], "x")
    assert to_do(client, lessons) == [["Read to the end"]]
    assert to_do(sign_in(instructor), home, lessons, module) == [[], [], []]
    Course.objects.update(closed_at=timezone.now())
    assert to_do(client, home, lessons, module) == [[], [], []]


def test_staff_read_what_completes_a_lesson_for_learners(lesson, sign_in, learner, instructor):
    set_rule(lesson=lesson, rule=CompletionRule.Rule.CHECKS)
    [row] = publish_with_checks(lesson, SINGLE, by=instructor)
    for user in (instructor, learner):
        Progress.objects.save_progress(user=user, lesson=lesson, completed_at=timezone.now())
    for page in (lesson.get_absolute_url(), reverse("reading:checks", args=[lesson.pk])):
        assert "Learners complete this lesson by answering its checks." in text(sign_in(instructor).get(page))
        shown = text(sign_in(learner).get(page))
        assert "You have completed this." in shown
        assert "1 check can still be answered." in shown
    answer_by(learner, row, "0")
    assert "can still be answered" not in text(sign_in(learner).get(lesson.get_absolute_url()))
