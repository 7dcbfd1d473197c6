"""Render lists of threads as HTML."""

from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import NamedTuple

from django.utils import timezone
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

from lessons.discussions.identity import Identity, display_identity
from lessons.discussions.models import Thread
from lessons.discussions.models.threads import display_title
from lessons.discussions.rendering.posts import Time, url_of_id
from lessons.discussions.selectors.thread_filter import ThreadFilter
from lessons.discussions.selectors.thread_list import MAX_COUNTED, ThreadRow, ThreadRows
from lessons.markup.row_templates import render_rows, url
from lessons.markup.translations import gettext as _


@dataclass(frozen=True)
class ThreadPage:
    """A page of a list as HTML. `next` is the query string of the next page, empty on the last; `total` is the length
    of a lesson's list.
    """

    html: SafeString
    next: str = ""
    total: int = 0


EMPTY_PAGE = ThreadPage(mark_safe(""))


class ThreadLine(NamedTuple):
    """What the template needs of a thread.

    `title_is_excerpt` if it has no other title than its first words. `new_label` counts the new posts of a thread that
    the reader has opened before; `lesson_url` is empty if the thread is not on a published lesson, or if
    the list is that lesson's.
    """

    thread: ThreadRow
    author: Identity
    time: Time
    title: str
    title_is_excerpt: bool
    is_unread: bool
    new_label: str
    reply_count: int
    url: str
    lesson_url: str


def thread_page(
    page: ThreadRows,
    *,
    reader: int,
    course_slug: str,
    filters: ThreadFilter | None = None,
    level: int = 2,
    lesson: int = 0,
) -> ThreadPage:
    """Render a page of a list for the user `reader`. `filters` are those of its next page, `level` is that of the
    titles as headings. Within the list of a `lesson`, rows do not name it.
    """
    now = timezone.localtime()
    html = render_rows(
        "discussions/threads.html",
        threads=[thread_line(thread, reader, now, lesson) for thread in page.rows],
        tags=page.tags,
        forum_url=url("discussions:forum", course_slug),
        heading=f"h{level}",
        **labels(),
    )
    next_page = (filters or ThreadFilter()).query_string(before=page.next_cursor) if page.next_cursor else ""
    return ThreadPage(html, next_page, page.total)


def labels() -> dict[str, dict[str, str]]:
    """Return the words that row templates show for a thread's values."""
    return _labels(get_language())


@lru_cache
def _labels(_language: str | None) -> dict[str, dict[str, str]]:
    return {
        "audience_labels": {value: str(label) for value, label in Thread.Audience.choices},
        "status_labels": {
            Thread.Status.OPEN: _("Unanswered"),
            Thread.Status.ANSWERED: _("Answered"),
            Thread.Status.RESOLVED: _("Resolved"),
        },
    }


def thread_line(thread: ThreadRow, reader: int, now: datetime, lesson: int = 0) -> ThreadLine:
    names_lesson = thread.lesson_id and thread.lesson_id != lesson and thread.is_on_published_lesson
    unread = thread.unread_count
    title = display_title(thread.title, thread.quote, thread.excerpt)
    return ThreadLine(
        thread=thread,
        author=display_identity(
            author=thread.author_id, name=thread.author_name, alias=thread.alias_name, reader=reader
        ),
        time=Time.of(thread.last_post_at, now),
        title=title,
        title_is_excerpt=title == thread.excerpt,
        is_unread=unread > 0,
        new_label=unread_label(unread) if thread.last_read_seq else "",
        reply_count=max(0, thread.visible_post_count - 1),
        url=url_of_id("discussions:first_unread" if unread else "discussions:thread")(thread.pk),
        lesson_url=url_of_id("discussions:lesson_comments")(thread.lesson_id or 0) if names_lesson else "",
    )


def unread_label(count: int) -> str:
    """Return how many posts are new; an empty string if none is."""
    if count > MAX_COUNTED:
        return _("%(n)d+ new") % {"n": MAX_COUNTED}
    return _("%(n)d new") % {"n": count} if count > 0 else ""
