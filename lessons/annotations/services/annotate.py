"""Create, change and delete annotations. Callers check permissions; these recheck what may have changed since."""

from collections.abc import Callable, Iterable
from datetime import timedelta
from functools import wraps
from typing import NamedTuple, ParamSpec, cast
from uuid import UUID

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from lessons.accounts.models import User
from lessons.annotations.completing import complete_if_noted
from lessons.annotations.models import DEFAULT_LABELS, HIGHLIGHT, Annotation, Label, Placement
from lessons.annotations.passages import Passage, PassageNotFound, locate_passage, quoted_text
from lessons.annotations.services.publishing import compare_texts, compute_placements
from lessons.courses.models import ReadingGroup
from lessons.db.unsent_texts import forget_unsent_text
from lessons.discussions.models import Post, Thread
from lessons.discussions.models.threads import NOTE_PREFIX
from lessons.discussions.services import moderation, posting
from lessons.discussions.services.attached_images import with_stored_images
from lessons.discussions.services.errors import ActionRefused, CommentsOff, CourseClosed, RateLimited
from lessons.discussions.services.notifications import withdraw_rewritten
from lessons.discussions.services.posting import PreparedPost, start_thread
from lessons.memo import memoizing
from lessons.models import Lesson, Revision
from lessons.permissions import can_moderate

P = ParamSpec("P")
Audience = Thread.Audience
MAX_HIGHLIGHTS_PER_MINUTE = 60
# The label that a highlight gets with its comment.
NOTE = DEFAULT_LABELS[1]


class LessonNotPublished(ActionRefused):
    def __init__(self):
        super().__init__(_("This lesson was withdrawn while you were reading it. Your text is saved as a draft."))


class AlreadyCommented(ActionRefused):
    def __init__(self):
        super().__init__(_("This note has a comment already. Edit that, or reply to it."))


class CommentRequired(ActionRefused):
    def __init__(self):
        super().__init__(_("Write something, or keep the highlight to yourself."))


def _compare_texts_first(create: Callable[P, Annotation]) -> Callable[P, Annotation]:
    """Compare the annotated text with the current one before the transaction starts. One query if they differ."""

    @wraps(create)
    def compare_and_create(*args: P.args, **kwargs: P.kwargs) -> Annotation:
        lesson, passage = cast(Lesson, kwargs["lesson"]), cast(Passage, kwargs["passage"])
        with memoizing():
            if lesson.current_revision_id not in (None, passage.revision.pk):
                compare_texts(passage.revision, Revision.objects.get(pk=lesson.current_revision_id))
            return create(*args, **kwargs)

    return compare_and_create


@_compare_texts_first
@with_stored_images
@transaction.atomic
def annotate(
    *,
    by: User,
    lesson: Lesson,
    passage: Passage,
    label: Label,
    key: UUID,
    prepared: PreparedPost | None = None,
    audience: str = Audience.ME,
    group: ReadingGroup | None = None,
    tags: Iterable[str] = (),
    anonymous: bool = False,
) -> Annotation:
    """Create a note, or without `prepared` a highlight. Return the existing one if `key` was used before.

    A highlight is private unless its label is a question. A note with the label Highlight gets the label Note. Raise
    CourseClosed, LessonNotPublished, CommentRequired, CommentsOff, RateLimited.
    """
    lesson = Lesson.objects.select_for_update(of=["self"]).select_related("module__course").get(pk=lesson.pk)
    # Under the lesson's lock, or two requests at once would both find nothing.
    existing = Annotation.objects.filter(author=by, idempotency_key=key).first()
    if existing:
        return existing
    if lesson.state != Lesson.State.PUBLISHED:
        raise LessonNotPublished
    if lesson.module.course.is_closed:
        raise CourseClosed
    if prepared is None:
        _check_highlight(by, lesson, label, audience)
    elif label.key == HIGHLIGHT:
        label = NOTE
    annotation = Annotation(
        idempotency_key=key,
        author=by,
        lesson=lesson,
        label=label.key,
        is_question=label.is_question,
        **passage._asdict(),
    )
    if prepared is None:
        annotation.audience, annotation.group = audience, group if audience == Audience.GROUP else None
    else:
        annotation.thread = _start_thread(annotation, by, prepared, audience, group, tags, anonymous)
    annotation.save()
    Placement.objects.create(
        annotation=annotation,
        revision=passage.revision,
        start=passage.start,
        end=passage.end,
        state=Placement.State.EXACT,
    )
    _place_in_current(annotation, lesson)
    if prepared:
        complete_if_noted(user=by, lesson=lesson)
        forget_unsent_text(user_id=by.pk, draft_key=f"note-{lesson.pk}")
    return annotation


def _check_highlight(by: User, lesson: Lesson, label: Label, audience: str) -> None:
    if audience != Audience.ME and not label.is_question:
        raise CommentRequired
    if audience != Audience.ME and posting.comments_are_off(lesson) and not can_moderate(by, lesson.module.course):
        raise CommentsOff
    now = timezone.now()
    last_minute = (now - timedelta(minutes=1), now)
    recent = Annotation.objects.filter(author=by, created_at__range=last_minute, thread=None)
    if recent[:MAX_HIGHLIGHTS_PER_MINUTE].count() >= MAX_HIGHLIGHTS_PER_MINUTE:
        raise RateLimited


def _start_thread(
    annotation: Annotation,
    by: User,
    prepared: PreparedPost,
    audience: str,
    group: ReadingGroup | None,
    tags: Iterable[str],
    anonymous: bool,
) -> Thread:
    """Start the thread of a note, with its quote and a link back to its position in the lesson."""
    return start_thread(
        by=by,
        course=annotation.lesson.module.course,
        lesson=annotation.lesson,
        prepared=prepared,
        kind=Thread.Kind.QUESTION if annotation.is_question else Thread.Kind.DISCUSSION,
        audience=audience,
        group=group,
        tags=tags,
        quote=quoted_text(annotation.revision, annotation.start, annotation.exact),
        lesson_anchor=f"{NOTE_PREFIX}{annotation.uid}",
        anonymous=anonymous,
    )


def _place_in_current(annotation: Annotation, lesson: Lesson) -> None:
    """Give an annotation of an earlier revision, made while a newer one was published, its position in the newer."""
    if annotation.revision_id == lesson.current_revision_id or lesson.current_revision is None:
        return
    current = lesson.current_revision
    own = Annotation.objects.filter(pk=annotation.pk)
    for placement in compute_placements(own, current.text, current.html):
        Placement.objects.create(
            annotation=annotation, revision=current, state=placement.state, start=placement.start, end=placement.end
        )


@with_stored_images
@transaction.atomic
def add_comment(
    *,
    annotation: Annotation,
    by: User,
    prepared: PreparedPost,
    audience: str,
    group: ReadingGroup | None,
    label: Label | None = None,
    tags: Iterable[str] = (),
    anonymous: bool = False,
) -> Annotation:
    """Turn a highlight into a note, with `label` if one is given; only once for the same `prepared.key`. Raise what
    `start_thread` raises, and AlreadyCommented."""
    annotation = lock_annotation(annotation)
    if annotation.thread_id:
        if Post.objects.filter(thread=annotation.thread_id, author=by, idempotency_key=prepared.key).exists():
            return annotation
        raise AlreadyCommented
    if label:
        annotation.label, annotation.is_question = label.key, label.is_question
    if annotation.label == HIGHLIGHT:
        annotation.label, annotation.is_question = NOTE.key, NOTE.is_question
    annotation.thread = _start_thread(annotation, by, prepared, audience, group, tags, anonymous)
    annotation.audience, annotation.group = "", None
    annotation.cleared_at, annotation.cleared_in = None, None
    columns = ["thread", "audience", "group", "label", "is_question", "cleared_at", "cleared_in", "updated_at"]
    annotation.save(update_fields=columns)
    complete_if_noted(user=by, lesson=annotation.lesson)
    forget_unsent_text(user_id=by.pk, draft_key=f"mark-{annotation.pk}")
    return annotation


@transaction.atomic
def change_label(*, annotation: Annotation, label: Label) -> Annotation:
    """Change the label of an annotation. A shared highlight that stops being a question becomes private."""
    annotation = lock_annotation(annotation)
    if label.key == HIGHLIGHT and annotation.thread_id:
        label = NOTE
    annotation.label, annotation.is_question = label.key, label.is_question
    if annotation.thread_id is None and not label.is_question:
        annotation.audience, annotation.group = Audience.ME, None
    if not label.is_question:
        annotation.cleared_at, annotation.cleared_in = None, None
        withdraw_rewritten(annotation.uid)
    columns = ["label", "is_question", "audience", "group", "cleared_at", "cleared_in", "updated_at"]
    annotation.save(update_fields=columns)
    if annotation.thread_id:
        kind = Thread.Kind.QUESTION if label.is_question else Thread.Kind.DISCUSSION
        Thread.objects.filter(pk=annotation.thread_id).update(kind=kind)
    return annotation


@transaction.atomic
def set_audience(*, annotation: Annotation, by: User, audience: str, group: ReadingGroup | None) -> Annotation:
    """Change the audience of a highlight, or widen that of a note. Raise CommentRequired where a highlight that is
    not a question would be shared, and what `widen_audience` raises."""
    annotation = lock_annotation(annotation)
    if annotation.thread:
        posting.widen_audience(thread=annotation.thread, by=by, audience=audience, group=group)
        complete_if_noted(user=by, lesson=annotation.lesson)
        return annotation
    if audience != Audience.ME and not annotation.is_question:
        raise CommentRequired
    annotation.audience, annotation.group = audience, group if audience == Audience.GROUP else None
    annotation.save(update_fields=["audience", "group", "updated_at"])
    return annotation


@transaction.atomic
def delete_annotation(*, annotation: Annotation, by: User) -> None:
    """Delete a highlight, or the opening post of a note: the replies stay at its passage."""
    if annotation.thread is None:
        withdraw_rewritten(annotation.uid)
        annotation.delete()
        return
    moderation.delete_post(post=_opening(annotation.thread), by=by)


def _opening(thread: Thread) -> Post:
    # Not the oldest post: older ones of another thread may have been merged into this one.
    return thread.posts.order_by(F("seq").asc(nulls_last=True), "pk")[0]


def restore_note(*, annotation: Annotation, by: User) -> None:
    """Show the text of a note again that its author deleted."""
    if annotation.thread:
        moderation.restore_post(post=_opening(annotation.thread), by=by)


class DeletedHighlight(NamedTuple):
    """What makes a highlight again, as JSON can hold it. With the same `key` it is made once."""

    key: str
    revision: int
    start: int
    end: int
    label: str
    is_question: bool
    audience: str
    group: int | None

    @classmethod
    def of(cls, annotation: Annotation, *, key: UUID) -> "DeletedHighlight":
        row = annotation
        label, audience = (row.label, row.is_question), (row.audience, row.group_id)
        return cls(str(key), row.revision_id, row.start, row.end, *label, *audience)


def restore_highlight(
    *, lesson: Lesson, by: User, highlight: DeletedHighlight, group: ReadingGroup | None
) -> Annotation:
    """Highlight the passage of a deleted highlight again; `group` is that of the user. Raise PassageNotFound and what
    `annotate` raises.
    """
    revision = Revision.objects.filter(lesson=lesson, pk=highlight.revision).first()
    if revision is None:
        raise PassageNotFound
    return annotate(
        by=by,
        lesson=lesson,
        passage=locate_passage(revision, start=highlight.start, end=highlight.end),
        label=Label(highlight.label, highlight.label, highlight.is_question),
        key=UUID(highlight.key),
        audience=highlight.audience,
        group=group,
    )


def lock_annotation(annotation: Annotation) -> Annotation:
    """Return the row as it is now, locked."""
    rows = Annotation.objects.select_for_update(of=["self"]).select_related("author", "thread__course")
    return rows.select_related("lesson__module__course").get(pk=annotation.pk)
