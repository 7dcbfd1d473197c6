"""Render thread lists as HTML."""

from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import ngettext

from lessons.discussions.identity import Identity, display_identity
from lessons.discussions.models import Thread
from lessons.discussions.models.threads import display_title
from lessons.discussions.rendering.posts import Time, url_of_id
from lessons.discussions.selectors.thread_list import ThreadFilter, ThreadRow, ThreadRows
from lessons.markup.row_templates import render_rows


@dataclass(frozen=True)
class ThreadPage:
    """A page of a list as HTML. `older` is the query string of the next page, empty on the last."""

    html: SafeString
    older: str = ""


EMPTY_PAGE = ThreadPage(mark_safe(""))


class ThreadUrls(NamedTuple):
    """The URLs of a thread. `comments` is empty if it is not on a published lesson."""

    thread: str
    comments: str


class ThreadLine(NamedTuple):
    """What the template needs of a thread; `unread_label` is empty if everything has been read."""

    thread: ThreadRow
    author: Identity
    time: Time
    title: str
    unread_label: str
    reply_count: int
    reply_label: str
    urls: ThreadUrls


def thread_page(page: ThreadRows, *, reader: int, course_slug: str, filters: ThreadFilter | None = None) -> ThreadPage:
    """Render a page of a list for the user `reader`; `filters` are those of its next page."""
    now = timezone.now()
    html = render_rows(
        "discussions/threads.html",
        threads=[_line(thread, reader, now) for thread in page.rows],
        tags=page.tags,
        forum_url=reverse("discussions:forum", args=[course_slug]),
        kind_labels={value: str(label) for value, label in Thread.Kind.choices},
        status_labels={value: str(label) for value, label in Thread.Status.choices},
        audience_labels={value: str(label) for value, label in Thread.Audience.choices},
    )
    older = (filters or ThreadFilter()).query_string(before=page.next_cursor) if page.next_cursor else ""
    return ThreadPage(html, older)


def _line(thread: ThreadRow, reader: int, now: datetime) -> ThreadLine:
    unread, replies = thread.unread_count, max(0, thread.visible_post_count - 1)
    comments_url = url_of_id("discussions:lesson_comments")
    return ThreadLine(
        thread=thread,
        author=display_identity(
            author=thread.author_id, name=thread.author_name, alias=thread.alias_name, reader=reader
        ),
        time=Time.of(thread.last_post_at, now),
        title=display_title(thread.title, thread.quote, thread.excerpt),
        unread_label=ngettext("%(n)d new", "%(n)d new", unread) % {"n": unread} if unread else "",
        reply_count=replies,
        reply_label=ngettext("reply", "replies", replies),
        urls=ThreadUrls(
            thread=url_of_id("discussions:first_unread" if unread else "discussions:thread")(thread.pk),
            comments=comments_url(thread.lesson_id) if thread.lesson_id and thread.is_on_published_lesson else "",
        ),
    )
