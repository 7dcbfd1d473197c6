"""Load the demo into a course: everything in batches, with the dates that three weeks would have left."""

from datetime import datetime
from typing import NamedTuple

from django.db import transaction
from django.utils import timezone

from lessons.courses.models import Course
from lessons.demo import people
from lessons.demo.conversations import ConversationLoader, render_posts
from lessons.demo.files import DemoClass, read_class
from lessons.demo.moments import on_day
from lessons.models import Lesson


class Loaded(NamedTuple):
    people: int
    notes: int
    discussions: int


def load_demo(course: Course, demo: DemoClass | None = None, now: datetime | None = None) -> Loaded:
    """Load the class into the course, whose accounts for trying the site are enrolled already. Raise InvalidDemo."""
    demo, now = demo or read_class(), now or timezone.now()
    handles = people.expected_handles(course, demo.people)
    rendered = [render_posts(conversation, handles) for conversation in demo.conversations]
    with transaction.atomic():
        cast = people.load_people(course, demo.people, now)
        set_due_dates(course, demo, now)
        ConversationLoader(course, cast, now).load(demo.conversations, rendered)
        people.load_progress(course, cast)
    notes = sum(bool(conversation.quote) for conversation in demo.conversations)
    return Loaded(len(people.newcomers(cast)), notes, len(demo.conversations) - notes)


def due_dates(course: Course, demo: DemoClass, now: datetime) -> dict[str, datetime]:
    """Return the due dates, by the slug of the lesson, that a demo loaded at `now` sets."""
    return {due.lesson: on_day(now, due.days, due.time, course.zone) for due in demo.due_dates}


def set_due_dates(course: Course, demo: DemoClass, now: datetime) -> None:
    moments = due_dates(course, demo, now)
    lessons = list(Lesson.objects.filter(module__course=course, due_at=None, slug__in=moments))
    for lesson in lessons:
        lesson.due_at = moments[lesson.slug]
    Lesson.objects.bulk_update(lessons, ["due_at"])
