"""The posts about which staff decide: those with open reports, and those held for review."""

from datetime import datetime
from typing import NamedTuple

from django.db.models import Case, Exists, OuterRef, Q, QuerySet, Subquery, When
from django.utils.translation import gettext as _

from lessons.accounts.models import User
from lessons.courses.models import Course, Membership
from lessons.db.compiled_queries import fetch_rows, int_param
from lessons.db.json_rows import JSONRows, parse_moment, unpack_rows
from lessons.discussions.models import Post, Report
from lessons.discussions.models.threads import display_title
from lessons.discussions.selectors.inbox import OLDEST_FIRST, waiting_posts
from lessons.discussions.selectors.query_viewer import course_placeholder

MAX_POSTS, MAX_REPLIES = 20, 50


class OpenReport(NamedTuple):
    """Why somebody reported a post; `reporter` is empty if they have no account any more."""

    reason: str
    reporter: str
    created_at: datetime


class ReportedPost(NamedTuple):
    """A post with its author, the one that it answers, and its open reports, oldest first.

    `title` is that of its thread for staff, `group_name` the group of its author, None for an anonymous one.
    """

    pk: int
    thread_id: int
    title: str
    html: str
    state: str
    by_staff: bool
    created_at: datetime
    author_id: int | None
    author_name: str | None
    author_joined: datetime | None
    alias_name: str | None
    group_name: str | None
    reply_to_id: int | None
    reply_author_id: int | None
    reply_author_name: str | None
    reply_alias_name: str | None
    reports: list[OpenReport]

    @property
    def is_held(self) -> bool:
        return self.state == Post.State.HELD


def reported_posts(course: Course, group: int = 0) -> list[ReportedPost]:
    """Return the MAX_POSTS that have waited longest: of all, or to a group or by its members. One query."""
    rows = fetch_rows(_posts_query, bool(group), course=course.pk, filter_group=group)
    return [_reported_post(*row) for row in rows]


def _reported_post(
    pk: int, thread: int, hidden_title: str, title: str, quote: str, excerpt: str, *columns
) -> ReportedPost:
    *columns_of_post, reports = columns
    shown_title = hidden_title or display_title(title, quote, excerpt)
    opened = [_open_report(*row) for row in unpack_rows(reports)]
    return ReportedPost._make((pk, thread, shown_title, *columns_of_post, opened))


def _open_report(
    _pk: int, reason: str, reporter: int | None, name: str | None, email: str | None, created_at: str
) -> OpenReport:
    return OpenReport(reason, name or email or _("Former member") if reporter else "", parse_moment(created_at))


def _posts_query(of_group: bool) -> QuerySet:
    course = course_placeholder()
    members = Membership.objects.active().filter(course=course, user=OuterRef("author"))
    posts = waiting_posts(course)
    if of_group:
        group = int_param("filter_group")
        is_open = Q(thread__group=None) & (Q(alias__isnull=False) | Exists(members.filter(group=group)))
        posts = posts.filter(Q(thread__group=group) | is_open)
    opened = Report.objects.filter(post=OuterRef("pk"), resolved_at=None)
    posts = posts.annotate(
        group_name=Case(When(alias=None, then=Subquery(members.values("group__name"))), default=None),
        open_reports=JSONRows(
            opened, "pk", "reason", "reporter", "reporter__display_name", "reporter__email", "created_at"
        ),
    )
    return posts.order_by(*OLDEST_FIRST).values_list(
        *(
            "pk",
            "thread",
            "thread__hidden_title",
            "thread__title",
            "thread__quote",
            "thread__excerpt",
            "html",
            "state",
        ),
        *(
            "by_staff",
            "created_at",
            "author",
            "author__display_name",
            "author__date_joined",
            "alias__name",
            "group_name",
        ),
        *("reply_to", "reply_to__author", "reply_to__author__display_name", "reply_to__alias__name", "open_reports"),
    )[:MAX_POSTS]


def shown_replies(thread: int, reader: User) -> list[Post]:
    """Return the latest replies in a thread that the reader may read, one of which may be its answer. One query."""
    posts = Post.objects.visible_to(reader).filter(thread=thread, seq__gt=1)
    return list(posts.select_related("author", "alias").order_by("-seq")[:MAX_REPLIES])
