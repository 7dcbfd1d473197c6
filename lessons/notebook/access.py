"""What of a note's lesson its author may open now, and whether they may still write there."""

from typing import NamedTuple

from lessons.accounts.models import User
from lessons.courses.models import Course
from lessons.models import Lesson, Module
from lessons.permissions import can_annotate, can_read, is_member

LESSON_FIELDS = ["lesson_id", "lesson__slug", "lesson__state", "lesson__module__state"]


class LessonAccess(NamedTuple):
    """`lesson` is the address of its page, empty where that may not be read; `notes` says whether its notes may."""

    course: Course
    lesson: str
    notes: bool
    may_write: bool


def course_fields(path: str) -> list[str]:
    """The fields of the course that a row must have beside OF_LESSON; `path` leads from the row to it."""
    return [f"{path}_id", *(f"{path}__{name}" for name in ("title", "visibility", "closed_at"))]


def lesson_access(row: dict, user: User, path: str) -> LessonAccess:
    """As `permissions` has it. No query beside that of the seats."""
    known = {name: row[f"{path}__{name}"] for name in ("title", "visibility", "closed_at")}
    course = Course(pk=row[f"{path}_id"], **known)
    is_shown = row["lesson__state"] == Lesson.State.PUBLISHED and row["lesson__module__state"] != Module.State.DRAFT
    lesson = Lesson(pk=row["lesson_id"], slug=row["lesson__slug"])
    address = lesson.get_absolute_url() if is_shown and can_read(user, course) else ""
    return LessonAccess(course, address, is_shown and is_member(user, course), can_annotate(user, course))
