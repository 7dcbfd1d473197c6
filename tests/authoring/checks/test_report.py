"""What the pre-publish report says of checks."""

import pytest

from lessons.authoring.checks.report import check_items
from lessons.authoring.publishing.pre_publish_report import Level
from lessons.authoring.publishing.report import report_on
from lessons.models import Lesson
from lessons.practice.writing import add_check, delete_check, save_check
from lessons.progress.completion import set_rule
from lessons.progress.models import CompletionRule
from tests import factories
from tests.practice.make import SHORT, SINGLE, answer_by, publish_with_checks

pytestmark = pytest.mark.django_db


def items_of(lesson):
    lesson = Lesson.objects.with_course().get(pk=lesson.pk)
    return check_items(lesson, lesson.body)


def messages_of(lesson):
    return [item.message for item in items_of(lesson)[0]]


def test_checks_in_order_are_passed(lesson, instructor):
    publish_with_checks(lesson, SINGLE, SHORT, by=instructor)
    assert items_of(lesson) == ([], ["2 checks are in order."])


def test_a_lesson_without_checks_says_nothing_of_them(lesson):
    assert items_of(lesson) == ([], [])


def test_checks_that_readers_would_not_see_are_named(lesson, module, instructor):
    twice, deleted = publish_with_checks(lesson, SINGLE, SHORT, by=instructor)
    delete_check(row=deleted)
    add_check(lesson=lesson, check=SHORT._replace(question="Where?"))
    foreign = add_check(lesson=factories.make_lesson(module, title="Other"), check=SINGLE)
    places = f'<hr data-check="{twice.uid}"><hr data-check="{foreign.uid}">'
    Lesson.objects.filter(pk=lesson.pk).update(body=lesson.body + places)
    found = messages_of(lesson)
    assert [message for message in found if "more than once" in message and SINGLE.question in message]
    assert [message for message in found if "was deleted" in message and SHORT.question in message]
    assert [message for message in found if "is not in the text" in message and "Where?" in message]
    assert [message for message in found if "is not one of this lesson" in message]
    assert len(found) == 4
    report = report_on(Lesson.objects.with_course().get(pk=lesson.pk), instructor)
    assert (report.fixes, report.checks) == (1, 3)


@pytest.mark.parametrize(("count", "people"), [(4, "1–4 learners"), (5, "5 learners")])
def test_an_edit_says_how_many_have_answered(lesson, course, instructor, count, people):
    (row,) = publish_with_checks(lesson, SINGLE, by=instructor)
    learners = [factories.make_member(course) for _ in range(count)]
    for user in [*learners, instructor]:
        answer_by(user, row, "0")
    assert messages_of(lesson) == []
    save_check(row=row, check=SINGLE._replace(question="Why?"), version=1)
    assert [f"{people} " in message for message in messages_of(lesson)] == [True]


def test_those_who_left_are_not_counted(lesson, course, instructor, learner):
    (row,) = publish_with_checks(lesson, SINGLE, by=instructor)
    answer_by(learner, row, "0")
    course.memberships.filter(user=learner).update(state="left")
    save_check(row=row, check=SHORT, version=1)
    assert messages_of(lesson) == []


def test_a_lesson_completed_by_checks_needs_one(lesson, instructor):
    set_rule(lesson=lesson, rule=CompletionRule.Rule.CHECKS)
    (item,) = items_of(lesson)[0]
    assert item.level == Level.CHECK
    assert "it has none" in item.message
    publish_with_checks(lesson, SINGLE, by=instructor)
    assert messages_of(lesson) == []
