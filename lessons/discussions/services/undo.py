"""Taking back what staff did, by the line of the log that says it."""

from datetime import datetime

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from lessons.accounts.models import User
from lessons.courses.models import AuditEntry
from lessons.courses.services import record
from lessons.discussions.models import Post, Thread, ThreadTitleHistory
from lessons.discussions.models.threads import sort_rank
from lessons.discussions.services import counters, moderation, notifications, questions, threads
from lessons.discussions.services.errors import ActionRefused
from lessons.discussions.services.posting import get_or_create_alias
from lessons.models import Lesson


class UndoRefused(ActionRefused):
    def __init__(self):
        super().__init__(_("This cannot be undone any more: what it was done to has changed or is gone."))


@transaction.atomic
def undo(*, entry: AuditEntry, by: User) -> Thread:
    """Reverses the act, and logs that. Each act is undone once. Raises CannotUndo."""
    both = [entry.detail.get("thread"), entry.detail.get("into")]
    rows = Thread.objects.select_for_update(of=["self"]).order_by("pk").filter(pk__in=[pk for pk in both if pk])
    thread = {row.pk: row for row in rows}.get(both[0])
    again = AuditEntry.objects.filter(course=entry.course, detail__undo_of=entry.pk).exists()
    is_gone = thread is None or (thread.merged_into_id is not None and entry.verb in UNMERGED_ONLY)
    if is_gone or again or entry.verb not in UNDO_HANDLERS:
        raise UndoRefused
    UNDO_HANDLERS[entry.verb](thread, entry.detail, by)
    record(by=by, verb=f"undo: {entry.verb}", course=entry.course, target=thread, thread=thread.pk, undo_of=entry.pk)
    return thread


def _post(detail: dict) -> Post:
    post = Post.objects.filter(pk=detail.get("post")).first()
    if post is None:
        raise UndoRefused
    return post


def _move_back(thread: Thread, detail: dict, by: User) -> None:
    before = Lesson.objects.filter(pk=detail["lesson_before"]).first() if detail["lesson_before"] else None
    if detail["lesson_before"] and before is None:
        raise UndoRefused
    threads.move_thread(thread=thread, by=by, lesson=before)
    if "anchor_before" in detail:
        title = "" if detail.get("was_untitled") else thread.title
        Thread.objects.filter(pk=thread.pk).update(lesson_anchor=detail["anchor_before"], title=title)


def _restore_title(thread: Thread, detail: dict, by: User) -> None:
    """The log keeps no words: what the thread was called is kept beside it, and goes with its author."""
    name = ThreadTitleHistory.objects.filter(pk=detail["name"]).first()
    if name is None:
        raise UndoRefused
    threads.edit_thread(thread=thread, by=by, title=name.title, kind=name.kind, tags=name.tags)
    name.delete()


def _unmerge(thread: Thread, detail: dict, by: User) -> None:
    if thread.merged_into_id != detail["into"]:
        raise UndoRefused
    _move_posts_back(thread, detail)
    notifications.remove_followers(thread=detail["into"], people=detail.get("followers", ()))
    Thread.objects.filter(pk=thread.pk).update(merged_into=None)


def _unsplit(thread: Thread, detail: dict, by: User) -> None:
    """The new thread leads to the old one from then on, unless somebody has written there meanwhile."""
    _move_posts_back(thread, detail)
    if not Post.objects.filter(thread=detail["into"]).exclude(state=Post.State.MOVED).exists():
        Thread.objects.filter(pk=detail["into"]).update(merged_into=thread)


def _move_posts_back(thread: Thread, detail: dict) -> None:
    """Posts return to the numbers they had, and leave tombstones where they were; the answer is one again."""
    other = Thread.objects.get(pk=detail["into"])
    stones = thread.posts.filter(state=Post.State.MOVED, moved_to__thread=other).select_related("moved_to__author")
    held = other.posts.filter(pk__in=detail.get("held", ())).select_related("author")
    returned = {post.pk for post in held} | {stone.moved_to_id for stone in stones}
    if not returned or other.merged_into_id is not None:
        raise UndoRefused
    for stone in stones:
        stone.delete()
        _return(stone.moved_to, thread, stone.seq)
    for post in held:
        thread.last_seq += post.seq is not None
        _return(post, thread, thread.last_seq if post.seq else None)
    if other.answer_id in returned:
        other.answer, other.endorsed_by, other.status = None, None, Thread.Status.OPEN
    if detail.get("answer") in returned and thread.answer_id is None:
        _restore_answer(thread, detail)
    _refresh_counters(thread, other, detail)


def _return(post: Post, thread: Thread, seq: int | None) -> None:
    """A pseudonym is of one thread: the post takes its author's in this one."""
    left = threads.make_tombstone(post.thread, post)
    post.thread, post.seq = thread, seq
    post.alias = get_or_create_alias(thread, post.author) if post.alias_id and post.author_id else None
    post.save(update_fields=["thread", "seq", "alias"])
    if left.seq is not None:
        left.save(force_insert=True)


def _restore_answer(thread: Thread, detail: dict) -> None:
    if thread.posts.filter(pk=detail["answer"], state=Post.State.SHOWN).exists():
        thread.answer_id, thread.status = detail["answer"], detail["status"]
        thread.endorsed_by = User.objects.filter(pk=detail["endorsed_by"]).first()


def _refresh_counters(thread: Thread, other: Thread, detail: dict) -> None:
    """Counters, opening words, state and place in lists follow what the threads hold now."""
    for changed in (thread, other):
        counts = counters.recount(changed)
        changed.last_seq, changed.visible_post_count = counts["last_seq"], counts["visible_post_count"]
        counters.refresh_excerpt(changed)
    before = datetime.fromisoformat(detail["last_post_at"]) if "last_post_at" in detail else other.last_post_at
    newest = other.posts.filter(state=Post.State.SHOWN).aggregate(at=Max("created_at"))["at"]
    other.last_post_at = max(before, newest or before)
    other.rank = sort_rank(other.last_post_at, other.pinned)
    for changed in (thread, other):
        changed.save(update_fields=CHANGED)


CHANGED = "last_seq visible_post_count excerpt state answer endorsed_by status last_post_at rank".split()

UNMERGED_ONLY = {f"{verb} thread" for verb in ("pin", "unpin", "close", "reopen", "rename", "move", "split")}


def _restore_question(thread: Thread, detail: dict, by: User) -> None:
    if "before" not in detail or not questions.restore_question(thread=thread, before=detail["before"]):
        raise UndoRefused


UNDO_HANDLERS = {
    "endorse": _restore_question,
    "unmark answer": _restore_question,
    "mark question open": _restore_question,
    "mark question resolved": _restore_question,
    "pin thread": lambda thread, detail, by: threads.set_pinned(thread=thread, by=by, enabled=False),
    "unpin thread": lambda thread, detail, by: threads.set_pinned(thread=thread, by=by),
    "close thread": lambda thread, detail, by: threads.set_closed(thread=thread, by=by, enabled=False),
    "reopen thread": lambda thread, detail, by: threads.set_closed(thread=thread, by=by),
    "rename thread": _restore_title,
    "move thread": _move_back,
    "merge thread": _unmerge,
    "split thread": _unsplit,
    "hide post": lambda thread, detail, by: moderation.approve_post(post=_post(detail), by=by),
    "hidden by reports": lambda thread, detail, by: moderation.approve_post(post=_post(detail), by=by),
    "show post": lambda thread, detail, by: moderation.hide_post(post=_post(detail), by=by),
    "publish held post": lambda thread, detail, by: moderation.hide_post(post=_post(detail), by=by),
}
