"""Checks for tests."""

from uuid import uuid4

from lessons.annotations.services import publish
from lessons.models import Lesson
from lessons.practice.answering import answer
from lessons.practice.checks import Check, Kind, Option, read_response
from lessons.practice.writing import add_check

SINGLE = Check(
    Kind.SINGLE, "What causes the tides?", (Option("The moon", "Its pull is the strongest.", True), Option("The wind"))
)
SHORT = Check(Kind.SHORT, "What is the tide after new moon called?", accepted=("spring tide",))
EXPLAIN = Check(Kind.EXPLAIN, "Why twice a day?", model_answer="The earth turns below two bulges of water.")


def publish_with_checks(lesson, *checks, by=None):
    """Put checks at the end of the lesson's text and publish it. Return their rows."""
    rows = [add_check(lesson=lesson, check=check) for check in checks]
    places = "".join(f'<hr data-check="{row.uid}">' for row in rows)
    Lesson.objects.filter(pk=lesson.pk).update(body=lesson.body + places)
    publish(lesson=lesson, by=by)
    lesson.refresh_from_db()
    return rows


def answer_by(user, row, *values, key=None):
    """Return what is right about the user's answer, sent as a form sends it."""
    response = read_response(row.parsed, str(row.uid), values)
    lesson = Lesson.objects.select_related("module__course").get(pk=row.lesson_id)
    return answer(
        user=user, lesson=lesson, uid=str(row.uid), version=row.version, response=response, key=key or uuid4()
    )
