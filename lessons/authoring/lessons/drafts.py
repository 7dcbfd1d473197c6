"""Save a draft over the version that was opened, and over no other."""

from django.db import transaction

from lessons.accounts.models import User
from lessons.copying.images import ASSET_UID, copy_lesson_images
from lessons.courses.models import Course
from lessons.discussions import indexed_posts
from lessons.indexed_texts import index_items, index_lessons, indexing_together
from lessons.models import Asset, DraftVersion, GlossaryTerm, Lesson, Prompt, Revision, TimelineEvent
from lessons.practice.copies import restore_placed_checks, with_own_checks
from lessons.practice.places import without_repeated
from lessons.services import (
    claim_version,
    draft_version,
    lock_module,
    next_position,
    record_draft_version,
    restore_draft,
)


@transaction.atomic
def save_draft(
    *,
    lesson: Lesson,
    version: int,
    fields: list[str],
    by: User | None,
    origin: str = DraftVersion.Origin.FORM,
    own_draft: Lesson | None = None,
) -> Lesson:
    """Save the named fields of the lesson, and only them, as a new version. Raise lessons.services.EditConflict.

    Checks that were pasted from another lesson become checks of this one. own_draft: what the user wrote, if it was
    merged with what somebody else saved: the version before it.
    """
    claim_version(lesson=lesson, version=version)
    if "body" in fields:
        lesson.body = _with_own_checks(lesson, without_repeated(lesson.body) if own_draft else lesson.body, by)
    lesson.version = version + 1
    if own_draft:
        draft_version(own_draft, by=by, origin=DraftVersion.Origin.BEFORE_MERGE, version=lesson.version).save()
        lesson.version, origin = lesson.version + 1, DraftVersion.Origin.MERGE
    lesson.save(update_fields=[*fields, "version", "updated_at"])
    record_draft_version(lesson=lesson, by=by, origin=origin)
    if own_draft:
        # If nothing of theirs was kept, what was sent is the draft, and no version before it.
        sent = DraftVersion.objects.filter(lesson=lesson, last_version=lesson.version)
        sent.filter(origin=DraftVersion.Origin.BEFORE_MERGE).update(origin=origin)
    return lesson


@transaction.atomic
def add_draft(*, lesson: Lesson, by: User | None) -> Lesson:
    """Save a new lesson at the end of its module."""
    lock_module(lesson.module_id)
    lesson.position = _last_position(lesson)
    lesson.save()
    body = _with_own_checks(lesson, lesson.body, by)
    if body != lesson.body:
        lesson.body = body
        lesson.save(update_fields=["body"])
    record_draft_version(lesson=lesson, by=by, origin=DraftVersion.Origin.FORM)
    return lesson


def _with_own_checks(lesson: Lesson, html: str, by: User | None) -> str:
    courses = Course.objects.editable_by(by) if by else Course.objects.none()
    return with_own_checks(lesson=lesson, html=html, courses=courses)


@transaction.atomic
def finish_module_move(*, lesson: Lesson, by: User) -> Lesson:
    """Complete the move of a lesson to another module.

    Put it at the end of the module, remove the references to it from items of the old module, and copy its images if
    the module is part of another course.
    """
    lock_module(lesson.module_id)
    lesson.position = _last_position(lesson)
    lesson.save(update_fields=["position"])
    with indexing_together():
        index_lessons([lesson.pk])
        indexed_posts.rescope_lesson(lesson.pk)
        _leave_items(lesson)
        return copy_lesson_images(lesson=lesson, by=by)


def _leave_items(lesson: Lesson) -> None:
    """Remove the references to the lesson from items of other modules: in the bin, too, they may be restored."""
    for model in (GlossaryTerm, TimelineEvent, Prompt):
        items = model.all_objects.filter(lesson_id=lesson.pk).exclude(module=lesson.module)
        if ids := list(items.values_list("pk", flat=True)):
            model.all_objects.filter(pk__in=ids).update(lesson=None)
            index_items(model, ids)


@transaction.atomic
def restore_version(*, version: DraftVersion | Revision, by: User, shown_version: int | None = None) -> Lesson:
    """Make an earlier version the draft again, with its checks, though they were deleted since.

    Images of a course that the lesson has left are copied to its course. Raise lessons.services.EditConflict if the
    lesson is not as the user was shown it.
    """
    lesson = restore_draft(revision=version, by=by, version=shown_version)
    restore_placed_checks(lesson)
    return copy_lesson_images(lesson=lesson, by=by)


def missing_images(lesson: Lesson) -> int:
    """Return how many of the images that the draft shows do not exist. One query, or none."""
    uids = set(ASSET_UID.findall(lesson.body))
    return len(uids) - Asset.objects.filter(uid__in=uids).count() if uids else 0


def _last_position(lesson: Lesson) -> int:
    return next_position(Lesson.objects.filter(module=lesson.module).exclude(pk=lesson.pk))
