"""What the search page offers before anything is searched: lessons that are due, and those that were read last."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django.db.models import F, QuerySet
from django.utils import timezone

from lessons.courses.models import Course, Membership
from lessons.db.compiled_queries import fetch_rows, int_param
from lessons.search.text_results import (
    TextReader,
    TextResult,
    TextRow,
    due_date,
    lesson_result,
    lessons_for,
    pressing_date,
)

MAX_SHOWN = 3
COLUMNS = (*TextRow._fields, "current_revision__title", "module__course__language")


@dataclass(frozen=True)
class StartLessons:
    """The lessons that are `due` and not completed, the earliest first; and those that the reader has opened last or,
    for somebody who `is_new`, those that were published last.
    """

    due: Sequence[TextResult] = ()
    recent: Sequence[TextResult] = ()
    is_new: bool = False


def start_lessons(user, course: Course | None) -> StartLessons:
    """Return MAX_SHOWN lessons of each kind, in the course or in all of them; none twice. Three queries at most."""
    due = _lessons(_due_lessons, user, course, due_date) if user.is_authenticated else []
    is_shown = {result.pk for result in due}
    opened = _lessons(_opened_lessons, user, course, pressing_date) if user.is_authenticated else []
    recent = opened or _lessons(_latest_lessons, user, course, pressing_date)
    return StartLessons(due, [one for one in recent if one.pk not in is_shown][:MAX_SHOWN], is_new=not opened)


def _lessons(build: Callable, user, course: Course | None, date_of: Callable) -> list[TextResult]:
    now = timezone.now()
    rows = fetch_rows(build, TextReader.of(user), course is not None, user=user.pk, course=course.pk if course else 0)
    return [
        lesson_result(row := TextRow._make(columns), title, language, date_of(row, user, now))
        for *columns, title, language in rows
    ]


def _due_lessons(reader: TextReader, is_in_course: bool) -> QuerySet:
    lessons = _readable(reader, is_in_course).filter(membership_role=Membership.Role.LEARNER)
    lessons = lessons.filter(due_at__isnull=False, own__completed_at=None, module__course__closed_at=None)
    return lessons.order_by("due_at", "pk").values_list(*COLUMNS)[:MAX_SHOWN]


def _opened_lessons(reader: TextReader, is_in_course: bool) -> QuerySet:
    lessons = _readable(reader, is_in_course).filter(own__seen_at__isnull=False)
    return lessons.order_by(F("own__seen_at").desc(), "pk").values_list(*COLUMNS)[: 2 * MAX_SHOWN]


def _latest_lessons(reader: TextReader, is_in_course: bool) -> QuerySet:
    lessons = _readable(reader, is_in_course)
    return lessons.order_by("-current_revision__published_at", "pk").values_list(*COLUMNS)[: 2 * MAX_SHOWN]


def _readable(reader: TextReader, is_in_course: bool) -> QuerySet:
    """Select the lessons of the course, or of all courses that a search in all of them covers."""
    user = reader.placeholder()
    lessons = lessons_for(user)
    if is_in_course:
        return lessons.filter(module__course=int_param("course"))
    return lessons.filter(module__course__in=Course.objects.listed_for(user).order_by().values("pk"))
