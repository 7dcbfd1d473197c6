"""Export and erase who saved which draft of a lesson, and who has a lesson open to edit it."""

from collections.abc import Collection, Iterable, Iterator

from django.utils.translation import gettext as _

from lessons.accounts.models import User
from lessons.accounts.personal_data import ExportSection
from lessons.courses.models import Course
from lessons.models import DraftVersion, EditingPresence


def export_sections(user: User) -> Iterable[ExportSection]:
    """Yield the sections of a data export; the texts of drafts belong to the course."""
    yield ExportSection("lesson_drafts", _("Drafts of lessons that you saved"), _draft_rows(user))
    yield ExportSection("open_lessons", _("Lessons that you have open to edit"), _presence_rows(user))


def _draft_rows(user: User) -> Iterator[dict]:
    rows = DraftVersion.objects.filter(author=user).select_related("lesson__module__course").order_by("pk")
    for row in rows.defer("body", "facts", "lesson__body").iterator(chunk_size=500):
        yield {
            "course": row.lesson.module.course.title,
            "lesson": row.title,
            "how": row.get_origin_display(),
            "saved": row.created_at,
        }


def _presence_rows(user: User) -> Iterator[dict]:
    rows = EditingPresence.objects.filter(user=user).select_related("lesson__module__course").order_by("pk")
    for row in rows.defer("lesson__body"):
        yield {"course": row.lesson.module.course.title, "lesson": row.lesson.title, "seen": row.seen_at}


def erase(user_ids: Collection[int], course: Course | None = None) -> None:
    """Erase who saved drafts and who has lessons open, in `course` alone if one is given. The drafts stay."""
    drafts = DraftVersion.objects.filter(author__in=user_ids)
    presences = EditingPresence.objects.filter(user__in=user_ids)
    if course is not None:
        drafts = drafts.filter(lesson__module__course=course)
        presences = presences.filter(lesson__module__course=course)
    drafts.update(author=None)
    presences.delete()
