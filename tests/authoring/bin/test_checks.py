"""Checks of lessons in the bin."""

import pytest

from lessons.authoring.bin.emptying import delete_for_good
from lessons.authoring.bin.services import restore
from lessons.authoring.moving.services import MoveRefused, move_lesson
from lessons.indexing.models import TextEntry
from lessons.models import Lesson
from lessons.practice.models import Answer, KnowledgeCheck, PublishedChecks
from lessons.practice.publishing import frozen_checks
from lessons.progress.models import Progress
from tests.authoring.bin.make import binned
from tests.factories import make_course, make_module
from tests.practice.make import SHORT, answer_by, publish_with_checks

pytestmark = pytest.mark.django_db


@pytest.fixture
def check(lesson, learner):
    """A check that the learner has answered."""
    [row] = publish_with_checks(lesson, SHORT)
    answer_by(learner, row, "spring tide")
    return row


def found():
    return TextEntry.objects.filter(text=SHORT.question).count()


def test_the_delete_page_counts_who_has_answered(sign_in, lesson, check, instructor):
    page = sign_in(instructor).get(f"/admin/lessons/lesson/{lesson.pk}/delete/").content.decode()
    assert "the answers of <strong>1</strong> person to its checks" in page


def test_a_restored_lesson_has_its_checks_and_their_answers(lesson, check, instructor):
    entry = binned(lesson, instructor)
    assert found() == 0
    restore(entry=entry, by=instructor)
    assert found() == 1
    assert [row["uid"] for row in frozen_checks(Lesson.objects.get(pk=lesson.pk).current_revision)] == [str(check.uid)]
    assert Answer.objects.count() == 1


def test_checks_and_answers_are_deleted_with_their_lesson(lesson, check, instructor):
    delete_for_good(entry=binned(lesson, instructor), by=instructor)
    assert not any(model.objects.exists() for model in (KnowledgeCheck, PublishedChecks, Answer))


def test_answers_keep_a_lesson_in_its_course(lesson, check, instructor):
    Progress.objects.all().delete()
    module = make_module(make_course())
    with pytest.raises(MoveRefused, match="the answers of 1 person"):
        move_lesson(lesson=lesson, module=module, position=None, by=instructor)
    Answer.objects.all().delete()
    move_lesson(lesson=lesson, module=module, position=None, by=instructor)
    assert Lesson.objects.get(pk=lesson.pk).checks.get() == check
    assert found() == 1
