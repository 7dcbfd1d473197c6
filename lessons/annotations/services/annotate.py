"""Making a note and changing it. Callers have checked who may; what may change meanwhile is checked here."""

from collections.abc import Iterable
from datetime import timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from lessons.accounts.models import User
from lessons.annotations.models import DEFAULT_LABELS, HIGHLIGHT, Annotation, Label, Placement
from lessons.annotations.passages import Passage
from lessons.annotations.services.publishing import compute_placements
from lessons.courses.models import ReadingGroup
from lessons.discussions.models import Draft, Post, Thread
from lessons.discussions.services import errors, moderation, posting
from lessons.discussions.services.errors import ActionRefused, CourseClosed, RateLimited
from lessons.discussions.services.posting import PreparedPost, start_thread
from lessons.models import Lesson, Revision
from lessons.permissions import can_moderate

Audience = Thread.Audience
MAX_HIGHLIGHTS_PER_MINUTE = 60


class LessonNotPublished(ActionRefused):
    def __init__(self):
        super().__init__(_("This lesson was withdrawn while you were reading. What you wrote is kept as a draft."))


class AlreadyCommented(ActionRefused):
    def __init__(self):
        super().__init__(_("There are words with this note already. Edit those, or answer there."))


class CommentRequired(ActionRefused):
    def __init__(self):
        super().__init__(_("Write something, or mark the passage for yourself alone."))


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
    """A note, or a bare mark without `words`. The same key twice gives the first. Needs can_annotate.

    A highlight with words is a note. A bare mark is for oneself alone unless its kind asks. Raises CourseClosed,
    NotPublished, WordsMissing, TooFast, TalkIsOff.
    """
    lesson = Lesson.objects.select_for_update(of=["self"]).select_related("module__course").get(pk=lesson.pk)
    # Under the lesson's lock, or two at once would both find nothing.
    again = Annotation.objects.filter(author=by, idempotency_key=key).first()
    if again:
        return again
    if lesson.state != Lesson.State.PUBLISHED:
        raise LessonNotPublished
    if lesson.module.course.is_closed:
        raise CourseClosed
    if prepared is None:
        _check_highlight(by, lesson, label, audience)
    elif label.key == HIGHLIGHT:
        label = DEFAULT_LABELS[1]
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
        annotation.thread = _thread(annotation, prepared, audience, group, tags, anonymous)
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
        Draft.objects.filter(user=by, draft_key=f"note-{lesson.pk}").delete()
    return annotation


def _check_highlight(by: User, lesson: Lesson, label: Label, audience: str) -> None:
    if audience != Audience.ME and not label.is_question:
        raise CommentRequired
    if audience != Audience.ME and posting.comments_are_off(lesson) and not can_moderate(by, lesson.module.course):
        raise errors.CommentsOff
    lately = timezone.now() - timedelta(minutes=1)
    if (
        Annotation.objects.filter(author=by, created_at__gt=lately, thread=None)[:MAX_HIGHLIGHTS_PER_MINUTE].count()
        >= MAX_HIGHLIGHTS_PER_MINUTE
    ):
        raise RateLimited


def _thread(annotation: Annotation, prepared, audience, group, tags, anonymous) -> Thread:
    """The conversation of a note; it carries the quote and leads back to the note's own address."""
    return start_thread(
        by=annotation.author,
        course=annotation.lesson.module.course,
        lesson=annotation.lesson,
        prepared=prepared,
        kind=Thread.Kind.QUESTION if annotation.is_question else Thread.Kind.DISCUSSION,
        audience=audience,
        group=group,
        tags=tags,
        quote=annotation.exact,
        lesson_anchor=f"note-{annotation.uid}",
        anonymous=anonymous,
    )


def _place_in_current(annotation: Annotation, lesson: Lesson) -> None:
    """A note made on an earlier revision, while a newer one was being published, finds its place in the newer."""
    if annotation.revision_id == lesson.current_revision_id:
        return
    new = Revision.objects.get(pk=lesson.current_revision_id)
    for place in compute_placements(Annotation.objects.filter(pk=annotation.pk), new.text):
        Placement.objects.create(
            annotation=annotation, revision=new, state=place.state, start=place.start, end=place.end
        )


@transaction.atomic
def add_comment(
    *,
    annotation: Annotation,
    by: User,
    prepared: PreparedPost,
    audience: str,
    group: ReadingGroup | None,
    label: Label | None = None,
    **more,
) -> Annotation:
    """Put words to one's bare mark, with another label if `label` says so; a highlight becomes a note. The same
    `prepared.key` twice does it once. Raises what `annotate` raises, and AlreadyCommented."""
    annotation = _own_annotation(annotation)
    if annotation.thread_id:
        if Post.objects.filter(thread=annotation.thread_id, author=by, idempotency_key=prepared.key).exists():
            return annotation
        raise AlreadyCommented
    if label:
        annotation.label, annotation.is_question = label.key, label.is_question
    if annotation.label == HIGHLIGHT:
        annotation.label, annotation.is_question = DEFAULT_LABELS[1].key, DEFAULT_LABELS[1].is_question
    annotation.thread = _thread(
        annotation, prepared, audience, group, more.get("tags", ()), more.get("anonymous", False)
    )
    annotation.audience, annotation.group = "", None
    annotation.save(update_fields=["thread", "audience", "group", "label", "is_question", "updated_at"])
    Draft.objects.filter(user=by, draft_key=f"mark-{annotation.pk}").delete()
    return annotation


@transaction.atomic
def change_label(*, annotation: Annotation, by: User, label: Label) -> Annotation:
    """Another kind for one's note. What stops being a question for others alone becomes one's own mark again."""
    annotation = _own_annotation(annotation)
    if label.key == HIGHLIGHT and annotation.thread_id:
        label = DEFAULT_LABELS[1]
    annotation.label, annotation.is_question = label.key, label.is_question
    if annotation.thread_id is None and not label.is_question:
        annotation.audience, annotation.group = Audience.ME, None
    annotation.save(update_fields=["label", "is_question", "audience", "group", "updated_at"])
    if annotation.thread_id:
        wanted = Thread.Kind.QUESTION if label.is_question else Thread.Kind.DISCUSSION
        Thread.objects.filter(pk=annotation.thread_id).update(kind=wanted)
    return annotation


@transaction.atomic
def set_audience(*, annotation: Annotation, by: User, audience: str, group: ReadingGroup | None) -> Annotation:
    """Says who reads one's bare mark: only one that asks may be shared. Notes with words: `writing.open_up`."""
    annotation = _own_annotation(annotation)
    if annotation.thread_id:
        posting.widen_audience(thread=annotation.thread, by=by, audience=audience, group=group)
        return annotation
    if audience != Audience.ME and not annotation.is_question:
        raise CommentRequired
    annotation.audience, annotation.group = audience, group if audience == Audience.GROUP else None
    annotation.save(update_fields=["audience", "group", "updated_at"])
    return annotation


@transaction.atomic
def delete_annotation(*, annotation: Annotation, by: User) -> None:
    """Deletes one's own: a bare mark goes; of a note its words go, and replies stay at its place."""
    if annotation.thread_id is None:
        annotation.delete()
        return
    # Not the oldest: another thread's older posts may have been merged into this one.
    opening = annotation.thread.posts.order_by(F("seq").asc(nulls_last=True), "pk").first()
    moderation.delete_post(post=opening, by=by)


def _own_annotation(annotation: Annotation) -> Annotation:
    """The row as it stands now, under its lock."""
    rows = Annotation.objects.select_for_update(of=["self"]).select_related("author", "thread__course")
    return rows.select_related("lesson__module__course").get(pk=annotation.pk)
