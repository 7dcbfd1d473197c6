"""Render posts as HTML."""

from collections.abc import Callable, Iterable
from datetime import datetime
from functools import cache
from typing import NamedTuple

from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from lessons.discussions.identity import Identity, display_identity
from lessons.discussions.models import Post, Thread
from lessons.discussions.selectors.thread_page import PostRow
from lessons.markup.row_templates import render_rows


def relative_time(moment: datetime, now: datetime | None = None) -> str:
    """Return how long ago the moment was, or its day: `now`, `20 min`, `3 h`, `Yesterday`, `Mon`, `12 Nov`,
    `12 Nov 2025`.
    """
    now = now or timezone.now()
    seconds = (now - moment).total_seconds()
    if seconds < 3600:
        return _("%(n)d min") % {"n": seconds // 60} if seconds >= 60 else _("now")
    if seconds < 86400:
        return _("%(n)d h") % {"n": seconds // 3600}
    day, today = timezone.localtime(moment), timezone.localtime(now)
    days = (today.date() - day.date()).days
    if days == 1:
        return _("Yesterday")
    return date_format(day, "D" if days < 7 else "j M" if day.year == today.year else "j M Y")


class Time(NamedTuple):
    """A time as the attribute of a `<time>`, as its text, and in full, in the reader's time zone."""

    iso: str
    relative: str
    full: str

    @classmethod
    def of(cls, moment: datetime, now: datetime) -> "Time":
        local = timezone.localtime(moment)
        return cls(f"{moment:%Y-%m-%dT%H:%MZ}", relative_time(moment, now), f"{local:%Y-%m-%d %H:%M}")


@cache
def url_of_id(name: str) -> Callable[[int], str]:
    """Return a function from an id to the URL called `name`. Pages need hundreds; `reverse` is too slow."""
    number = 10**17
    before, _number, after = reverse(name, args=[number]).partition(str(number))
    return f"{before}{{}}{after}".format


class PostUrls(NamedTuple):
    post: str
    actions: str
    thanks: str
    answer: str
    history: str
    reply_to: str
    moved_to: str


def _post_urls(post: PostRow) -> PostUrls:
    """Return the URLs that a post may link to, empty if there is nothing to link to."""
    pk, post_url = post.pk, url_of_id("discussions:post")
    return PostUrls(
        post_url(pk),
        url_of_id("discussions:post_actions")(pk),
        url_of_id("discussions:thanks")(pk),
        url_of_id("discussions:accept_answer")(pk),
        url_of_id("discussions:post_history")(pk) if post.edited_at else "",
        post_url(post.reply_to_id) if post.reply_to_id else "",
        post_url(post.moved_to_id) if post.moved_to_id else "",
    )


class PostLine(NamedTuple):
    """What the template needs of a post: `tombstone` is the text in its place, empty while it is visible."""

    post: PostRow
    author: Identity
    is_own: bool
    time: Time
    urls: PostUrls
    tombstone: str


def render_posts(
    posts: Iterable[PostRow],
    thread: Thread,
    *,
    reader: int,
    is_staff: bool,
    can_post: bool,
    can_resolve: bool,
    page: int = 1,
    as_tree: bool = False,
) -> SafeString:
    """Render the posts of a page of `thread`, which comes with its course and endorser, for the user `reader`.

    A tree has two levels: direct and indirect replies to a post on this page are indented below it, by number.
    """
    now = timezone.now()
    branches = _branches(posts) if as_tree else [[post] for post in posts]
    with_replies = [branch for branch in branches if len(branch) > 1]
    return render_rows(
        "discussions/posts.html",
        posts=[_line(post, reader, now) for branch in branches for post in branch],
        thread=thread,
        reader=reader,
        is_staff=is_staff,
        can_post=can_post,
        can_thank=not thread.course.is_closed,
        can_resolve=can_resolve,
        answer=thread.answer_id if thread.kind == Thread.Kind.QUESTION else None,
        query=f"?page={page}&" if page > 1 else "?",
        opens={branch[1].pk: branch[0].pk for branch in with_replies},
        closes={branch[-1].pk for branch in with_replies},
    )


def _branches(posts: Iterable[PostRow]) -> list[list[PostRow]]:
    """Group posts by the topmost post on this page that they reply to, directly or not. That post comes first."""
    top: dict[int, int] = {}
    branches: dict[int, list[PostRow]] = {}
    for post in posts:
        top[post.pk] = post.pk if post.reply_to_id is None else top.get(post.reply_to_id, post.pk)
        branches.setdefault(top[post.pk], []).append(post)
    return list(branches.values())


def _line(post: PostRow, reader: int, now: datetime) -> PostLine:
    author = display_identity(author=post.author_id, name=post.author_name, alias=post.alias_name, reader=reader)
    tombstone = "" if post.state in VISIBLE_STATES else tombstone_text(post.state)
    return PostLine(post, author, author.is_you, Time.of(post.created_at, now), _post_urls(post), tombstone)


VISIBLE_STATES = (Post.State.SHOWN, Post.State.HELD)


def tombstone_text(state: str) -> str:
    """Return the text in place of a post that was deleted, hidden or moved."""
    messages: dict[str, str] = {
        Post.State.DELETED: _("This post was deleted by its author."),
        Post.State.HIDDEN: _("This post was hidden by the course’s staff."),
        Post.State.MOVED: _("This post was moved to another thread."),
    }
    return messages[state]


def time_tag(moment: datetime) -> SafeString:
    """Render the time of a post."""
    return format_html('<time datetime="{}">{}</time>', f"{moment:%Y-%m-%dT%H:%MZ}", relative_time(moment))


def post_header(author: Identity, by_staff: bool, meta: str) -> SafeString:
    """Render the line above a post: initials, name and role of its author, and `meta`, which is HTML."""
    staff = format_html('<span class="chip staff">{}</span>', _("staff")) if by_staff else ""
    you = format_html(' <span class="you">{}</span>', _("(you)")) if author.is_you else ""
    return format_html(
        '<header class="post-header"><span class="avatar {}" aria-hidden="true">{}</span><b><bdi>{}</bdi>{}</b>{}{}'
        "</header>",
        author.avatar_class,
        author.initials,
        author.name,
        you,
        staff,
        mark_safe(meta),
    )


def page_links(page: int, last: int, label: str) -> SafeString:
    """Render links to the pages of a thread; nothing if there is only one."""
    if last < 2:
        return mark_safe("")
    current = mark_safe(' aria-current="page"')
    links = format_html_join(
        "", '<a href="?page={}"{}>{}</a>', ((n, current if n == page else "", n) for n in range(1, last + 1))
    )
    return format_html('<nav class="pager" aria-label="{}">{}</nav>', label, links)
