"""The posts about which staff decide: those with open reports, and those held for review."""

from dataclasses import dataclass, field

from django.db.models import Exists, OuterRef, Prefetch, Q

from lessons.accounts.models import User
from lessons.courses.models import Course, Membership
from lessons.discussions.models import Post, Report
from lessons.discussions.selectors.inbox import waiting_posts

MAX_POSTS, MAX_REPLIES = 20, 50


@dataclass
class ReportedPost:
    """A post with its thread, author and pseudonym, the post that it answers, and its open reports, oldest first.

    `group_name` is the group of its author, empty for an anonymous one.
    """

    post: Post
    reports: list[Report] = field(default_factory=list)
    group_name: str = ""

    @property
    def is_held(self) -> bool:
        return self.post.state == Post.State.HELD


def reported_posts(course: Course, group: int = 0) -> list[ReportedPost]:
    """Return the MAX_POSTS that have waited longest: of all, or to a group or by its members. Three queries."""
    posts = waiting_posts(course)
    if group:
        members = Membership.objects.active().filter(course=course, group=group, user=OuterRef("author"))
        is_open = Q(thread__group=None) & (Q(alias__isnull=False) | Exists(members))
        posts = posts.filter(Q(thread__group=group) | is_open)
    posts = posts.select_related("thread__course", "author", "alias", "reply_to__author", "reply_to__alias")
    opened = Report.objects.filter(resolved_at=None).select_related("reporter").order_by("pk")
    posts = posts.prefetch_related(Prefetch("reports", opened, to_attr="open_reports"))
    found = list(posts.order_by("created_at", "pk")[:MAX_POSTS])
    groups = _groups_of(course, [post.author_id for post in found if post.author_id and not post.alias_id])
    return [ReportedPost(post, post.open_reports, groups.get(post.author_id or 0, "")) for post in found]


def _groups_of(course: Course, users: list[int]) -> dict[int, str]:
    """Map ids of users to the names of their groups, if they have one. One query, none without users."""
    memberships = Membership.objects.active().filter(course=course, user__in=users, group__isnull=False)
    return dict(memberships.values_list("user", "group__name")) if users else {}


def shown_replies(thread: int, reader: User) -> list[Post]:
    """Return the latest replies in a thread that the reader may read, one of which may be its answer. One query."""
    posts = Post.objects.visible_to(reader).filter(thread=thread, seq__gt=1)
    return list(posts.select_related("author", "alias").order_by("-seq")[:MAX_REPLIES])
