"""The author of a question on a passage says that it is clear to them now. Callers check permissions."""

from django.db import transaction
from django.utils import timezone

from lessons.accounts.models import User
from lessons.annotations.models import Annotation
from lessons.annotations.services.annotate import lock_annotation
from lessons.discussions.models import Thread
from lessons.discussions.services.notifications import withdraw_rewritten
from lessons.discussions.services.questions import set_status


@transaction.atomic
def mark_clear(*, annotation: Annotation, by: User) -> Annotation:
    """Record that a question is clear to its author, since the revision that is published now; its thread is resolved.
    One that is clear already stays as it is, as does a note that is no question.
    """
    annotation = lock_annotation(annotation)
    is_open = annotation.thread is not None and annotation.thread.status == Thread.Status.OPEN
    if not annotation.is_question or (annotation.cleared_at and not is_open):
        return annotation
    annotation.cleared_at = timezone.now()
    annotation.cleared_in_id = annotation.lesson.current_revision_id or annotation.revision_id
    annotation.save(update_fields=["cleared_at", "cleared_in", "updated_at"])
    withdraw_rewritten(annotation.uid)
    if annotation.thread:
        set_status(thread=annotation.thread, status=Thread.Status.RESOLVED, by=by)
    return annotation


@transaction.atomic
def mark_unclear(*, annotation: Annotation, by: User) -> Annotation:
    """Undo `mark_clear`: the question is open again, or answered if it has an answer."""
    annotation = lock_annotation(annotation)
    if annotation.cleared_at is None:
        return annotation
    annotation.cleared_at, annotation.cleared_in = None, None
    annotation.save(update_fields=["cleared_at", "cleared_in", "updated_at"])
    if annotation.thread and annotation.thread.status == Thread.Status.RESOLVED:
        status = Thread.Status.ANSWERED if annotation.thread.answer_id else Thread.Status.OPEN
        set_status(thread=annotation.thread, status=status, by=by)
    return annotation
