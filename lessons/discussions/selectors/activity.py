"""What is new for a user: their notifications, digests and activity feed. Visibility is checked on each read."""

from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache
from typing import NamedTuple

from django.db.models import FilteredRelation, Q
from django.db.models.functions import Coalesce, Greatest
from django.utils.translation import gettext as _

from lessons.accounts.models import User
from lessons.courses.models.active_memberships import active_memberships
from lessons.db.compiled_queries import fetch_dicts, fetch_rows, int_param
from lessons.discussions.identity import Identity, display_identity
from lessons.discussions.models import Follow, Notification, Post, Thread, ThreadUserState
from lessons.discussions.models.threads import display_title
from lessons.discussions.selectors.query_viewer import QueryViewer, course_placeholder, viewer_params
from lessons.discussions.selectors.thread_list import annotate_for, only_unread
from lessons.markup.plain_text import text_by_block
from lessons.models import Lesson
from lessons.permissions import is_site_administrator, moderated_course_ids

MAX_ITEMS = 100
FEED_LENGTH = 50
EXCERPT_LENGTH = 280
POST_FIELDS = (
    "pk seq state html created_at author_id author__display_name alias__name thread_id thread__title thread__quote "
    "thread__excerpt thread__course__title"
).split()


@dataclass(frozen=True)
class ActivityItem:
    """A post or notification that its reader may read. `notification` is the id of the notification, 0 for a post."""

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

    @property
    def is_from_staff(self) -> bool:
        return self.kind == Notification.Kind.MODERATION


# Cached because the digests of many users contain the same posts.
@lru_cache(maxsize=1024)
def _excerpt(html: str) -> str:
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
        excerpt=_excerpt(row["html"]),
        html=row["html"],
        created_at=row["created_at"],
        **more,
    )


def latest_posts(reader: User) -> list[ActivityItem]:
    """Return the latest posts that the user may read, for their activity feed."""
    posts = Post.objects.visible_to(reader).order_by("-pk")[:FEED_LENGTH]
    return [_item(row, reader) for row in posts.values(*POST_FIELDS)]


def unmailed_posts(reader: User) -> list[ActivityItem]:
    """Return new posts of others in followed threads, which the user has neither read nor received by e-mail.

    Only the first MAX_ITEMS by thread and number; a later digest has the others. One query, and one more per course
    with such posts.
    """
    courses = [pk for (pk,) in fetch_rows(_courses_with_unmailed_posts, user=reader.pk)]
    courses = [pk for pk in courses if pk in active_memberships(reader) or is_site_administrator(reader)]
    rows = [
        row
        for pk in courses
        for row in fetch_dicts(_unmailed_query, QueryViewer.for_user(reader, pk), **viewer_params(reader, pk))
    ]
    rows.sort(key=lambda row: (row["thread_id"], row["seq"]))
    return [_item(row, reader) for row in rows[:MAX_ITEMS]]


def _courses_with_unmailed_posts():
    states = ThreadUserState.with_unmailed_posts().filter(user=int_param("user"))
    return states.order_by().values_list("thread__course").distinct()


def _unmailed_query(viewer: QueryViewer):
    user = viewer.placeholder()
    own_state = FilteredRelation("thread__user_states", condition=Q(thread__user_states__user=user))
    posts = Post.objects.visible_to(user).filter(thread__course=course_placeholder())
    posts = posts.annotate(user_state=own_state).exclude(author=user)
    posts = posts.filter(
        user_state__subscription_level=ThreadUserState.SubscriptionLevel.FOLLOWED,
        seq__gt=Greatest("user_state__last_read_seq", "user_state__mailed_seq"),
    )
    return posts.order_by("thread_id", "seq").values(*POST_FIELDS)[:MAX_ITEMS]


def notifications(reader: User, **conditions) -> list[ActivityItem]:
    """Return the latest MAX_ITEMS notifications about posts that the user may read. One query, two with messages.

    A message from staff to a post's author is included even if the post is hidden, without the title of a thread that
    the author may no longer read.
    """
    readable = Q(post__in=Post.objects.visible_to(reader)) | Q(kind=Notification.Kind.MODERATION, post__author=reader)
    rows = Notification.objects.filter(readable, user=reader, **conditions).order_by("-pk")
    fields = {f"post__{name}": name for name in POST_FIELDS}
    items = []
    for row in rows.values("pk", "kind", "message", "created_at", *fields)[:MAX_ITEMS]:
        post = {name: row[path] for path, name in fields.items()}
        item = _item(post, reader, kind=row["kind"], message=row["message"], notification=row["pk"])
        items.append(_as_staff_message(item, post) if item.is_from_staff else item)
    threads = {item.thread for item in items if item.is_from_staff}
    shown = set(Thread.objects.visible_to(reader).filter(pk__in=threads).values_list("pk", flat=True))
    return [
        replace(item, title=_("Your post")) if item.is_from_staff and item.thread not in shown else item
        for item in items
    ]


def _as_staff_message(item: ActivityItem, post: dict) -> ActivityItem:
    """Name staff as the sender of a message about the reader's own post."""
    hidden = _("Your post is hidden. You can ask the staff about it.") if post["state"] == Post.State.HIDDEN else ""
    staff = Identity(_("The course’s staff"), is_alias=True)
    return replace(item, name=staff.name, author=staff, message=f"{hidden} {item.message}".strip())


class UnreadThread(NamedTuple):
    pk: int
    title: str
    course: str
    unread_count: int


def unread_followed_threads(reader: User) -> list[UnreadThread]:
    """Return followed threads with unread posts, the latest MAX_ITEMS; `auth_backend` counts them. One query."""
    threads = annotate_for(Thread.objects.visible_to(reader).listed(), reader)
    threads = only_unread(threads).filter(subscription_level=ThreadUserState.SubscriptionLevel.FOLLOWED)
    fields = ("pk", "title", "quote", "excerpt", "course__title", "last_seq", "read_seq", "unread_tombstones")
    return [
        UnreadThread(pk, display_title(title, quote, excerpt), course, last_seq - read_seq - tombstones)
        for pk, title, quote, excerpt, course, last_seq, read_seq, tombstones in threads.order_by(
            "-last_post_at"
        ).values_list(*fields)[:MAX_ITEMS]
    ]


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
