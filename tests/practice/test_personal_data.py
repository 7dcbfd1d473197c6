"""What one's data export has of practice."""

import pytest

from lessons.annotations.services import publish
from lessons.models import Lesson
from lessons.practice import personal_data
from lessons.practice.writing import save_check
from tests.practice.make import SHORT, answer_by, publish_with_checks

pytestmark = pytest.mark.django_db


def exported(user, key):
    return next(list(section.rows) for section in personal_data.export_sections(user) if section.key == key)


def test_an_export_has_the_questions_that_were_answered_and_nothing_of_drafts(lesson, learner, instructor):
    [row] = publish_with_checks(lesson, SHORT)
    answer_by(learner, row, "neap tide")
    row = save_check(row=row, check=SHORT._replace(question="And after full moon?"), version=1)
    publish(lesson=lesson, by=instructor)
    answer_by(learner, row, "spring tide")
    save_check(row=row, check=SHORT._replace(question="A draft?"), version=2)
    Lesson.objects.filter(pk=lesson.pk).update(title="A draft")
    answers = exported(learner, "answers")
    assert [answer["question"] for answer in answers] == [SHORT.question, "And after full moon?"]
    assert {answer["lesson"] for answer in answers} == {lesson.title}
    assert [card["question"] for card in exported(learner, "review")] == ["And after full moon?"]
