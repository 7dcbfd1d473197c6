"""What is new for a user: their activity feed, the threads that they follow. Visibility is checked on each read."""

from typing import NamedTuple

from django.db.models import Q
from django.db.models.functions import Coalesce

from lessons.accounts.models import User
from lessons.courses.models.active_memberships import active_memberships
from lessons.db.compiled_queries import fetch_rows
from lessons.discussions.models import Follow, Post, Thread, ThreadUserState
from lessons.discussions.models.threads import display_title
from lessons.discussions.selectors.activity_items import POST_FIELDS, ActivityItem, activity_item
from lessons.discussions.selectors.query_viewer import MemberViewer, member_params
from lessons.discussions.selectors.thread_list import annotate_for, only_unread
from lessons.models import Lesson
from lessons.permissions import is_site_administrator, moderated_course_ids

MAX_ITEMS = 100
FEED_LENGTH = 50


def latest_posts(reader: User) -> list[ActivityItem]:
    """Return the latest posts that the user may read, for their activity feed."""
    posts = Post.objects.visible_to(reader).order_by("-pk")[:FEED_LENGTH]
    return [activity_item(row, reader) for row in posts.values(*POST_FIELDS)]


class UnreadThread(NamedTuple):
    pk: int
    title: str
    course: str
    unread_count: int


def unread_followed_threads(reader: User) -> list[UnreadThread]:
    """Return followed threads with unread posts, the latest MAX_ITEMS; `auth_backend` counts them. One query."""
    viewer = MemberViewer.for_user(reader)
    if viewer is None:
        rows = list(_unread_followed(reader))
    else:
        rows = fetch_rows(_unread_followed_query, viewer, **member_params(reader))
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
