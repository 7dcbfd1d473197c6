"""Undo what staff did, from an entry of the audit log."""

from collections.abc import Callable, Iterable
from datetime import datetime

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from lessons.accounts.models import User
from lessons.courses.audit_log_messages import UNDO
from lessons.courses.models import AuditEntry
from lessons.courses.services import record
from lessons.discussions import indexed_posts
from lessons.discussions.models import Post, Thread, ThreadTitleHistory
from lessons.discussions.models.threads import sort_rank
from lessons.discussions.services import counters, moderation, notifications, questions, threads
from lessons.discussions.services.errors import ActionRefused
from lessons.discussions.services.posting import get_or_create_alias
from lessons.models import Lesson


class UndoRefused(ActionRefused):
    def __init__(self):
        super().__init__(_("This can no longer be undone: the discussion or post has changed or is gone."))


@transaction.atomic
def undo(*, entry: AuditEntry, by: User) -> Thread:
    """Undo what the entry records, once, and log that. Raise UndoRefused."""
    thread_pk, other_pk = entry.detail.get("thread"), entry.detail.get("into")
    rows = Thread.objects.select_for_update(of=["self"]).order_by("pk")
    thread = {row.pk: row for row in rows.filter(pk__in=[pk for pk in (thread_pk, other_pk) if pk])}.get(thread_pk)
    if thread is None or entry.verb not in UNDO_HANDLERS:
        raise UndoRefused
    if thread.merged_into_id is not None and entry.verb in UNMERGED_ONLY:
        raise UndoRefused
    entries = AuditEntry.objects.filter(course=entry.course)
    if entry.pk in settled_entries(entries.filter(verb__startswith=UNDO, detail__thread=thread.pk)):
        raise UndoRefused
    newest = entries.aggregate(pk=Max("pk"))["pk"]
    UNDO_HANDLERS[entry.verb](thread, entry.detail, by)
    # Nobody else writes entries about the thread while it is locked.
    parts = entries.filter(pk__gt=newest, actor=by, detail__thread=thread.pk)
    record(
        by=by,
        verb=f"{UNDO}{entry.verb}",
        course=entry.course,
        target=thread,
        thread=thread.pk,
        undo_of=entry.pk,
        parts=list(parts.values_list("pk", flat=True)),
    )
    return thread


def settled_entries(entries: Iterable[AuditEntry]) -> set[int]:
    """Return the ids of entries that cannot be undone: what the given entries undid, and what they did to undo it."""
    details = [entry.detail for entry in entries]
    return {pk for detail in details for pk in (detail.get("undo_of"), *detail.get("parts", ())) if pk}


def _post(detail: dict) -> Post:
    post = Post.objects.filter(pk=detail.get("post") or 0).first()
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
        indexed_posts.update_threads([thread.pk])


def _restore_title(thread: Thread, detail: dict, by: User) -> None:
    """Restore title, kind and tags. The log stores none, because their author may have them erased."""
    earlier = ThreadTitleHistory.objects.filter(pk=detail["title_history"]).first()
    if earlier is None:
        raise UndoRefused
    threads.edit_thread(thread=thread, by=by, title=earlier.title, kind=earlier.kind, tags=earlier.tags)
    earlier.delete()


def _unmerge(thread: Thread, detail: dict, by: User) -> None:
    if thread.merged_into_id != detail["into"]:
        raise UndoRefused
    _move_posts_back(thread, detail)
    notifications.remove_followers(thread=detail["into"], users=detail.get("followers", ()))
    Thread.objects.filter(pk=thread.pk).update(merged_into=None)
    indexed_posts.index_threads([thread.pk, detail["into"]])


def _unsplit(thread: Thread, detail: dict, by: User) -> None:
    """Move the posts back and redirect the new thread to the old one, unless somebody has posted in it since."""
    _move_posts_back(thread, detail)
    if not Post.objects.filter(thread=detail["into"]).exclude(state=Post.State.MOVED).exists():
        Thread.objects.filter(pk=detail["into"]).update(merged_into=thread)
    indexed_posts.index_threads([thread.pk, detail["into"]])


def _move_posts_back(thread: Thread, detail: dict) -> None:
    """Give posts their old numbers back, leaving tombstones in the other thread, and restore the answer."""
    other = Thread.objects.get(pk=detail["into"])
    tombstones = thread.posts.filter(state=Post.State.MOVED, moved_to__thread=other).select_related("moved_to__author")
    held = other.posts.filter(pk__in=detail.get("held", ())).select_related("author")
    returned = {post.pk for post in held} | {tombstone.moved_to_id for tombstone in tombstones}
    if not returned or other.merged_into_id is not None:
        raise UndoRefused
    for tombstone in tombstones:
        tombstone.delete()
        if tombstone.moved_to:
            _move_post_back(tombstone.moved_to, thread, tombstone.seq)
    for post in held:
        thread.last_seq += post.seq is not None
        _move_post_back(post, thread, thread.last_seq if post.seq else None)
    if other.answer_id in returned:
        other.answer, other.endorsed_by, other.status = None, None, Thread.Status.OPEN
    if detail.get("answer") in returned and thread.answer_id is None:
        _restore_answer(thread, detail)
    _refresh_counters(thread, other, detail)


def _move_post_back(post: Post, thread: Thread, seq: int | None) -> None:
    """Move one post back, under its author's pseudonym in this thread."""
    tombstone = threads.make_tombstone(post.thread, post)
    post.thread, post.seq = thread, seq
    post.alias = get_or_create_alias(thread, post.author) if post.alias_id and post.author else None
    post.save(update_fields=["thread", "seq", "alias"])
    if tombstone.seq is not None:
        tombstone.save(force_insert=True)


def _restore_answer(thread: Thread, detail: dict) -> None:
    if thread.posts.filter(pk=detail["answer"], state=Post.State.SHOWN).exists():
        thread.answer_id, thread.status = detail["answer"], detail["status"]
        thread.endorsed_by = User.objects.filter(pk=detail["endorsed_by"]).first()


def _refresh_counters(thread: Thread, other: Thread, detail: dict) -> None:
    """Set counters, excerpt, state and rank of both threads from their posts."""
    for changed in (thread, other):
        counts = counters.expected_counters(changed)
        changed.last_seq, changed.visible_post_count = counts.last_seq, counts.visible_post_count
        counters.refresh_excerpt(changed)
    before = datetime.fromisoformat(detail["last_post_at"]) if "last_post_at" in detail else other.last_post_at
    newest = other.posts.filter(state=Post.State.SHOWN).aggregate(at=Max("created_at"))["at"]
    other.last_post_at = max(before, newest or before)
    other.rank = sort_rank(other.last_post_at, other.pinned)
    for changed in (thread, other):
        changed.save(update_fields=COUNTER_FIELDS)


COUNTER_FIELDS = (
    "last_seq visible_post_count title hidden_title excerpt state answer endorsed_by status last_post_at rank".split()
)

UNMERGED_ONLY = {f"{verb} thread" for verb in ("pin", "unpin", "close", "reopen", "edit", "move", "split")}


def _restore_question(thread: Thread, detail: dict, by: User) -> None:
    if "before" not in detail or not questions.restore_question(thread=thread, before=detail["before"]):
        raise UndoRefused


def _show_again(thread: Thread, detail: dict, by: User) -> None:
    moderation.approve_post(post=_post(detail), by=by)
    _reopen_reports(thread, detail, by)


def _hide_again(thread: Thread, detail: dict, by: User) -> None:
    moderation.hide_post(post=_post(detail), by=by, notify=False)
    _reopen_reports(thread, detail, by)


def _reopen_reports(thread: Thread, detail: dict, by: User) -> None:
    """Open the reports that were resolved, and withdraw the messages to author and reporters, unless they have been
    seen.
    """
    moderation.reopen_reports(post=_post(detail), reports=detail.get("reports", ()))
    notifications.withdraw([detail.get("notification") or 0, *detail.get("told", ())])


def _hold_again(state: str) -> Callable[[Thread, dict, User], None]:
    """Return the handler that lets a post wait for review again that is in `state` now."""

    def undo_decision(thread: Thread, detail: dict, by: User) -> None:
        before = detail.get("before", {})
        if not moderation.return_to_review(post=_post(detail), before=before, by=by, expected=state):
            raise UndoRefused
        _reopen_reports(thread, detail, by)

    return undo_decision


UNDO_HANDLERS = {
    "endorse answer": _restore_question,
    "unmark answer": _restore_question,
    "mark question open": _restore_question,
    "mark question resolved": _restore_question,
    "pin thread": lambda thread, detail, by: threads.set_pinned(thread=thread, by=by, enabled=False),
    "unpin thread": lambda thread, detail, by: threads.set_pinned(thread=thread, by=by),
    "close thread": lambda thread, detail, by: threads.set_closed(thread=thread, by=by, enabled=False),
    "reopen thread": lambda thread, detail, by: threads.set_closed(thread=thread, by=by),
    "edit thread": _restore_title,
    "move thread": _move_back,
    "merge thread": _unmerge,
    "split thread": _unsplit,
    "hide post": _show_again,
    "hide reported post": _show_again,
    "keep post hidden": _reopen_reports,
    "show post": _hide_again,
    "publish held post": _hold_again(Post.State.SHOWN),
    "reject held post": _hold_again(Post.State.HIDDEN),
    "approve post": _reopen_reports,
}
