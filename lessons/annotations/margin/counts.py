"""What a lesson's page says about its annotations before the script loads them: how many, and for which text."""

from functools import lru_cache
from typing import NamedTuple
from zlib import crc32

from django.db.models import OuterRef

from lessons.accounts.models import User
from lessons.annotations.models import Annotation
from lessons.courses.models import Course
from lessons.db.compiled_queries import fetch_rows, int_param
from lessons.db.json_rows import JSONRows, unpack_rows
from lessons.db.row_count import RowCount
from lessons.discussions.selectors.course_counts import CourseCounts, count_columns
from lessons.discussions.selectors.query_viewer import QueryViewer, viewer_params
from lessons.markup.plain_text import plain_text
from lessons.models import Lesson

MAX_COUNTED = 100
"""Up to which the notes of a lesson are counted: every page of its module says how many there are."""


class LessonCounts(NamedTuple):
    """How many notes, without highlights, a member may read in each lesson of a module, up to MAX_COUNTED, and the
    counts of the course.

    For those who are no members, `notes` is None.
    """

    notes: dict[int, int] | None = None
    course: CourseCounts = CourseCounts()


def lesson_counts(module: int, course: Course, user: User) -> LessonCounts:
    """Return what a lesson's page counts for a member. One query."""
    viewer = QueryViewer.for_user(user, course.pk)
    notes, *counts = fetch_rows(_query, viewer, module=module, **viewer_params(user, course.pk))[0]
    return LessonCounts(dict(unpack_rows(notes)), CourseCounts(*counts))


def _query(viewer: QueryViewer):
    notes = Annotation.objects.visible_to(viewer.placeholder()).displayed()
    notes = notes.filter(lesson=OuterRef("pk"), thread__isnull=False).order_by()
    lessons = Lesson.all_objects.filter(module=int_param("module"))
    notes = JSONRows(lessons.annotate(n=RowCount(notes.values("pk")[:MAX_COUNTED])), "pk", "n")
    return Course.objects.filter(pk=int_param("course")).order_by().values_list(notes, *count_columns(viewer))


@lru_cache(maxsize=512)
def text_fingerprint(html: str) -> tuple[int, int]:
    """Return the length in code points and the CRC-32 of the text of a revision's html, cached: the script
    must not paint by offsets in a text that the browser changed, by translating it for example.
    """
    text = plain_text(html)
    return len(text), crc32(text.encode())
