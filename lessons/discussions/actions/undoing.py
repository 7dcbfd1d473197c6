"""Taking back what staff did, by the line of the log that says it."""

from django.db import transaction
from django.utils.translation import gettext as _

from lessons.discussions.actions import counting, order, room
from lessons.discussions.actions.writing import Refused, alias_of
from lessons.discussions.models import Post, Thread
from lessons.models import Lesson
from lessons.people.actions import record
from lessons.people.models import AuditEntry, User


class CannotUndo(Refused):
    def __init__(self):
        super().__init__(_("This cannot be undone any more: what it was done to has changed or is gone."))


@transaction.atomic
def undo(*, entry: AuditEntry, by: User) -> Thread:
    """Reverses the act, and logs that. Each act is undone once. Raises CannotUndo."""
    thread = Thread.objects.select_for_update(of=["self"]).filter(pk=entry.detail.get("thread")).first()
    again = AuditEntry.objects.filter(course=entry.course, detail__undo_of=entry.pk).exists()
    if thread is None or again or entry.verb not in UNDOABLE:
        raise CannotUndo
    UNDOABLE[entry.verb](thread, entry.detail, by)
    record(by=by, verb=f"undo: {entry.verb}", course=entry.course, target=thread, thread=thread.pk, undo_of=entry.pk)
    return thread


def _post(detail: dict) -> Post:
    post = Post.objects.filter(pk=detail.get("post")).first()
    if post is None:
        raise CannotUndo
    return post


def _move_back(thread: Thread, detail: dict, by: User) -> None:
    before = Lesson.objects.filter(pk=detail["lesson_before"]).first() if detail["lesson_before"] else None
    if detail["lesson_before"] and before is None:
        raise CannotUndo
    room.move(thread=thread, by=by, lesson=before)


def _unmerge(thread: Thread, detail: dict, by: User) -> None:
    if thread.merged_into_id is None:
        raise CannotUndo
    _bring_back(thread, detail["into"])
    Thread.objects.filter(pk=thread.pk).update(merged_into=None)


def _unsplit(thread: Thread, detail: dict, by: User) -> None:
    """The new thread leads to the old one from then on, unless somebody has written there meanwhile."""
    _bring_back(thread, detail["into"])
    if not Post.objects.filter(thread=detail["into"]).exclude(state=Post.State.MOVED).exists():
        Thread.objects.filter(pk=detail["into"]).update(merged_into=thread)


def _bring_back(thread: Thread, other_pk: int) -> None:
    """Posts return to the numbers they had, and leave tombstones where they were."""
    other = Thread.objects.select_for_update(of=["self"]).get(pk=other_pk)
    stones = thread.posts.filter(state=Post.State.MOVED, moved_to__thread=other).select_related("moved_to__author")
    for stone in stones:
        post, seq = stone.moved_to, stone.seq
        left = room.tombstone(other, post)
        stone.delete()
        post.alias = alias_of(thread, post.author) if post.alias_id and post.author_id else None
        post.thread, post.seq = thread, seq
        post.save(update_fields=["thread", "seq", "alias"])
        left.save(force_insert=True)
    for changed in (thread, other):
        wanted = counting.recount(changed)
        Thread.objects.filter(pk=changed.pk).update(**wanted)


UNDOABLE = {
    "pin thread": lambda thread, detail, by: room.pin(thread=thread, by=by, wanted=False),
    "unpin thread": lambda thread, detail, by: room.pin(thread=thread, by=by),
    "close thread": lambda thread, detail, by: room.close(thread=thread, by=by, wanted=False),
    "reopen thread": lambda thread, detail, by: room.close(thread=thread, by=by),
    "move thread": _move_back,
    "merge thread": _unmerge,
    "split thread": _unsplit,
    "hide post": lambda thread, detail, by: order.approve(post=_post(detail), by=by),
    "hidden by reports": lambda thread, detail, by: order.approve(post=_post(detail), by=by),
    "show post": lambda thread, detail, by: order.hide(post=_post(detail), by=by),
    "release post": lambda thread, detail, by: order.hide(post=_post(detail), by=by),
}
