"""What of notes is one person's own. Collected for them, and forgotten with them."""

from collections.abc import Iterable

from django.db.models import OuterRef, Subquery
from django.utils.translation import gettext as _

from lessons.accounts.models import User
from lessons.accounts.personal_data import ExportSection
from lessons.annotations.models import Annotation, Placement
from lessons.courses.models import Course
from lessons.discussions.models import Post


def export_sections(user: User) -> Iterable[ExportSection]:
    yield ExportSection("notes", _("Your notes and highlights"), _notes(user))


def _notes(user: User):
    """With the words of a note, which stand among the posts too, at `thread`."""
    words = Post.objects.filter(thread=OuterRef("thread"), author=user).order_by("pk")
    notes = Annotation.objects.filter(author=user).order_by("pk").select_related("lesson__module__course", "revision")
    notes = notes.annotate(source=Subquery(words.values("source")[:1]), html=Subquery(words.values("html")[:1]))
    for note in notes.iterator(chunk_size=500):
        yield {
            "course": note.lesson.module.course.title,
            "lesson": note.lesson.title,
            "revision": note.revision.number,
            "kind": note.label,
            "quote": note.exact,
            "before": note.prefix,
            "after": note.suffix,
            "start": note.start,
            "end": note.end,
            "who_reads": note.audience or None,
            "thread": note.thread_id,
            "written": note.created_at,
            "changed": note.updated_at,
            "markdown": note.source,
            "html": note.html,
        }


def erase(people: list[int], course: Course | None = None) -> None:
    """Bare marks go. A note with words stands where it stood, as a former member's: its thread says what becomes of
    the words."""
    notes, places = Annotation.objects.filter(author__in=people), Placement.objects.filter(placed_by__in=people)
    if course:
        notes, places = (
            notes.filter(lesson__module__course=course),
            places.filter(revision__lesson__module__course=course),
        )
    notes.filter(thread=None).delete()
    notes.update(author=None)
    places.update(placed_by=None)


def participant_ids(course: Course) -> set[int]:
    """Ids of those who marked something in the course."""
    rows = Annotation.objects.filter(lesson__module__course=course).exclude(author=None)
    return set(rows.order_by().values_list("author", flat=True).distinct())
