"""Export and erasure of a person's annotations."""

from collections.abc import Iterable, Iterator

from django.db.models import OuterRef, Subquery
from django.utils.translation import gettext as _

from lessons.accounts.models import User
from lessons.accounts.personal_data import ExportSection
from lessons.annotations.models import Annotation, Placement
from lessons.courses.models import Course
from lessons.discussions.models import Post


def export_sections(user: User) -> Iterable[ExportSection]:
    yield ExportSection("notes", _("Your notes and highlights"), _annotations(user))


def _annotations(user: User) -> Iterator[dict]:
    """Yield each annotation with its text, which the export also lists among the posts of that thread."""
    opening = Post.objects.filter(thread=OuterRef("thread"), author=user).order_by("pk")
    rows = Annotation.objects.filter(author=user).order_by("pk").select_related("lesson__module__course", "revision")
    rows = rows.defer("lesson__body", "revision__html", "revision__text")
    rows = rows.annotate(source=Subquery(opening.values("source")[:1]), html=Subquery(opening.values("html")[:1]))
    for annotation in rows.iterator(chunk_size=500):
        yield {
            "course": annotation.lesson.module.course.title,
            "lesson": annotation.revision.title,
            "revision": annotation.revision.number,
            "label": annotation.label,
            "quote": annotation.exact,
            "before": annotation.prefix,
            "after": annotation.suffix,
            "start": annotation.start,
            "end": annotation.end,
            "audience": annotation.audience or None,
            "thread": annotation.thread_id,
            "cleared": annotation.cleared_at,
            "written": annotation.created_at,
            "changed": annotation.updated_at,
            "markdown": annotation.source,
            "html": annotation.html,
        }


def erase(people: list[int], course: Course | None = None) -> None:
    """Delete the highlights of these users, in `course` alone if one is given, and remove their name from their notes.
    The text of a note is a post, and erased with the posts.
    """
    annotations, placements = (
        Annotation.objects.filter(author__in=people),
        Placement.objects.filter(placed_by__in=people),
    )
    if course:
        annotations = annotations.filter(lesson__module__course=course)
        placements = placements.filter(revision__lesson__module__course=course)
    annotations.filter(thread=None).delete()
    annotations.update(author=None)
    placements.update(placed_by=None)


def participant_ids(course: Course) -> set[int]:
    """Return the ids of the users who annotated something in the course."""
    rows = Annotation.objects.filter(lesson__module__course=course).exclude(author=None)
    return set(rows.order_by().values_list("author", flat=True).distinct())
