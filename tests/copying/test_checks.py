"""Checks of lessons that are copied or moved."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from lessons.annotations.services import publish
from lessons.copying.services import copy_lesson, copy_module
from lessons.models import Lesson
from lessons.practice.models import KnowledgeCheck
from lessons.practice.publishing import check_uids, draft_checks, frozen_checks
from lessons.practice.writing import add_check, delete_check
from lessons.progress.completion import rule_of, set_rule
from tests.factories import make_course, make_module
from tests.practice.make import SHORT, SINGLE, answer_by, publish_with_checks


@pytest.fixture
def asked(lesson):
    """A lesson with a check in its text, one that is not, and one that was deleted."""
    add_check(lesson=lesson, check=SHORT)
    delete_check(row=add_check(lesson=lesson, check=SHORT._replace(question="Gone?")))
    publish_with_checks(lesson, SINGLE)
    set_rule(lesson=lesson, rule="checks")
    return lesson


def test_a_copy_has_checks_of_its_own_with_no_answers(asked, module, learner, instructor):
    [uid] = check_uids(asked.body)
    answer_by(learner, KnowledgeCheck.objects.get(uid=uid), "0")
    deleted = KnowledgeCheck.objects.exclude(deleted_at=None).get()
    Lesson.objects.filter(pk=asked.pk).update(body=f'{asked.body}<hr data-check="{deleted.uid}">')
    copy = copy_module(by=instructor, module=module, course=make_course()).lessons.order_by("position").first()
    [copied] = check_uids(copy.body)
    assert copied != uid
    rows = copy.checks.order_by("pk")
    assert [(row.parsed.question, row.version, row.published_version, row.answers.count()) for row in rows] == [
        (SHORT.question, 1, None, 0),
        (SINGLE.question, 1, None, 0),
    ]
    assert rule_of(copy) == "checks"
    assert copied in copy.draft_versions.first().body
    publish(lesson=copy, by=instructor)
    copy.refresh_from_db()
    assert [check["uid"] for check in frozen_checks(copy.current_revision)] == [copied]
    assert check_uids(Lesson.objects.get(pk=asked.pk).body) == [uid, str(deleted.uid)]


def test_a_copied_lesson_has_checks_of_its_own(asked, module, instructor):
    [uid] = check_uids(asked.body)
    Lesson.objects.filter(pk=asked.pk).update(body=f'{asked.body}<p><a href="#check-{uid}">Above</a></p>')
    copy = copy_lesson(by=instructor, lesson=asked, module=module)
    assert f'<a href="#check-{check_uids(copy.body)[0]}"' in Lesson.objects.get(pk=copy.pk).body
    assert [check["question"] for check in draft_checks(copy.pk, copy.body)] == [SINGLE.question]
    assert not {*check_uids(copy.body)} & {*check_uids(asked.body)}


def test_many_checks_take_as_many_queries_as_one(asked, instructor):
    target = make_module(make_course())

    def queries():
        with CaptureQueriesContext(connection) as captured:
            copy_lesson(by=instructor, lesson=asked, module=target)
        return len(captured)

    queries()
    few = queries()
    for n in range(5):
        add_check(lesson=asked, check=SHORT._replace(question=f"Question {n}?"))
    assert queries() == few
