"""A user's notifications, for their page and for digests. Visibility is checked on each read."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext as _

from lessons.accounts.models import User
from lessons.courses.models.active_memberships import active_memberships
from lessons.db.compiled_queries import fetch_dicts, fetch_rows, int_param
from lessons.discussions.identity import Identity
from lessons.discussions.models import Notification, Post, Report, Thread
from lessons.discussions.selectors.activity_items import (
    EMAIL_FIELDS,
    POST_FIELDS,
    ActivityItem,
    activity_item,
    email_facts,
)
from lessons.discussions.selectors.query_viewer import (
    MemberViewer,
    QueryViewer,
    course_placeholder,
    member_params,
    viewer_params,
)
from lessons.permissions import is_site_administrator

MAX_ITEMS = 100
NOTIFICATION_FIELDS = [
    "pk",
    "kind",
    "message",
    "created_at",
    *(f"post__{name}" for name in [*POST_FIELDS, *EMAIL_FIELDS]),
]


def latest_notifications(reader: User) -> list[ActivityItem]:
    """Return the latest MAX_ITEMS notifications about posts that the user may read, with their `facts`. One query, two
    with messages, three with outcomes of reports.

    A message from staff to a post's author, or to somebody who reported it, is included even if the post is hidden,
    without the title of a thread that they may no longer read.
    """
    viewer = MemberViewer.for_user(reader)
    if viewer is None:
        return _notification_items(_notifications_of(reader), reader)
    rows = fetch_dicts(_notifications_query, viewer, **member_params(reader))
    return _notification_items(rows, reader)


def _notifications_query(viewer: MemberViewer):
    return _notifications_of(viewer.placeholder())


def _notifications_of(reader: User):
    rows = _readable_notifications(reader).filter(user=reader).order_by("-pk")
    return rows.values(*NOTIFICATION_FIELDS)[:MAX_ITEMS]


def unmailed_notifications(reader: User) -> list[ActivityItem]:
    """Return the latest notifications that the user has neither seen nor received by e-mail, as `notifications` does.

    One query, and one more per course with such notifications.
    """
    rows = [
        row
        for (course,) in fetch_rows(_courses_with_unmailed_notifications, user=reader.pk)
        for row in fetch_dicts(
            _unmailed_notifications_query, QueryViewer.for_user(reader, course), **viewer_params(reader, course)
        )
    ]
    rows.sort(key=lambda row: -row["pk"])
    return _notification_items(rows[:MAX_ITEMS], reader)


def _courses_with_unmailed_notifications():
    unmailed = Notification.objects.filter(user=int_param("user"), mailed_at=None, seen_at=None)
    return unmailed.order_by().values_list("course").distinct()


def _unmailed_notifications_query(viewer: QueryViewer):
    user, course = viewer.placeholder(), course_placeholder()
    rows = _readable_notifications(user).filter(user=user, course=course, mailed_at=None, seen_at=None)
    return rows.order_by("-pk").values(*NOTIFICATION_FIELDS)[:MAX_ITEMS]


def _readable_notifications(reader: User):
    # Asked of each post by itself, or SQLite would look for all posts that the reader may read.
    is_visible = Exists(Post.objects.visible_to(reader).filter(pk=OuterRef("post")))
    is_message = Q(kind=Notification.Kind.MODERATION, post__author=reader)
    is_outcome = Q(kind=Notification.Kind.REPORT)
    if not is_site_administrator(reader):
        is_outcome &= Q(course__in=list(active_memberships(reader)))
    return Notification.objects.filter(is_visible | is_message | is_outcome)


def _notification_items(rows: Iterable[dict], reader: User) -> list[ActivityItem]:
    items, rows = [], list(rows)
    reasons = _report_reasons(reader, [row["post__pk"] for row in rows if row["kind"] == Notification.Kind.REPORT])
    for row in rows:
        post = {name: row[f"post__{name}"] for name in [*POST_FIELDS, *EMAIL_FIELDS]}
        about = {"kind": row["kind"], "message": row["message"], "notification": row["pk"]}
        item = activity_item(post, reader, **about, facts=email_facts(post, reader))
        if item.is_from_staff:
            item = _as_staff_message(item, row["created_at"], post["state"], reasons.get(item.post, ""))
        items.append(item)
    threads = {item.thread for item in items if item.is_from_staff}
    shown: set[int] = set()
    if threads:
        shown.update(Thread.objects.visible_to(reader).filter(pk__in=threads).values_list("pk", flat=True))
    titles = {Notification.Kind.MODERATION: _("Your post"), Notification.Kind.REPORT: _("a post that you reported")}
    return [
        replace(item, title=titles[Notification.Kind(item.kind)], has_page=False)
        if item.is_from_staff and item.thread not in shown
        else item
        for item in items
    ]


def _report_reasons(reporter: User, posts: list[int]) -> dict[int, str]:
    """Return the reasons that the user gave for reporting posts, by their ids. One query, none without posts."""
    if not posts:
        return {}
    return dict(Report.objects.filter(reporter=reporter, post__in=posts).values_list("post", "reason"))


def _as_staff_message(item: ActivityItem, sent_at: datetime, post_state: str, reason: str) -> ActivityItem:
    """Name staff as the sender of a message about a post, of which it says nothing else. `reason` is the reader's own,
    for which they reported it.
    """
    staff, message = Identity(_("The course’s staff"), is_alias=True), item.message
    if item.kind == Notification.Kind.REPORT:
        outcome = dict(Notification.Outcome.choices).get(message, "")
        message = _("%(outcome)s You reported it: “%(reason)s”") % {"outcome": outcome, "reason": reason}
    elif post_state == Post.State.HIDDEN:
        message = f"{_('Your post is hidden. You can ask the staff about it.')} {message}".strip()
    return replace(item, name=staff.name, author=staff, excerpt="", html="", message=message, created_at=sent_at)
