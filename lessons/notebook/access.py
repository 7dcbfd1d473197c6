"""Which pages of its lesson an annotation's author can open now, and whether they can still write there."""

from typing import Any, NamedTuple

from lessons.accounts.models import User
from lessons.courses.models import Course
from lessons.courses.models.active_memberships import ActiveMembership, active_memberships, set_memberships
from lessons.db.compiled_queries import int_param
from lessons.discussions.models import Thread
from lessons.models import Lesson, Module
from lessons.permissions import can_annotate, can_read, can_read_thread, is_member

LESSON_FIELDS = ["lesson_id", "lesson__slug", "lesson__state", "lesson__module__state"]
COURSE_FIELDS = ("title", "visibility", "closed_at")


def placeholder_user(course_count: int) -> User:
    """Return a user for a compiled query, a member of that many courses. `user_params` has the values."""
    user = User(pk=int_param("user"))
    courses = [int_param(f"course{n}") for n in range(course_count)]
    set_memberships(user, dict.fromkeys(courses, ActiveMembership("", None)))
    return user


def user_params(user: User) -> dict[str, int]:
    """Return the values of the placeholders of `placeholder_user`. At most the query of the memberships."""
    courses = {f"course{n}": course for n, course in enumerate(active_memberships(user))}
    return {"user": user.pk, **courses}


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


class PageAccess:
    """What `permissions` allows the user for the rows of a page, asked once for each lesson and audience. `course` and
    `thread` lead from a row to its course and to its thread. At most the query of the memberships.
    """

    def __init__(self, user: User, *, course: str, thread: str = ""):
        self.user, self.course, self.thread = user, course, thread
        self._lessons: dict[int, LessonAccess] = {}
        self._threads: dict[tuple, bool] = {}

    def to_lesson(self, row: dict[str, Any]) -> LessonAccess:
        access = self._lessons.get(row["lesson_id"])
        if access is None:
            access = self._lessons[row["lesson_id"]] = self._to_lesson(row)
        return access

    def can_read_own_thread(self, row: dict[str, Any]) -> bool:
        """Return whether the user may still read a thread that they began: what was written to a group is for its
        current members."""
        course, audience, group = (
            row[name] for name in (f"{self.course}_id", f"{self.thread}audience", f"{self.thread}group_id")
        )
        if (course, audience, group) not in self._threads:
            thread = Thread(course=self.to_lesson(row).course, author=self.user, audience=audience, group_id=group)
            self._threads[course, audience, group] = can_read_thread(self.user, thread)
        return self._threads[course, audience, group]

    def _to_lesson(self, row: dict[str, Any]) -> LessonAccess:
        user, path = self.user, self.course
        course = Course(pk=row[f"{path}_id"], **{name: row[f"{path}__{name}"] for name in COURSE_FIELDS})
        is_published = row["lesson__state"] == Lesson.State.PUBLISHED
        is_published = is_published and row["lesson__module__state"] != Module.State.DRAFT
        lesson = Lesson(pk=row["lesson_id"], slug=row["lesson__slug"])
        lesson_url = lesson.get_absolute_url() if is_published and can_read(user, course) else ""
        return LessonAccess(course, lesson_url, is_published and is_member(user, course), can_annotate(user, course))
