"""What stands beside a thread: who can read it, how many have replied, and other threads about its lesson."""

from collections.abc import Iterable
from typing import NamedTuple

from django.utils import timezone

from lessons.accounts.models import User
from lessons.discussions.identity import Identity
from lessons.discussions.models import Post, Thread
from lessons.discussions.models.posts import visible_reply_count
from lessons.discussions.models.threads import display_title
from lessons.discussions.rendering.posts import people_of
from lessons.discussions.selectors.thread_list import lesson_thread_rows
from lessons.discussions.selectors.thread_page import PostRow, ThreadView, read_count
from lessons.markup.row_templates import date_text
from lessons.markup.translations import gettext as _
from lessons.markup.translations import ngettext

MAX_OTHERS = 3


class AboutThread(NamedTuple):
    """`people` are the authors of the posts on the page; `status` is empty for a thread that is no question, and where
    it would tell of posts that the reader may not read yet; `read_by` where readers are not counted.
    """

    status: str
    readers: str
    started: str
    replies: str
    subscription: str
    people: list[Identity]
    read_by: str
    others: list["OtherThread"]


class OtherThread(NamedTuple):
    """Another thread; `status` and its label are empty if it is no question, `replies` where they are not counted for
    a reader who must post first.
    """

    pk: int
    title: str
    status: str
    status_label: str
    replies: str


def about_thread(view: ThreadView, user: User, posts: Iterable[PostRow]) -> AboutThread:
    """Return what the page of the thread, with these posts, says about it. One query, two if it is about a lesson."""
    shown = [post for post in posts if post.state == Post.State.SHOWN]
    return AboutThread(
        status=_status(view, user),
        readers=readers_of(view.thread),
        started=date_text(timezone.localdate(view.thread.created_at), "D j M Y"),
        replies=_replies(view, [post for post in shown if post.seq != 1], user),
        subscription=_subscription(view, user),
        people=people_of(shown, user.pk),
        read_by=_read_by(view),
        others=_others(view, user) if view.lesson_title else [],
    )


def _read_by(view: ThreadView) -> str:
    """Return how many have read it, empty where that is not counted. One query."""
    count = read_count(view)
    return _("%(n)d of %(all)d") % {"n": count.readers, "all": count.audience} if count else ""


def _status(view: ThreadView, user: User) -> str:
    """Return the status of a question; not of another's while the reader must post first: it tells of hidden posts."""
    is_told = not view.must_post_first or view.thread.author_id == user.pk
    return question_status(view.thread.status) if view.thread.kind == Thread.Kind.QUESTION and is_told else ""


def question_status(status: str) -> str:
    """Return the status of a question for its chip; not by colour alone, so what is done has a sign."""
    labels: dict[str, str] = {
        Thread.Status.OPEN: _("Unanswered"),
        Thread.Status.ANSWERED: _("✓ Answered"),
        Thread.Status.RESOLVED: _("✓ Resolved"),
    }
    return labels[status]


def readers_of(thread: Thread) -> str:
    """Return who can read the thread, as a sentence."""
    sentences: dict[str, str] = {
        Thread.Audience.ME: _("Only you can read this"),
        Thread.Audience.STAFF: _("Only its author and the course’s staff can read this"),
        Thread.Audience.GROUP: _("%(group)s and the course’s staff can read this"),
        Thread.Audience.COURSE: _("Everyone in the course can read this"),
    }
    return sentences[thread.audience] % {"group": thread.group.name if thread.group else ""}


def _replies(view: ThreadView, shown: list[PostRow], user: User) -> str:
    """Return the number of replies and, if all of them are on this page, of their authors."""
    if view.must_post_first:
        count = len(shown)
    else:
        count = visible_reply_count(view.thread.visible_post_count, view.opening_state)
    people = len(people_of(shown, user.pk))
    if people < 2 or count != len(shown):
        return str(count)
    return ngettext("%(n)d, by %(people)d person", "%(n)d, by %(people)d people", people) % {
        "n": count,
        "people": people,
    }


def _subscription(view: ThreadView, user: User) -> str:
    if view.is_muted:
        return _("You get no notifications here, not even when somebody mentions you.")
    if not view.is_followed:
        return _("You are notified only when somebody mentions you.")
    if view.thread.author_id != user.pk:
        return _("You are notified of every reply.")
    if view.thread.kind == Thread.Kind.QUESTION:
        return _("You asked this, so you are notified of every reply.")
    return _("You started this, so you are notified of every reply.")


def _others(view: ThreadView, user: User) -> list[OtherThread]:
    """Return the latest other threads about the same lesson as a whole. One query."""
    assert view.thread.lesson_id is not None
    rows = lesson_thread_rows(view.thread.lesson_id, view.thread.course, user).rows
    return [
        OtherThread(
            pk=row.pk,
            title=display_title(row.title, row.quote, row.excerpt),
            status=row.status if row.kind == Thread.Kind.QUESTION and not row.must_post_first else "",
            status_label=question_status(row.status),
            replies="" if row.must_post_first else _reply_label(max(0, row.visible_post_count - 1)),
        )
        for row in rows
        if row.pk != view.thread.pk
    ][:MAX_OTHERS]


def _reply_label(count: int) -> str:
    return ngettext("%(n)d reply", "%(n)d replies", count) % {"n": count}
