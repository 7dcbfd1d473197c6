"""Writing checks. Callers check permissions."""

from uuid import UUID, uuid4

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from lessons.models import Lesson
from lessons.practice.checks import Check
from lessons.practice.models import KnowledgeCheck


class CheckConflict(ValueError):
    """Somebody else has saved the check since it was opened; `theirs` is the saved one."""

    def __init__(self, theirs: KnowledgeCheck):
        super().__init__(_("Somebody else has saved this check while you were writing."))
        self.theirs = theirs


def _lock_lesson(lesson_id: int) -> None:
    """Let nobody publish the lesson until its check is saved."""
    Lesson.all_objects.select_for_update(no_key=True).filter(pk=lesson_id).values_list("pk").first()


def _change_draft(lesson_id: int) -> None:
    """Record that the lesson's draft has changed: readers get the change once it is published."""
    Lesson.all_objects.filter(pk=lesson_id).update(updated_at=timezone.now())


@transaction.atomic
def add_check(*, lesson: Lesson, check: Check, uid: UUID | None = None) -> KnowledgeCheck:
    """Add a check to the lesson. Its author puts it into the text: until then, readers do not see it."""
    return KnowledgeCheck.objects.create(lesson_id=lesson.pk, uid=uid or uuid4(), definition=check.to_json())


@transaction.atomic
def save_check(*, row: KnowledgeCheck, check: Check, version: int) -> KnowledgeCheck:
    """Save an edit as the next version; raise CheckConflict if `version` is not the saved one. Readers see it once the
    lesson is published again.
    """
    _lock_lesson(row.lesson_id)
    row = KnowledgeCheck.objects.select_for_update().get(pk=row.pk)
    if row.version != version:
        raise CheckConflict(row)
    if row.definition != check.to_json():
        row.definition, row.version = check.to_json(), version + 1
        row.save(update_fields=["definition", "version", "updated_at"])
        _change_draft(row.lesson_id)
    return row


@transaction.atomic
def delete_check(*, row: KnowledgeCheck) -> None:
    """Take the check out of the draft. Readers lose it with the next publication; its answers stay."""
    _lock_lesson(row.lesson_id)
    if KnowledgeCheck.objects.filter(pk=row.pk, deleted_at=None).update(deleted_at=timezone.now()):
        _change_draft(row.lesson_id)


@transaction.atomic
def restore_check(*, row: KnowledgeCheck) -> None:
    """Undo `delete_check`."""
    _lock_lesson(row.lesson_id)
    if KnowledgeCheck.objects.filter(pk=row.pk).exclude(deleted_at=None).update(deleted_at=None):
        _change_draft(row.lesson_id)
