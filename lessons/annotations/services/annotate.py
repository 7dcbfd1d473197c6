"""Making a note and changing it. Callers have checked who may; what may change meanwhile is checked here."""

from collections.abc import Iterable
from datetime import timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from lessons.accounts.models import User
from lessons.annotations.models import HIGHLIGHT, KINDS, Annotation, Kind, Placement
from lessons.annotations.passages import Passage
from lessons.annotations.services.publishing import places
from lessons.courses.models import ReadingGroup
from lessons.discussions.models import Draft, Thread
from lessons.discussions.services import errors, moderation, posting
from lessons.discussions.services.errors import CourseClosed, Refused, TooFast
from lessons.discussions.services.posting import Written, start_thread
from lessons.models import Lesson, Revision
from lessons.permissions import can_moderate

Audience = Thread.Audience
MOST_BARE = 60


class NotPublished(Refused):
    def __init__(self):
        super().__init__(_("This lesson was withdrawn while you were reading. What you wrote is kept as a draft."))


class WordsMissing(Refused):
    def __init__(self):
        super().__init__(_("Write something, or mark the passage for yourself alone."))


@transaction.atomic
def annotate(
    *,
    by: User,
    lesson: Lesson,
    passage: Passage,
    kind: Kind,
    key: UUID,
    words: Written | None = None,
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
    again = Annotation.objects.filter(author=by, key=key).first()
    if again:
        return again
    if lesson.state != Lesson.State.PUBLISHED:
        raise NotPublished
    if lesson.module.course.is_closed:
        raise CourseClosed
    if words is None:
        _check_bare(by, lesson, kind, audience)
    elif kind.key == HIGHLIGHT:
        kind = KINDS[1]
    annotation = Annotation(
        key=key,
        author=by,
        lesson=lesson,
        label=kind.key,
        asks=kind.asks,
        **passage._asdict(),
    )
    if words is None:
        annotation.audience, annotation.group = audience, group if audience == Audience.GROUP else None
    else:
        annotation.thread = _thread(annotation, words, audience, group, tags, anonymous)
    annotation.save()
    Placement.objects.create(
        annotation=annotation,
        revision=passage.revision,
        start=passage.start,
        end=passage.end,
        state=Placement.State.EXACT,
    )
    _place_in_current(annotation, lesson)
    if words:
        Draft.objects.filter(user=by, place=f"note-{lesson.pk}").delete()
    return annotation


def _check_bare(by: User, lesson: Lesson, kind: Kind, audience: str) -> None:
    if audience != Audience.ME and not kind.asks:
        raise WordsMissing
    if audience != Audience.ME and posting.talk_is_off(lesson) and not can_moderate(by, lesson.module.course):
        raise errors.TalkIsOff
    lately = timezone.now() - timedelta(minutes=1)
    if Annotation.objects.filter(author=by, created_at__gt=lately, thread=None)[:MOST_BARE].count() >= MOST_BARE:
        raise TooFast


def _thread(annotation: Annotation, words, audience, group, tags, anonymous) -> Thread:
    """The conversation of a note; it carries the quote and leads back to the note's own address."""
    return start_thread(
        by=annotation.author,
        course=annotation.lesson.module.course,
        lesson=annotation.lesson,
        words=words,
        kind=Thread.Kind.QUESTION if annotation.asks else Thread.Kind.DISCUSSION,
        audience=audience,
        group=group,
        tags=tags,
        quote=annotation.exact,
        passage=f"note-{annotation.uid}",
        anonymous=anonymous,
    )


def _place_in_current(annotation: Annotation, lesson: Lesson) -> None:
    """A note made on an earlier revision, while a newer one was being published, finds its place in the newer."""
    if annotation.revision_id == lesson.current_revision_id:
        return
    new = Revision.objects.get(pk=lesson.current_revision_id)
    for place in places(Annotation.objects.filter(pk=annotation.pk), new.text):
        Placement.objects.create(
            annotation=annotation, revision=new, state=place.state, start=place.start, end=place.end
        )


@transaction.atomic
def say(
    *,
    annotation: Annotation,
    by: User,
    words: Written,
    audience: str,
    group: ReadingGroup | None,
    kind: Kind | None = None,
    **more,
) -> Annotation:
    """Puts words to one's bare mark, with another label if `kind` says so; a highlight becomes a note. Raises what
    `annotate` raises."""
    annotation = _own(annotation)
    if annotation.thread_id:
        return annotation
    if kind:
        annotation.label, annotation.asks = kind.key, kind.asks
    if annotation.label == HIGHLIGHT:
        annotation.label, annotation.asks = KINDS[1].key, KINDS[1].asks
    annotation.thread = _thread(annotation, words, audience, group, more.get("tags", ()), more.get("anonymous", False))
    annotation.audience, annotation.group = "", None
    annotation.save(update_fields=["thread", "audience", "group", "label", "asks", "updated_at"])
    Draft.objects.filter(user=by, place=f"mark-{annotation.pk}").delete()
    return annotation


@transaction.atomic
def relabel(*, annotation: Annotation, by: User, kind: Kind) -> Annotation:
    """Another kind for one's note. What stops being a question for others alone becomes one's own mark again."""
    annotation = _own(annotation)
    if kind.key == HIGHLIGHT and annotation.thread_id:
        kind = KINDS[1]
    annotation.label, annotation.asks = kind.key, kind.asks
    if annotation.thread_id is None and not kind.asks:
        annotation.audience, annotation.group = Audience.ME, None
    annotation.save(update_fields=["label", "asks", "audience", "group", "updated_at"])
    if annotation.thread_id:
        wanted = Thread.Kind.QUESTION if kind.asks else Thread.Kind.DISCUSSION
        Thread.objects.filter(pk=annotation.thread_id).update(kind=wanted)
    return annotation


@transaction.atomic
def share(*, annotation: Annotation, by: User, audience: str, group: ReadingGroup | None) -> Annotation:
    """Says who reads one's bare mark: only one that asks may be shared. Notes with words: `writing.open_up`."""
    annotation = _own(annotation)
    if annotation.thread_id:
        posting.open_up(thread=annotation.thread, by=by, audience=audience, group=group)
        return annotation
    if audience != Audience.ME and not annotation.asks:
        raise WordsMissing
    annotation.audience, annotation.group = audience, group if audience == Audience.GROUP else None
    annotation.save(update_fields=["audience", "group", "updated_at"])
    return annotation


@transaction.atomic
def remove(*, annotation: Annotation, by: User) -> None:
    """Deletes one's own: a bare mark goes; of a note its words go, and replies stay at its place."""
    if annotation.thread_id is None:
        annotation.delete()
        return
    # Not the oldest: another thread's older posts may have been merged into this one.
    opening = annotation.thread.posts.order_by(F("seq").asc(nulls_last=True), "pk").first()
    moderation.delete(post=opening, by=by)


def _own(annotation: Annotation) -> Annotation:
    """The row as it stands now, under its lock."""
    rows = Annotation.objects.select_for_update(of=["self"]).select_related("author", "thread__course")
    return rows.select_related("lesson__module__course").get(pk=annotation.pk)
