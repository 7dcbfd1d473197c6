"""How far somebody has read, and what they follow."""

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from lessons.discussions.models import Draft, Follow, ReadMark, Thread
from lessons.models import Lesson
from lessons.people.models import Course, User


def read_to(*, thread: Thread, user: User, seq: int, known: int | None) -> None:
    """The person has seen all up to `seq`. A mark never goes back, whoever writes it last. No write where none is due.

    `known` is the mark that the page found, None for no row. At most two queries.
    """
    if known is not None and known >= seq:
        return
    if known is None:
        mark = ReadMark(user=user, thread=thread, seq=seq)
        ReadMark.objects.bulk_create([mark], ignore_conflicts=True)
    ReadMark.objects.filter(user=user, thread=thread, seq__lt=seq).update(seq=seq, read_at=timezone.now())


@transaction.atomic
def read_all(*, user: User, course: Course) -> None:
    """Everything that the person may read in the course is read."""
    threads = Thread.objects.filter(course=course).visible_to(user).standing()
    unread = threads.exclude(marks__in=ReadMark.objects.filter(user=user, seq__gte=F("thread__head_seq")))
    rows = [ReadMark(user=user, thread_id=pk, seq=seq) for pk, seq in unread.values_list("pk", "head_seq")]
    ReadMark.objects.bulk_create(rows, batch_size=500, ignore_conflicts=True)
    for row in rows:
        ReadMark.objects.filter(user=user, thread=row.thread_id, seq__lt=row.seq).update(seq=row.seq)


@transaction.atomic
def attend(*, thread: Thread, user: User, attention: int) -> None:
    """Follow, mute, or neither."""
    if not ReadMark.objects.filter(user=user, thread=thread).update(attention=attention):
        ReadMark.objects.create(user=user, thread=thread, attention=attention)


@transaction.atomic
def follow(*, user: User, course: Course, lesson: Lesson | None = None, wanted: bool = True) -> None:
    """New threads of the course, or of one lesson of it, are followed for the person from now on."""
    mine = Follow.objects.filter(user=user, course=course, lesson=lesson)
    if not wanted:
        mine.delete()
    elif not mine.exists():
        Follow.objects.create(user=user, course=course, lesson=lesson)


@transaction.atomic
def keep_draft(*, user: User, place: str, source: str, title: str = "") -> Draft | None:
    """Keeps words that are not yet sent; nothing written keeps nothing."""
    if not source.strip() and not title.strip():
        Draft.objects.filter(user=user, place=place).delete()
        return None
    draft, _made = Draft.objects.update_or_create(
        user=user, place=place, defaults={"source": source, "title": title[:200]}
    )
    return draft
