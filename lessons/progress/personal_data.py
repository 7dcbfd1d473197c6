"""What of reading is one person's own: how far they read. Collected for them, and forgotten with them."""

from collections.abc import Iterable

from django.utils.translation import gettext as _

from lessons.accounts.models import User
from lessons.accounts.personal_data import ExportSection
from lessons.courses.models import Course
from lessons.progress.models import Progress


def sections(user: User) -> Iterable[ExportSection]:
    yield ExportSection("progress", _("What you opened and read"), _progress(user))


def _progress(user: User):
    rows = Progress.objects.filter(user=user).order_by("pk").select_related("lesson__module__course")
    for row in rows.iterator(chunk_size=500):
        yield {
            "course": row.lesson.module.course.title,
            "lesson": row.lesson.title,
            "opened": row.opened_at,
            "last_seen": row.seen_at,
            "read": row.completed_at,
            "position_in_thousandths": row.position,
        }


def forget(people: list[int], course: Course | None = None) -> None:
    """How far these people read, in one course or in all."""
    rows = Progress.objects.filter(user__in=people)
    (rows.filter(lesson__module__course=course) if course else rows).delete()


def present(course: Course) -> set[int]:
    """Ids of those who opened a lesson of the course."""
    rows = Progress.objects.filter(lesson__module__course=course)
    return set(rows.order_by().values_list("user", flat=True).distinct())
