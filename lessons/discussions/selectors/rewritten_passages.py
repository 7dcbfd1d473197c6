"""Passages that a user has asked about and that were rewritten since, for the page of notifications and the digest."""

from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from django.db.models import QuerySet

from lessons.accounts.models import User
from lessons.courses.models import Course
from lessons.db.compiled_queries import fetch_rows, int_param
from lessons.discussions.models import RewriteNotice
from lessons.markup.row_templates import url

MAX_PASSAGES = 100
COURSE_FIELDS = ("id", "title", "slug", "time_zone")


class RewrittenPassage(NamedTuple):
    """A passage that was rewritten, as a notification says it; `note` is the uid of the question, `quote` the passage
    before.
    """

    notice: int
    note: UUID
    quote: str
    lesson: str
    course: Course
    asked_at: datetime
    is_removed: bool
    created_at: datetime
    is_unseen: bool

    @property
    def url(self) -> str:
        """Return the page that shows what has changed."""
        return url("annotations:question", self.note)


def rewritten_passages(reader: User, *, only: str = "") -> list[RewrittenPassage]:
    """Return the passages that the user has been told of, the latest first. `only` is the name of a field that is to
    be empty: `mailed_at`. One query.
    """
    courses: dict[int, Course] = {}
    passages = []
    for pk, note, quote, lesson, asked_at, is_removed, created_at, seen_at, *course in fetch_rows(
        _query, only, user=reader.pk
    ):
        known = courses.setdefault(course[0], Course(**dict(zip(COURSE_FIELDS, course, strict=True))))
        about = (pk, note, quote, lesson, known, asked_at, is_removed, created_at, seen_at is None)
        passages.append(RewrittenPassage(*about))
    return passages


def _query(only: str) -> QuerySet:
    notices = RewriteNotice.objects.current().filter(user=int_param("user")).order_by("-created_at", "-pk")
    if only:
        notices = notices.filter(**{only: None}, seen_at=None)
    fields = "pk note quote lesson__current_revision__title asked_at is_removed created_at seen_at".split()
    course_fields = [f"lesson__module__course__{name}" for name in COURSE_FIELDS]
    return notices.values_list(*fields, *course_fields)[:MAX_PASSAGES]
