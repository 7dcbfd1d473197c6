"""Save a draft over the version that was opened, and over no other."""

from django.db import transaction
from django.db.models import Max

from lessons.accounts.models import User
from lessons.copying.images import copy_lesson_images
from lessons.models import DraftVersion, GlossaryTerm, Lesson, Prompt, TimelineEvent
from lessons.services import claim_version, lock_module, record_draft_version


@transaction.atomic
def save_draft(
    *, lesson: Lesson, version: int, fields: list[str], by: User | None, origin: str = DraftVersion.Origin.FORM
) -> Lesson:
    """Save the named fields of the lesson, and only them, as a new version. Raise lessons.services.EditConflict."""
    claim_version(lesson=lesson, version=version)
    lesson.version = version + 1
    lesson.save(update_fields=[*fields, "updated_at"])
    record_draft_version(lesson=lesson, by=by, origin=origin)
    return lesson


@transaction.atomic
def add_draft(*, lesson: Lesson, by: User | None) -> Lesson:
    """Save a new lesson at the end of its module."""
    lock_module(lesson.module_id)
    lesson.position = _next_position(lesson)
    lesson.save()
    record_draft_version(lesson=lesson, by=by, origin=DraftVersion.Origin.FORM)
    return lesson


@transaction.atomic
def finish_module_move(*, lesson: Lesson, by: User) -> Lesson:
    """Complete the move of a lesson to another module.

    Put it at the end of the module, remove the references to it from items of the old module, and copy its images if
    the module is part of another course.
    """
    lock_module(lesson.module_id)
    lesson.position = _next_position(lesson)
    lesson.save(update_fields=["position"])
    for model in (GlossaryTerm, TimelineEvent, Prompt):
        items = model.all_objects.filter(lesson_id=lesson.pk)  # in the bin, too: they may be restored
        items.exclude(module=lesson.module).update(lesson=None)
    return copy_lesson_images(lesson=lesson, by=by)


def _next_position(lesson: Lesson) -> int:
    others = Lesson.objects.filter(module=lesson.module).exclude(pk=lesson.pk)
    last = others.aggregate(last=Max("position"))["last"]
    return 0 if last is None else last + 1
