"""Posts as HTML."""

from collections.abc import Callable, Iterable
from datetime import datetime
from functools import cache, partial

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
    """Return how long ago it was, or the day: `now`, `20 min`, `3 h`, `Mon`, `12 Nov`, `12 Nov 2025`."""
    now = now or timezone.now()
    seconds = (now - moment).total_seconds()
    if seconds < 3600:
        return _("%(n)d min") % {"n": seconds // 60} if seconds >= 60 else _("now")
    if seconds < 86400:
        return _("%(n)d h") % {"n": seconds // 3600}
    day = timezone.localtime(moment)
    return date_format(
        day, "D" if seconds < 6 * 86400 else "j M" if day.year == timezone.localtime(now).year else "j M Y"
    )


@cache
def url_of_id(name: str) -> Callable[[int], str]:
    """Return a function that makes the URL `name` of an id. A page asks for hundreds, for which `reverse` is slow."""
    before, number, after = reverse(name, args=[10**17]).partition(str(10**17))
    return f"{before}{{}}{after}".format


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

    A tree has two levels: what answers a post of this page, or an answer to it, is indented beneath that, by number.
    """
    return render_rows(
        "discussions/posts.html",
        branches=_branches(posts) if as_tree else [[post] for post in posts],
        thread=thread,
        author_of=partial(_author, reader=reader),
        relative_time=partial(relative_time, now=timezone.now()),
        tombstone_text=tombstone_text,
        post_url=url_of_id("discussions:post"),
        actions_url=url_of_id("discussions:post_actions"),
        thanks_url=url_of_id("discussions:thanks"),
        answer_url=url_of_id("discussions:accept_answer"),
        history_url=url_of_id("discussions:post_history"),
        reader=reader,
        is_staff=is_staff,
        can_post=can_post,
        can_thank=not thread.course.is_closed,
        can_resolve=can_resolve,
        answer=thread.answer_id if thread.kind == Thread.Kind.QUESTION else None,
        query=f"?page={page}&" if page > 1 else "?",
        reply_label=_("Reply"),
        quote_label=_("Quote"),
        thanks_label=_("Thanks"),
        more_label=_("More"),
        answer_label=_("This answers it"),
        to_label=_("to"),
        edited_label=_("edited"),
    )


def _branches(posts: Iterable[PostRow]) -> list[list[PostRow]]:
    """Group posts by the topmost post of this page that they answer, itself first."""
    top: dict[int, int] = {}
    branches: dict[int, list[PostRow]] = {}
    for post in posts:
        top[post.pk] = post.pk if post.reply_to_id is None else top.get(post.reply_to_id, post.pk)
        branches.setdefault(top[post.pk], []).append(post)
    return list(branches.values())


def _author(post: PostRow, reader: int) -> Identity:
    return display_identity(author=post.author_id, name=post.author_name, alias=post.alias_name, reader=reader)


def tombstone_text(state: str) -> str:
    """Return what stands in the place of a post that is deleted, hidden or moved."""
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
        '<header class="post-header"><span class="initials{}" aria-hidden="true">{}</span><b><bdi>{}</bdi>{}</b>{}{}'
        "</header>",
        " alias" if author.is_alias else "",
        author.initials,
        author.name,
        you,
        staff,
        mark_safe(meta),
    )


def page_links(page: int, last: int, label: str) -> SafeString:
    """Render links to the pages of a thread; nothing where there is only one."""
    if last < 2:
        return mark_safe("")
    current = mark_safe(' aria-current="page"')
    links = format_html_join(
        "", '<a href="?page={}"{}>{}</a>', ((n, current if n == page else "", n) for n in range(1, last + 1))
    )
    return format_html('<nav class="pager" aria-label="{}">{}</nav>', label, links)
