"""TODO lessons/discussions/rendering/thread_list.py"""

from dataclasses import dataclass
from html import escape

from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from lessons.courses.models import Course
from lessons.db.compiled_queries import fetch_dicts
from lessons.db.pagination import make_page
from lessons.discussions.identity import display_identity
from lessons.discussions.models import Thread
from lessons.discussions.models.threads import thread_name
from lessons.discussions.rendering.posts import time_tag
from lessons.discussions.selectors.query_viewer import QueryViewer, viewer_params
from lessons.discussions.selectors.thread_list import (
    KEYSET,
    PAGE_SIZE,
    ThreadFilter,
    _beneath_query,
    _page_query,
    tags_by_thread,
)
from lessons.tagging.models import normalise_tag


@dataclass(frozen=True)
class ThreadPage:
    rows: list[dict]
    html: SafeString
    older: str


def thread_page(course: Course, wish: ThreadFilter, user) -> ThreadPage:
    """A page of the course's list by keyset: the last row's place names the page after. Two queries."""
    asked = {"kind": wish.kind, "tag": wish.tag, "lesson": wish.lesson, "author": wish.author}
    asked |= {"wished_group": wish.group, "tag_key": normalise_tag(wish.tag)} | KEYSET.params(wish.before)
    reader = QueryViewer.for_user(user, course.pk)
    found = fetch_dicts(
        _page_query, reader, wish.with_placeholders(), PAGE_SIZE + 1, **viewer_params(user, course.pk), **asked
    )
    return render_rows(found, wish, user, course.slug)


EMPTY_PAGE = ThreadPage([], "", "")


def lesson_threads(lesson: int, course: Course, user) -> ThreadPage:
    """The latest threads of a lesson as a whole, for the foot of its page: those on its passages stand beside these.
    One query beside that of the seats."""
    asked = viewer_params(user, course.pk) | {"lesson": lesson}
    found = fetch_dicts(
        _beneath_query, QueryViewer.for_user(user, course.pk), ThreadFilter(lesson=lesson).with_placeholders(), **asked
    )
    html = "".join(thread_row(row, user.pk, [], course.slug) for row in found)
    return ThreadPage(found, mark_safe(html), "")


def render_rows(found: list[dict], wish: ThreadFilter, user, course_slug: str) -> ThreadPage:
    """Rows of FIELDS as a page; one more than fits says that there is an older one. One query."""
    page = make_page(found, PAGE_SIZE, lambda row: KEYSET.format_cursor((row["rank"], row["pk"])))
    older = wish.query_string(before=page.next_cursor) if page.next_cursor else ""
    tags = tags_by_thread([row["pk"] for row in page.rows])
    html = "".join(thread_row(row, user.pk, tags[row["pk"]], course_slug) for row in page.rows)
    return ThreadPage(page.rows, mark_safe(html), older)


KINDS = dict(Thread.Kind.choices)


def thread_row(row: dict, reader: int, tags: list[tuple[str, str]], course_slug: str) -> str:
    """One thread of a list. `row` has the fields of `lists.FIELDS`."""
    unread = max(0, row["last_seq"] - (row["last_read_seq"] or 0)) if not row["sealed"] else 0
    new = ngettext("%(n)d new", "%(n)d new", unread) % {"n": unread}
    name = thread_name(row)
    replies = max(0, row["visible_post_count"] - 1)
    last = f'<span class="last">{time_tag(row["last_post_at"])}</span>' if not row["sealed"] else ""
    return (
        f'<li class="thread{" unread" if unread else ""}"><h2><a href="/threads/{row["pk"]}/'
        f'{"unread/" if unread else ""}"><bdi>{escape(name)}</bdi></a></h2><p class="meta">'
        + (f'<span class="new">{escape(new)}</span>' if unread else "")
        + "".join(_thread_meta(row, reader))
        + "".join(
            f'<a class="tag" href="/courses/{course_slug}/discussions/?tag={slug}"><bdi>{escape(tag)}</bdi></a>'
            for tag, slug in tags
        )
        + f'</p><p class="count"><b>{"" if row["sealed"] else replies}</b>'
        + ("" if row["sealed"] else escape(ngettext("reply", "replies", replies)) + " · ")
        + f"{last}</p></li>"
    )


def _thread_meta(row: dict, reader: int):
    kind = escape(str(KINDS[row["kind"]]))
    if row["lesson_id"] and row["lesson__state"] == "published" and row["lesson__module__state"] != "draft":
        at = reverse("discussions:lesson_comments", args=[row["lesson_id"]])
        title = escape(row["lesson__current_revision__title"] or "")
        yield f'<span>{kind} {escape(_("on"))} <a href="{at}"><bdi>{title}</bdi></a></span>'
    else:
        yield f"<span>{kind}</span>"
    person = display_identity(
        author=row["author_id"], name=row["author__display_name"], alias=row["alias__name"], reader=reader
    )
    yield f"<span><bdi>{escape(person.name)}</bdi></span>"
    if row["pinned"]:
        yield f"<span>{escape(_('pinned'))}</span>"
    if row["closed"]:
        yield f"<span>{escape(_('closed'))}</span>"
    if row["kind"] == Thread.Kind.QUESTION:
        yield f'<span class="chip {row["status"]}">{escape(str(Thread.Status(row["status"]).label))}</span>'
    if row["me_too_count"]:
        yield f"<span>▲ {row['me_too_count']} {escape(ngettext('also asks', 'also ask', row['me_too_count']))}</span>"
    if row["audience"] != Thread.Audience.COURSE:
        yield _audience_chip(row)
    if row["state"] == Thread.State.HELD:
        yield f'<span class="chip">{escape(_("waiting for staff"))}</span>'


def _audience_chip(row: dict) -> str:
    """Who reads it; a group's name leads to what the group says."""
    if row["group_id"]:
        return f'<a class="chip" href="?group={row["group_id"]}"><bdi>{escape(row["group__name"])}</bdi></a>'
    return f'<span class="chip">{escape(str(Thread.Audience(row["audience"]).label))}</span>'
