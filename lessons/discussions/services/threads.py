"""Edit threads; pin, close, move, merge and split them, which only staff can do and the log records."""

from django.db import transaction
from django.utils.translation import gettext as _

from lessons.accounts.models import User
from lessons.courses.services import record
from lessons.discussions import indexed_posts
from lessons.discussions.models import Post, Thread, ThreadTitleHistory
from lessons.discussions.models.threads import sort_rank
from lessons.discussions.services import counters, notifications
from lessons.discussions.services.comment_policy import keep_comment_policy
from lessons.discussions.services.errors import ActionRefused
from lessons.discussions.services.posting import get_or_create_alias
from lessons.markup.plain_text import excerpt, single_line
from lessons.models import Lesson
from lessons.tagging.models import normalise_tag, without_blank


class MergeRefused(ActionRefused):
    def __init__(self):
        super().__init__(_("Only discussions with the same audience can be merged. Choose another discussion."))


def _log(verb: str, thread: Thread, by: User, reason: str, **detail) -> None:
    record(by=by, verb=verb, course=thread.course, target=thread, thread=thread.pk, reason=reason, **detail)


@transaction.atomic
def set_pinned(*, thread: Thread, by: User, enabled: bool = True, reason: str = "") -> Thread:
    """Pin or unpin the thread at the top of lists."""
    thread = counters.lock_thread(thread)
    if thread.pinned != enabled:
        thread.pinned, thread.rank = enabled, sort_rank(thread.last_post_at, enabled)
        thread.save(update_fields=["pinned", "rank"])
        _log("pin thread" if enabled else "unpin thread", thread, by, reason)
    return thread


@transaction.atomic
def set_closed(*, thread: Thread, by: User, enabled: bool = True, reason: str = "") -> Thread:
    """Close the thread to all but staff, or reopen it."""
    thread = counters.lock_thread(thread)
    if thread.closed != enabled:
        thread.closed = enabled
        thread.save(update_fields=["closed"])
        _log("close thread" if enabled else "reopen thread", thread, by, reason)
    return thread


@transaction.atomic
def edit_thread(*, thread: Thread, by: User, title: str, kind: str, tags: list[str], reason: str = "") -> Thread:
    """Change title, kind and tags. What staff change in another's thread is logged, and can be undone. While the
    opening post is hidden, so is the title."""
    thread = counters.lock_thread(thread)
    title_before = thread.title or thread.hidden_title
    before = {"title": title_before, "kind": thread.kind, "tags": sorted(thread.tags.names())}
    same_tags = {normalise_tag(tag) for tag in tags} == {normalise_tag(tag) for tag in before["tags"]}
    if (title, kind) == (title_before, thread.kind) and same_tags:
        return thread
    is_hidden = thread.posts.filter(seq=1).exclude(state=Post.State.SHOWN).exists()
    thread.title, thread.hidden_title = ("", title) if is_hidden else (title, "")
    thread.kind = kind
    thread.save(update_fields=["title", "hidden_title", "kind"])
    thread.tags.set(without_blank(tags))
    indexed_posts.update_threads([thread.pk])
    if thread.author_id != by.pk:
        earlier = ThreadTitleHistory.objects.create(thread=thread, **before)
        _log("edit thread", thread, by, reason, title_history=earlier.pk)
    return thread


@transaction.atomic
def move_thread(*, thread: Thread, by: User, lesson: Lesson | None, reason: str = "") -> Thread:
    """Move the thread to another lesson of its course, or to none. It is then no longer about a passage."""
    if lesson:
        keep_comment_policy(lesson)
    thread = counters.lock_thread(thread)
    old, new = thread.lesson_id, lesson.pk if lesson else None
    before = {
        "lesson_before": old,
        "anchor_before": thread.lesson_anchor,
        "was_untitled": not (thread.title or thread.hidden_title),
    }
    if old != new:
        thread.lesson, thread.lesson_anchor = lesson, ""
        thread.title = thread.title or single_line(thread.excerpt)
        thread.save(update_fields=["lesson", "lesson_anchor", "title"])
        indexed_posts.update_threads([thread.pk])
        _log("move thread", thread, by, reason, lesson=new, **before)
    return thread


@transaction.atomic
def merge_threads(*, thread: Thread, into: Thread, by: User, reason: str = "") -> Thread:
    """Append the thread's posts to another one with new numbers, leaving tombstones that link to them. Followers of
    the thread will follow the other one. Raise MergeRefused.
    """
    thread, into = _locked_in_order(thread, into)
    must_match = ("course_id", "audience", "group_id", "state")
    if thread.pk == into.pk or any(getattr(thread, name) != getattr(into, name) for name in must_match):
        raise MergeRefused
    before = _undo_detail(thread, into)
    moved = _move_posts(thread.posts.exclude(state__in=[Post.State.MOVED]), thread, into)
    thread.merged_into, thread.answer, thread.endorsed_by = into, None, None
    thread.save(update_fields=["merged_into", "answer", "endorsed_by"])
    indexed_posts.index_posts(moved)
    followers = notifications.copy_followers(thread, into)
    _log("merge thread", thread, by, reason, into=into.pk, followers=followers, **before)
    return into


@transaction.atomic
def split_thread(*, thread: Thread, seqs: list[int], title: str, by: User, reason: str = "") -> Thread:
    """Move some of the replies, but not the opening post, to a new thread. Raise ActionRefused if none is left."""
    thread = counters.lock_thread(thread)
    posts = thread.posts.filter(seq__in=seqs, seq__gt=1, state=Post.State.SHOWN)
    first = posts.order_by("seq").first()
    if first is None:
        raise ActionRefused(_("Choose at least one reply that is still shown."))
    new = Thread.objects.create(
        course=thread.course,
        lesson=thread.lesson,
        group_id=thread.group_id,
        audience=thread.audience,
        title=single_line(title),
        author=first.author,
        by_staff=first.by_staff,
        excerpt=excerpt(first.html),
    )
    before = _undo_detail(thread, new)
    indexed_posts.index_posts(_move_posts(posts, thread, new))
    first.refresh_from_db()
    Thread.objects.filter(pk=new.pk).update(alias=first.alias)
    _log("split thread", thread, by, reason, into=new.pk, **before)
    new.refresh_from_db()
    return new


def _locked_in_order(*threads: Thread) -> list[Thread]:
    """Lock the threads by id, so that two merges in opposite directions do not deadlock."""
    rows = Thread.objects.select_for_update(of=["self"]).select_related("course").order_by("pk")
    locked = {t.pk: t for t in rows.filter(pk__in=[t.pk for t in threads], merged_into=None)}
    if any(t.pk not in locked for t in threads):
        raise MergeRefused
    return [locked[t.pk] for t in threads]


def _undo_detail(thread: Thread, other: Thread) -> dict:
    """Return the log detail that undoing needs: the state that is lost once posts have moved."""
    return {
        "answer": thread.answer_id,
        "endorsed_by": thread.endorsed_by_id,
        "status": thread.status,
        "held": list(thread.posts.filter(state=Post.State.HELD).values_list("pk", flat=True)),
        "last_post_at": other.last_post_at.isoformat(),
    }


def _move_posts(posts, source: Thread, target: Thread) -> list[int]:
    """Move posts to the end of another thread; return their ids. They keep ids and URLs, and get new numbers and
    pseudonyms.
    """
    posts = list(posts.select_related("author", "alias").order_by("seq", "pk"))
    tombstones = []
    for post in posts:
        alias = get_or_create_alias(target, post.author) if post.alias_id and post.author_id else None
        if post.seq is not None:
            tombstones.append(make_tombstone(source, post))
            target.last_seq += 1
            post.seq = target.last_seq
        post.thread, post.alias = target, alias
        post.save(update_fields=["thread", "seq", "alias"])
    Post.objects.bulk_create(tombstones)
    for thread in (source, target):
        thread.visible_post_count = thread.posts.filter(state=Post.State.SHOWN).count()
    moved = {p.pk for p in posts}
    if source.answer_id in moved:
        source.answer, source.endorsed_by, source.status = None, None, Thread.Status.OPEN
    last = target.posts.filter(state=Post.State.SHOWN).order_by("-created_at").values_list("created_at", flat=True)
    target.last_post_at = last.first() or target.last_post_at
    target.rank = sort_rank(target.last_post_at, target.pinned)
    for thread in (source, target):
        thread.save(
            update_fields=[
                "last_seq",
                "visible_post_count",
                "last_post_at",
                "rank",
                "answer",
                "endorsed_by",
                "status",
                "excerpt",
            ]
        )
    return [post.pk for post in posts]


def make_tombstone(thread: Thread, post: Post) -> Post:
    """Return an unsaved tombstone for a moved post in its old thread."""
    return Post(thread=thread, seq=post.seq, state=Post.State.MOVED, moved_to=post, created_at=post.created_at)
