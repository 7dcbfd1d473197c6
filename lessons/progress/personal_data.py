"""Personal data of reading: exported to its owner, and erased with them."""

from collections.abc import Iterable, Iterator

from django.db.models import F
from django.utils.translation import gettext as _

from lessons.accounts.models import User
from lessons.accounts.personal_data import ExportSection
from lessons.courses.models import Course
from lessons.progress.models import Progress, Reached


def export_sections(user: User) -> Iterable[ExportSection]:
    yield ExportSection("progress", _("What you opened and read"), _progress_rows(user))
    yield ExportSection("reached", _("How far you came"), _reached_rows(user))


def _progress_rows(user: User) -> Iterator[dict]:
    rows = Progress.objects.filter(user=user).order_by("pk").select_related("lesson__module__course")
    # The title that readers see, not that of the draft.
    rows = rows.defer("lesson__body").annotate(lesson_title=F("lesson__current_revision__title"))
    for row in rows.iterator(chunk_size=500):
        yield {
            "course": row.lesson.module.course.title,
            "lesson": row.lesson_title or "",
            "opened": row.opened_at,
            "last_seen": row.seen_at,
            "read": row.completed_at,
            "position_in_thousandths": row.position,
        }


def _reached_rows(user: User) -> Iterator[dict]:
    rows = Reached.objects.filter(user=user).order_by("pk")
    columns = ("revision__lesson__module__course__title", "revision__title", "revision__number", "offset")
    for course, lesson, number, offset in rows.values_list(*columns).iterator(chunk_size=500):
        yield {"course": course, "lesson": lesson, "revision": number, "characters": offset}


def erase(user_ids: list[int], course: Course | None = None) -> None:
    """Delete the progress of these users, in one course or in all."""
    rows, places = Progress.objects.filter(user__in=user_ids), Reached.objects.filter(user__in=user_ids)
    if course:
        rows = rows.filter(lesson__module__course=course)
        places = places.filter(revision__lesson__module__course=course)
    rows.delete()
    places.delete()


def participant_ids(course: Course) -> set[int]:
    """Return the ids of those who opened a lesson of the course."""
    rows = Progress.objects.filter(lesson__module__course=course)
    return set(rows.order_by().values_list("user", flat=True).distinct())
