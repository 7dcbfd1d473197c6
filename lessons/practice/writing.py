"""Writing checks. Callers check permissions."""

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


@transaction.atomic
def add_check(*, lesson: Lesson, check: Check) -> KnowledgeCheck:
    """Add a check to the lesson. Its author puts it into the text: until then, readers do not see it."""
    return KnowledgeCheck.objects.create(lesson_id=lesson.pk, definition=check.to_json())


@transaction.atomic
def save_check(*, row: KnowledgeCheck, check: Check, version: int) -> KnowledgeCheck:
    """Save an edit as the next version; raise CheckConflict if `version` is not the saved one. Readers see it once the
    lesson is published again.
    """
    row = KnowledgeCheck.objects.select_for_update().get(pk=row.pk)
    if row.version != version:
        raise CheckConflict(row)
    if row.definition != check.to_json():
        row.definition, row.version = check.to_json(), version + 1
        row.save(update_fields=["definition", "version", "updated_at"])
    return row


def delete_check(*, row: KnowledgeCheck) -> None:
    """Take the check out of the draft. Readers lose it with the next publication; its answers stay."""
    KnowledgeCheck.objects.filter(pk=row.pk, deleted_at=None).update(deleted_at=timezone.now())


def restore_check(*, row: KnowledgeCheck) -> None:
    """Undo `delete_check`."""
    KnowledgeCheck.objects.filter(pk=row.pk).update(deleted_at=None)
