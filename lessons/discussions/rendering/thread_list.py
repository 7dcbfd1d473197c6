"""Lists of threads as HTML."""

from dataclasses import dataclass
from functools import partial

from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString, mark_safe

from lessons.discussions.identity import Identity, display_identity
from lessons.discussions.models import Thread
from lessons.discussions.models.threads import display_title
from lessons.discussions.rendering.posts import relative_time, url_of_id
from lessons.discussions.selectors.thread_list import ThreadFilter, ThreadRow, ThreadRows
from lessons.markup.row_templates import render_rows


@dataclass(frozen=True)
class ThreadPage:
    """A page of a list as HTML. `older` is the query string of the next page, empty on the last."""

    html: SafeString
    older: str = ""


EMPTY_PAGE = ThreadPage(mark_safe(""))


def thread_page(page: ThreadRows, *, reader: int, course_slug: str, filters: ThreadFilter | None = None) -> ThreadPage:
    """Render a page of a list for the user `reader`; `filters` are those of its next page."""
    html = render_rows(
        "discussions/threads.html",
        threads=page.rows,
        tags=page.tags,
        author_of=partial(_author, reader=reader),
        title_of=_title,
        relative_time=partial(relative_time, now=timezone.now()),
        thread_url=url_of_id("discussions:thread"),
        unread_url=url_of_id("discussions:first_unread"),
        comments_url=url_of_id("discussions:lesson_comments"),
        forum_url=reverse("discussions:forum", args=[course_slug]),
        kind_labels=dict(Thread.Kind.choices),
        status_labels=dict(Thread.Status.choices),
        audience_labels=dict(Thread.Audience.choices),
    )
    older = (filters or ThreadFilter()).query_string(before=page.next_cursor) if page.next_cursor else ""
    return ThreadPage(html, older)


def _author(thread: ThreadRow, reader: int) -> Identity:
    return display_identity(author=thread.author_id, name=thread.author_name, alias=thread.alias_name, reader=reader)


def _title(thread: ThreadRow) -> str:
    return display_title(thread.title, thread.quote, thread.excerpt)
