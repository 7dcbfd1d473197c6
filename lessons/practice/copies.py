"""Copies of checks: along with a lesson that is copied, and of checks that are pasted from another lesson.

Callers check permissions.
"""

from collections.abc import Iterable, Mapping
from uuid import UUID, uuid4, uuid5

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from lessons.courses.models import Course
from lessons.markup.sanitise import CHECK_PLACE
from lessons.models import Lesson
from lessons.practice.check_text import MAX_CHECKS
from lessons.practice.models import KnowledgeCheck
from lessons.practice.places import place_of, with_uids, without_unknown


class CheckCopies:
    """Copies of the checks of these lessons, for copies of the lessons. uids: by those of the originals. One query."""

    def __init__(self, lessons: Iterable[Lesson]):
        ids = [lesson.pk for lesson in lessons]
        self._rows = list(KnowledgeCheck.objects.filter(lesson__in=ids, deleted_at=None).order_by("pk"))
        self.uids = {str(row.uid): str(uuid4()) for row in self._rows}

    def in_text(self, html: str) -> str:
        """Return a text with the copies in the place of the checks, and without the places of deleted ones."""
        return with_uids(without_unknown(html, self.uids), self.uids)

    def create(self, lessons: Mapping[int, Lesson]) -> None:
        """Create the copies, of which nothing is published. lessons: by the ids of the originals. One query."""
        KnowledgeCheck.objects.bulk_create(
            KnowledgeCheck(uid=self.uids[str(row.uid)], lesson_id=lessons[row.lesson_id].pk, definition=row.definition)
            for row in self._rows
        )


@transaction.atomic
def with_own_checks(*, lesson: Lesson, html: str, courses: QuerySet[Course]) -> str:
    """Return a text of the lesson with copies of its own in the place of checks of other lessons, and of those that
    stand in it twice.

    courses: from which checks may be copied; the places of others are removed, and those of more than MAX_CHECKS
    copies; places of no check at all stay. The same text gives the same copies again. One query, or none without
    checks, and some for each copy.
    """
    uids = CHECK_PLACE.findall(html)
    rows = {str(row.uid): row for row in KnowledgeCheck.objects.filter(uid__in=uids)} if uids else {}
    if len(set(uids)) == len(uids) and all(row.lesson_id == lesson.pk for row in rows.values()):
        return html
    allowed = KnowledgeCheck.objects.filter(uid__in=uids, lesson__module__course__in=courses)
    copying = _Pasted(lesson, uids, rows, {lesson.pk, *allowed.values_list("lesson", flat=True)})
    return CHECK_PLACE.sub(lambda found: copying.place(found[1]), html)


class _Pasted:
    """Replaces the checks of a text one after the other. lessons: the ids of those whose checks may be copied."""

    def __init__(self, lesson: Lesson, uids: list[str], rows: Mapping[str, KnowledgeCheck], lessons: set[int]):
        self._lesson, self._rows, self._lessons = lesson, rows, lessons
        self._taken = set(uids)
        self._copies = 0
        self._seen: set[str] = set()

    def place(self, uid: str) -> str:
        """Return what stands in the place of a check."""
        row = self._rows.get(uid)
        is_own = row is not None and row.lesson_id == self._lesson.pk and uid not in self._seen
        self._seen.add(uid)
        if row is None or is_own:
            return place_of(uid)
        is_allowed = row.lesson_id in self._lessons and self._copies < MAX_CHECKS
        return place_of(self._copy(row)) if is_allowed else ""

    def _copy(self, row: KnowledgeCheck) -> str:
        """Return the uid of the lesson's copy, which is created unless an earlier text had it."""
        self._copies += 1
        number = 1
        while str(uid := uuid5(UUID(str(row.uid)), f"{self._lesson.pk} {number}")) in self._taken:
            number += 1
        self._taken.add(str(uid))
        copy, is_new = KnowledgeCheck.objects.get_or_create(
            uid=uid, defaults={"lesson_id": self._lesson.pk, "definition": row.definition}
        )
        if not is_new and copy.deleted_at:
            KnowledgeCheck.objects.filter(pk=copy.pk).update(deleted_at=None)
        return str(uid)


@transaction.atomic
def restore_placed_checks(lesson: Lesson) -> None:
    """Restore the deleted checks that stand in the lesson's draft: it is an earlier one again. At most two queries."""
    uids = CHECK_PLACE.findall(lesson.body)
    deleted = KnowledgeCheck.objects.filter(lesson=lesson.pk, uid__in=uids).exclude(deleted_at=None)
    if uids and deleted.update(deleted_at=None):
        Lesson.objects.filter(pk=lesson.pk).update(updated_at=timezone.now())
