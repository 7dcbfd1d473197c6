"""What is new for a user: their notifications, digests and activity feed. Visibility is checked on each read."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache
from typing import NamedTuple

from django.db.models import Count, Exists, FilteredRelation, Max, OuterRef, Q, Window
from django.db.models.functions import Coalesce, Greatest, RowNumber
from django.urls import reverse
from django.utils.translation import gettext as _

from lessons.accounts.models import User
from lessons.courses.models.active_memberships import active_memberships
from lessons.db.compiled_queries import fetch_dicts, fetch_rows, int_param
from lessons.discussions.identity import Identity, display_identity
from lessons.discussions.models import Follow, Notification, Post, Report, Thread, ThreadUserState
from lessons.discussions.models.threads import clear_url, display_title
from lessons.discussions.selectors.query_viewer import (
    MAX_COURSES,
    MemberViewer,
    QueryViewer,
    course_placeholder,
    member_params,
    viewer_params,
)
from lessons.discussions.selectors.thread_list import annotate_for, only_unread
from lessons.markup.plain_text import text_by_block
from lessons.models import Lesson, Module
from lessons.models.texts import lesson_url_slug
from lessons.permissions import is_site_administrator, moderated_course_ids

MAX_ITEMS = 100
FEED_LENGTH = 50
EXCERPT_LENGTH = 280
POSTS_PER_THREAD = 5
NUMBERS_OF_IDS = (1, 5, 10, 20, 30, 50, MAX_ITEMS)
POST_FIELDS = (
    "pk seq state html created_at author_id author__display_name alias__name thread_id thread__title thread__quote "
    "thread__excerpt thread__course__title"
).split()
EMAIL_FIELDS = (
    "by_staff reply_to__author_id thread__course_id thread__course__slug thread__course__time_zone thread__kind "
    "thread__audience thread__group__name thread__author_id thread__answer_id thread__endorsed_by__display_name "
    "thread__lesson_id thread__lesson__slug thread__lesson__state thread__lesson__module__state "
    "thread__lesson__current_revision__title thread__lesson_anchor thread__status thread__course__closed_at"
).split()
NOTIFICATION_FIELDS = [
    "pk",
    "kind",
    "message",
    "created_at",
    *(f"post__{name}" for name in [*POST_FIELDS, *EMAIL_FIELDS]),
]
STAFF_KINDS = (Notification.Kind.MODERATION, Notification.Kind.REPORT)


@dataclass(frozen=True)
class ActivityItem:
    """A post or notification that its reader may read. `notification` is the id of the notification, 0 for a post.
    `has_page` is false for a message about a post whose thread the reader may no longer read.
    """

    post: int
    thread: int
    seq: int
    course: str
    title: str
    name: str
    author: Identity
    excerpt: str
    html: str
    created_at: datetime
    kind: str = ""
    message: str = ""
    notification: int = 0
    facts: "EmailFacts | None" = None
    has_page: bool = True

    @property
    def is_from_staff(self) -> bool:
        """Return whether it is a message: of the post that it is about, it says nothing."""
        return self.kind in STAFF_KINDS


class EmailFacts(NamedTuple):
    """What an e-mail says besides about a post, its thread, and what they are to the reader.

    `lesson_title` is empty if the lesson is not published, `quote` if the thread is on no passage, `clear_url` unless
    the reader can say there that their question on a passage is clear. `unmailed_count` is how many unmailed posts a
    followed thread has, `last_seq` the number of the last of them.
    """

    by_staff: bool
    is_reply_to_reader: bool
    is_own_thread: bool
    is_answer: bool
    endorsed_by: str
    thread_kind: str
    audience: str
    group: str
    quote: str
    course_slug: str
    course_id: int
    course_time_zone: str
    lesson_title: str
    lesson_url: str
    clear_url: str = ""
    unmailed_count: int = 0
    last_seq: int = 0


# Cached because the feeds of many users contain the same posts.
@lru_cache(maxsize=1024)
def excerpt_of(html: str) -> str:
    text = " ".join(text_by_block(html).split())
    return text if len(text) <= EXCERPT_LENGTH else text[: EXCERPT_LENGTH - 1] + "…"


def _item(row: dict, reader: User, **more) -> ActivityItem:
    author = display_identity(
        author=row["author_id"], name=row["author__display_name"], alias=row["alias__name"], reader=reader.pk
    )
    return ActivityItem(
        post=row["pk"],
        thread=row["thread_id"],
        seq=row["seq"] or 0,
        course=row["thread__course__title"],
        title=display_title(row["thread__title"], row["thread__quote"], row["thread__excerpt"]),
        name=author.name,
        author=author,
        excerpt=excerpt_of(row["html"]),
        html=row["html"],
        created_at=row["created_at"],
        **more,
    )


def _facts(row: dict, reader: User, unmailed: "UnmailedPost | None" = None) -> EmailFacts:
    is_answer = row["thread__answer_id"] == row["pk"]
    is_published = row["thread__lesson__state"] == Lesson.State.PUBLISHED
    is_published = is_published and row["thread__lesson__module__state"] != Module.State.DRAFT
    is_own, lesson_url, clear = row["thread__author_id"] == reader.pk, "", ""
    if is_own and row["thread__course__closed_at"] is None:
        clear = clear_url(
            kind=row["thread__kind"],
            status=row["thread__status"],
            audience=row["thread__audience"],
            lesson_anchor=row["thread__lesson_anchor"],
        )
    if is_published:
        slug = lesson_url_slug(row["thread__lesson__slug"])
        lesson_url = reverse("reading:lesson", args=[row["thread__lesson_id"], slug])
    return EmailFacts(
        by_staff=row["by_staff"],
        is_reply_to_reader=row["reply_to__author_id"] == reader.pk,
        is_own_thread=is_own,
        is_answer=is_answer,
        endorsed_by=is_answer and row["thread__endorsed_by__display_name"] or "",
        thread_kind=row["thread__kind"],
        audience=row["thread__audience"],
        group=row["thread__group__name"] or "",
        quote=row["thread__quote"],
        course_slug=row["thread__course__slug"],
        course_id=row["thread__course_id"],
        course_time_zone=row["thread__course__time_zone"],
        lesson_title=row["thread__lesson__current_revision__title"] or "" if is_published else "",
        lesson_url=f"{lesson_url}#{row['thread__lesson_anchor']}" if row["thread__lesson_anchor"] else lesson_url,
        clear_url=clear,
        unmailed_count=unmailed.in_thread if unmailed else 0,
        last_seq=unmailed.last_seq if unmailed else 0,
    )


def latest_posts(reader: User) -> list[ActivityItem]:
    """Return the latest posts that the user may read, for their activity feed."""
    posts = Post.objects.visible_to(reader).order_by("-pk")[:FEED_LENGTH]
    return [_item(row, reader) for row in posts.values(*POST_FIELDS)]


def unmailed_posts(reader: User) -> list[ActivityItem]:
    """Return new posts of others in followed threads, which the user has neither read nor received by e-mail.

    The first POSTS_PER_THREAD of each thread, whose `facts` say how many more it has, and MAX_ITEMS at most; a later
    digest has other threads. One query, one more per course with such posts, and one for what they say.
    """
    courses = [pk for (pk,) in fetch_rows(_courses_with_unmailed_posts, user=reader.pk)]
    courses = [pk for pk in courses if pk in active_memberships(reader) or is_site_administrator(reader)]
    found = [
        UnmailedPost._make(row)
        for pk in courses
        for row in fetch_rows(_unmailed_query, QueryViewer.for_user(reader, pk), **viewer_params(reader, pk))
    ]
    found.sort(key=lambda post: (post.thread, post.seq))
    posts = _posts_by_id([post.pk for post in found[:MAX_ITEMS]])
    return [
        _item(posts[post.pk], reader, facts=_facts(posts[post.pk], reader, post))
        for post in found[:MAX_ITEMS]
        if post.pk in posts
    ]


def _courses_with_unmailed_posts():
    states = ThreadUserState.with_unmailed_posts().filter(user=int_param("user"))
    return states.order_by().values_list("thread__course").distinct()


class UnmailedPost(NamedTuple):
    """A post; how many unmailed ones are `in_thread`, and the number of the last of them."""

    pk: int
    thread: int
    seq: int
    in_thread: int
    last_seq: int


def _unmailed_query(viewer: QueryViewer):
    """Select posts without what they say: the database sorts the rows for each thread, and wide ones take long."""
    user = viewer.placeholder()
    own_state = FilteredRelation("thread__user_states", condition=Q(thread__user_states__user=user))
    posts = Post.objects.visible_to(user).filter(thread__course=course_placeholder())
    posts = posts.annotate(user_state=own_state).exclude(author=user)
    posts = posts.filter(
        user_state__subscription_level=ThreadUserState.SubscriptionLevel.FOLLOWED,
        seq__gt=Greatest("user_state__last_read_seq", "user_state__mailed_seq"),
    )
    posts = posts.annotate(
        number=Window(RowNumber(), partition_by="thread_id", order_by="seq"),
        unmailed_count=Window(Count("pk"), partition_by="thread_id"),
        unmailed_last_seq=Window(Max("seq"), partition_by="thread_id"),
    ).filter(number__lte=POSTS_PER_THREAD)
    columns = ("pk", "thread_id", "seq", "unmailed_count", "unmailed_last_seq")
    return posts.order_by("thread_id", "seq").values_list(*columns)[:MAX_ITEMS]


def _posts_by_id(pks: list[int]) -> dict[int, dict]:
    """Return the fields of posts that somebody may read, by their ids. No query without posts."""
    if not pks:
        return {}
    # The query is compiled for a few numbers of ids; 0 is the id of none.
    number = next(number for number in NUMBERS_OF_IDS if number >= len(pks))
    ids = {f"post{n}": pks[n] if n < len(pks) else 0 for n in range(number)}
    return {row["pk"]: row for row in fetch_dicts(_posts_query, number, **ids)}


def _posts_query(number: int):
    posts = Post.objects.filter(pk__in=[int_param(f"post{n}") for n in range(number)])
    return posts.order_by().values(*POST_FIELDS, *EMAIL_FIELDS)


def notifications(reader: User) -> list[ActivityItem]:
    """Return the latest MAX_ITEMS notifications about posts that the user may read, with their `facts`. One query, two
    with messages, three with outcomes of reports.

    A message from staff to a post's author, or to somebody who reported it, is included even if the post is hidden,
    without the title of a thread that they may no longer read.
    """
    if len(active_memberships(reader)) > MAX_COURSES:
        return _notification_items(_notifications_of(reader), reader)
    rows = fetch_dicts(_notifications_query, MemberViewer.for_user(reader), **member_params(reader))
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
        item = _item(post, reader, **about, facts=_facts(post, reader))
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


class UnreadThread(NamedTuple):
    pk: int
    title: str
    course: str
    unread_count: int


def unread_followed_threads(reader: User) -> list[UnreadThread]:
    """Return followed threads with unread posts, the latest MAX_ITEMS; `auth_backend` counts them. One query."""
    if len(active_memberships(reader)) > MAX_COURSES:
        rows = list(_unread_followed(reader))
    else:
        rows = fetch_rows(_unread_followed_query, MemberViewer.for_user(reader), **member_params(reader))
    return [
        UnreadThread(pk, display_title(title, quote, excerpt), course, last_seq - read_seq - tombstones)
        for pk, title, quote, excerpt, course, last_seq, read_seq, tombstones in rows
    ]


def _unread_followed_query(viewer: MemberViewer):
    return _unread_followed(viewer.placeholder())


def _unread_followed(reader: User):
    threads = annotate_for(Thread.objects.visible_to(reader).listed(), reader)
    # By the column itself, for which there is an index.
    threads = only_unread(threads).filter(user_state__subscription_level=ThreadUserState.SubscriptionLevel.FOLLOWED)
    fields = ("pk", "title", "quote", "excerpt", "course__title", "last_seq", "read_seq", "unread_tombstones")
    return threads.order_by("-last_post_at").values_list(*fields)[:MAX_ITEMS]


class FollowedTarget(NamedTuple):
    """A course that somebody follows, or one lesson of it, by its id."""

    course_slug: str
    lesson: int | None
    title: str


def followed_targets(reader: User) -> list[FollowedTarget]:
    """Return what the user follows and may read, under the titles that they may read. One query."""
    follows = Follow.objects.filter(user=reader, lesson__bin_entry=None)
    if not is_site_administrator(reader):
        follows = follows.filter(course__in=list(active_memberships(reader)))
        moderated = Q(course__in=moderated_course_ids(reader))
        follows = follows.filter(Q(lesson=None) | Q(lesson__in=Lesson.objects.published()) | moderated)
    # Only staff follow lessons that were never published, and see their working titles.
    title = Coalesce("lesson__current_revision__title", "lesson__title", "course__title")
    rows = follows.annotate(shown_title=title).order_by(
        "course__title", "lesson__module__position", "lesson__position", "pk"
    )
    return list(map(FollowedTarget._make, rows.values_list("course__slug", "lesson", "shown_title")))
