"""Export and erase who saved which draft of a lesson, has a lesson open for editing, and moved what to the bin."""

from collections.abc import Collection, Iterable, Iterator

from django.utils.translation import gettext as _

from lessons.accounts.models import User
from lessons.accounts.personal_data import ExportSection
from lessons.courses.models import Course
from lessons.models import BinEntry, DraftVersion, EditingPresence


def export_sections(user: User) -> Iterable[ExportSection]:
    """Yield the sections of a data export; the texts of drafts belong to the course."""
    yield ExportSection("lesson_drafts", _("Drafts of lessons that you saved"), _draft_rows(user))
    yield ExportSection("open_lessons", _("Lessons that you are editing"), _presence_rows(user))
    yield ExportSection("deleted", _("What you moved to the bin of a course"), _bin_rows(user))


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


def _bin_rows(user: User) -> Iterator[dict]:
    for entry in BinEntry.objects.filter(deleted_by=user).select_related("course").order_by("pk"):
        yield {
            "course": entry.course.title,
            "kind": entry.get_kind_display(),
            "title": entry.title,
            "deleted": entry.deleted_at,
        }


def erase(user_ids: Collection[int], course: Course | None = None) -> None:
    """Erase who saved drafts, deleted things and has lessons open, in `course` alone if one is given.

    The drafts and what is in the bin stay.
    """
    drafts = DraftVersion.objects.filter(author__in=user_ids)
    presences = EditingPresence.objects.filter(user__in=user_ids)
    entries = BinEntry.objects.filter(deleted_by__in=user_ids)
    if course is not None:
        entries = entries.filter(course=course)
        drafts = drafts.filter(lesson__module__course=course)
        presences = presences.filter(lesson__module__course=course)
    entries.update(deleted_by=None)
    drafts.update(author=None)
    presences.delete()
