"""Which pages of its lesson an annotation's author can open now, and whether they can still write there."""

from typing import Any, NamedTuple

from lessons.accounts.models import User
from lessons.courses.models import Course
from lessons.discussions.models import Thread
from lessons.models import Lesson, Module
from lessons.permissions import can_annotate, can_read, can_read_thread, is_member

LESSON_FIELDS = ["lesson_id", "lesson__slug", "lesson__state", "lesson__module__state"]
COURSE_FIELDS = ("title", "visibility", "closed_at")


class LessonAccess(NamedTuple):
    """`lesson_url` is empty where the lesson may not be read; `can_read_notes` says whether its annotations may, and
    `can_write` whether new ones can be written."""

    course: Course
    lesson_url: str
    can_read_notes: bool
    can_write: bool


def course_fields(path: str) -> list[str]:
    """Return the fields of the course that a row needs besides LESSON_FIELDS; `path` leads from the row to it."""
    return [f"{path}_id", *(f"{path}__{name}" for name in COURSE_FIELDS)]


def can_read_own_thread(row: dict[str, Any], user: User, course: Course, path: str = "") -> bool:
    """Return whether the user may still read a thread that they began: what was written to a group is for its current
    members. `path` leads from the row to the thread. At most the query of the memberships."""
    readers = {"audience": row[f"{path}audience"], "group_id": row[f"{path}group_id"]}
    return can_read_thread(user, Thread(course=course, author=user, **readers))


def lesson_access(row: dict[str, Any], user: User, path: str) -> LessonAccess:
    """Return what `permissions` allows for a row. At most the query of the memberships."""
    course = Course(pk=row[f"{path}_id"], **{name: row[f"{path}__{name}"] for name in COURSE_FIELDS})
    is_published = row["lesson__state"] == Lesson.State.PUBLISHED
    is_published = is_published and row["lesson__module__state"] != Module.State.DRAFT
    lesson = Lesson(pk=row["lesson_id"], slug=row["lesson__slug"])
    lesson_url = lesson.get_absolute_url() if is_published and can_read(user, course) else ""
    return LessonAccess(course, lesson_url, is_published and is_member(user, course), can_annotate(user, course))
