"""The texts of the demo's course: written before the class began, and due around the day of loading."""

from datetime import datetime, timedelta

from django.core import serializers

from lessons.courses.models import Course
from lessons.demo.files import DueDate
from lessons.demo.moments import on_day
from lessons.models import Lesson, Module, Revision

# How long before loading the course was created and its texts were published.
AGE = timedelta(days=25)


def date_back(course: Course, now: datetime) -> None:
    """Set when course and texts were created to before the class began. No text has notes yet."""
    created_at = now - AGE
    lessons = Lesson.objects.filter(module__course=course)
    revisions = Revision.objects.filter(lesson__in=lessons)
    current = dict(lessons.exclude(current_revision=None).values_list("pk", "current_revision"))
    # The database refuses to change a revision, and saving one always dates it now, except as a fixture does.
    rows = serializers.serialize("python", revisions)
    lessons.update(current_revision=None, created_at=created_at, updated_at=created_at)
    revisions.delete()
    for row in rows:
        row["fields"]["published_at"] = created_at
    for loaded in serializers.deserialize("python", rows):
        loaded.save()
    restored = [Lesson(pk=pk, current_revision_id=revision) for pk, revision in current.items()]
    Lesson.objects.bulk_update(restored, ["current_revision"])
    Module.objects.filter(course=course).update(created_at=created_at, updated_at=created_at)
    Course.objects.filter(pk=course.pk).update(created_at=created_at)


def due_dates(course: Course, dates: list[DueDate], now: datetime) -> dict[str, datetime]:
    """Return the due dates, by the slug of the lesson, that a demo loaded at `now` sets."""
    return {due.lesson: on_day(now, due.days, due.time, course.zone) for due in dates}


def set_due_dates(course: Course, dates: list[DueDate], now: datetime) -> None:
    moments = due_dates(course, dates, now)
    lessons = list(Lesson.objects.filter(module__course=course, due_at=None, slug__in=moments))
    for lesson in lessons:
        lesson.due_at = moments[lesson.slug]
    Lesson.objects.bulk_update(lessons, ["due_at"])
