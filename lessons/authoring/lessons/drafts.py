"""Saving a draft over the version that was opened, and no other."""

from django.db import transaction
from django.db.models import Max

from lessons.accounts.models import User
from lessons.copying.images import localise_images
from lessons.models import GlossaryTerm, Lesson, Prompt, TimelineEvent
from lessons.services import claim_version


@transaction.atomic
def save_draft(*, lesson: Lesson, version: int, fields: list[str]) -> Lesson:
    """Writes `fields` of the lesson, and only them. Raises lessons.services.ChangedMeanwhile."""
    claim_version(lesson=lesson, version=version)
    lesson.version = version + 1
    lesson.save(update_fields=[*fields, "updated_at"])
    return lesson


@transaction.atomic
def add_draft(*, lesson: Lesson) -> Lesson:
    """Puts a new text at the end of its module."""
    lesson.position = _next_position(lesson)
    lesson.save()
    return lesson


@transaction.atomic
def finish_module_move(*, lesson: Lesson, by: User) -> Lesson:
    """After it was moved to another module: at its end, no longer named by what the old module keeps, and with its
    pictures where the module is of another course."""
    lesson.position = _next_position(lesson)
    lesson.save(update_fields=["position"])
    for kind in (GlossaryTerm, TimelineEvent, Prompt):
        kind.objects.filter(lesson_id=lesson.pk).exclude(module=lesson.module).update(lesson=None)
    return localise_images(lesson=lesson, by=by)


def _next_position(lesson: Lesson) -> int:
    others = Lesson.objects.filter(module=lesson.module).exclude(pk=lesson.pk)
    last = others.aggregate(last=Max("position"))["last"]
    return 0 if last is None else last + 1
