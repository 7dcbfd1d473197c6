"""Decide about a post that waits for staff, and let it wait again when the decision is undone."""

from datetime import datetime

from django.db.models import Max, Q
from django.utils.translation import gettext as _

from lessons.accounts.models import User
from lessons.discussions import indexed_posts
from lessons.discussions.models import Participation, Post, Thread, ThreadUserState
from lessons.discussions.models.threads import sort_rank
from lessons.discussions.services import counters, notifications
from lessons.discussions.services.errors import ActionRefused
from lessons.discussions.services.threads import make_tombstone

PUBLIC_AUDIENCES = (Thread.Audience.GROUP, Thread.Audience.COURSE)


class OthersPosted(ActionRefused):
    def __init__(self):
        super().__init__(
            _("Others have posted in this discussion since, so its first post cannot wait again. You can hide it.")
        )


def state_before(thread: Thread, post: Post) -> dict:
    """Return what a decision about a held post changes, for `hold_again`. One query at most."""
    lesson = thread.lesson_id if thread.audience in PUBLIC_AUDIENCES else None
    took_part = lesson is None or Participation.objects.filter(user=post.author_id, lesson=lesson).exists()
    return {
        "thread_state": thread.state,
        "created_at": post.created_at.isoformat(),
        "last_post_at": thread.last_post_at.isoformat(),
        "first_on_lesson": None if took_part else lesson,
    }


def hold_again(thread: Thread, post: Post, *, before: dict, by: User) -> None:
    """Let a post wait for staff again that they published or rejected; `thread` and `post` are locked.

    The post gives its number back if it is the last one and nobody has read it but its author and `by`. Otherwise a
    tombstone keeps the number, and the post gets another one when it is published. Raise OthersPosted.
    """
    is_opening = before.get("thread_state", "held" if post.seq == 1 else "") == Thread.State.HELD
    is_last, was_shown = post.seq == thread.last_seq, post.state == Post.State.SHOWN
    if is_opening and not is_last:
        raise OthersPosted
    if thread.answer_id == post.pk:
        thread.answer, thread.endorsed_by, thread.status = None, None, Thread.Status.OPEN
    tombstone = None if is_last and (is_opening or _is_unread(thread, post, by)) else make_tombstone(thread, post)
    post.seq, post.state = None, Post.State.HELD
    post.created_at = _moment(before, "created_at") or post.created_at
    post.save(update_fields=["seq", "state", "created_at"])
    if tombstone:
        # It leads nowhere: its text is not to be read now, and comes back under another number, if it does.
        tombstone.moved_to = None
        tombstone.save(force_insert=True)
    else:
        _give_number_back(thread)
    thread.visible_post_count -= was_shown
    if is_opening:
        thread.state = Thread.State.HELD
        counters.show_opening(thread, post)
    else:
        counters.refresh_excerpt(thread)
    _restore_moment(thread, before)
    thread.save(update_fields=THREAD_FIELDS)
    indexed_posts.index_posts([post.pk])
    indexed_posts.update_threads([thread.pk])
    _forget_publication(thread, post, before)


THREAD_FIELDS = (
    "last_seq visible_post_count title hidden_title excerpt state answer endorsed_by status last_post_at rank".split()
)


def _moment(before: dict, name: str) -> datetime | None:
    return datetime.fromisoformat(before[name]) if name in before else None


def _is_unread(thread: Thread, post: Post, by: User) -> bool:
    """Return whether nobody but its author and `by` has read the post or received it by e-mail. One query."""
    have_read = Q(last_read_seq__gte=post.seq) | Q(mailed_seq__gte=post.seq)
    states = ThreadUserState.objects.filter(have_read, thread=thread)
    return not states.exclude(user__in=[by.pk, post.author_id or 0]).exists()


def _give_number_back(thread: Thread) -> None:
    """Take the last number from the thread and from those who have read it, so that the next post is new to them."""
    thread.last_seq -= 1
    states, last = ThreadUserState.objects.filter(thread=thread), thread.last_seq
    states.filter(last_read_seq__gt=last).update(last_read_seq=last)
    states.filter(mailed_seq__gt=last).update(mailed_seq=last)


def _restore_moment(thread: Thread, before: dict) -> None:
    newest = thread.posts.filter(state=Post.State.SHOWN).aggregate(at=Max("created_at"))["at"]
    moments = [moment for moment in (newest, _moment(before, "last_post_at")) if moment]
    thread.last_post_at = max(moments, default=thread.last_post_at)
    thread.rank = sort_rank(thread.last_post_at, thread.pinned)


def _forget_publication(thread: Thread, post: Post, before: dict) -> None:
    """Take back what came of publishing the post: news of it that nobody has seen, and that its author took part."""
    notifications.withdraw_news(post)
    states = ThreadUserState.objects.filter(thread=thread)
    if thread.state == Thread.State.HELD:
        # They began to follow it when it was published, and will again.
        states.filter(last_read_seq=0, has_posted=False).exclude(user=post.author_id).delete()
    numbered = thread.posts.filter(author=post.author_id, seq__isnull=False)
    states.filter(user=post.author_id).update(has_posted=numbered.exists())
    lesson = before.get("first_on_lesson")
    if lesson:
        others = Post.objects.filter(
            author=post.author_id, thread__lesson=lesson, thread__audience__in=PUBLIC_AUDIENCES
        )
        if not others.exclude(state=Post.State.HELD).exists():
            Participation.objects.filter(user=post.author_id, lesson=lesson).delete()
