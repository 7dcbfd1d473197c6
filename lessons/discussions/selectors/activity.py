"""What is new for one person: in the bell, by mail and in their feed. Visibility is asked here, when it is told."""

from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache

from django.db.models import FilteredRelation, Q
from django.db.models.functions import Greatest
from django.utils.translation import gettext as _

from lessons.accounts.models import User
from lessons.courses.models.active_memberships import active_memberships
from lessons.db.compiled_queries import fetch_dicts, fetch_rows, int_param
from lessons.discussions.identity import display_identity
from lessons.discussions.models import Notification, Post, Thread, ThreadUserState
from lessons.discussions.models.threads import thread_name
from lessons.discussions.selectors.query_viewer import QueryViewer, course_placeholder, viewer_params
from lessons.discussions.selectors.thread_list import annotate_for, only_unread
from lessons.markup.plain_text import text_by_block
from lessons.permissions import is_site_administrator

MAX_ITEMS = 100
EXCERPT = 280
FIELDS = (
    "pk seq state html created_at author_id author__display_name alias__name thread_id thread__title thread__quote "
    "thread__excerpt thread__course__title thread__course__slug"
).split()


@dataclass(frozen=True)
class ActivityItem:
    """One line of news. Everything in it may be read by the person it is for."""

    post: int
    thread: int
    seq: int
    course: str
    slug: str
    title: str
    name: str
    excerpt: str
    html: str
    created_at: datetime
    kind: str = ""
    message: str = ""
    notification: int = 0

    @property
    def is_from_staff(self) -> bool:
        return self.kind == Notification.Kind.MODERATION


# A digest tells many people of the same posts.
@lru_cache(maxsize=1024)
def _excerpt(html: str) -> str:
    words = " ".join(text_by_block(html).split())
    return words if len(words) <= EXCERPT else words[: EXCERPT - 1] + "…"


def _item(row: dict, reader: User, **more) -> ActivityItem:
    person = display_identity(
        author=row["author_id"], name=row["author__display_name"], alias=row["alias__name"], reader=reader.pk
    )
    return ActivityItem(
        post=row["pk"],
        thread=row["thread_id"],
        seq=row["seq"] or 0,
        course=row["thread__course__title"],
        slug=row["thread__course__slug"],
        title=thread_name({name: row[f"thread__{name}"] for name in ("title", "quote", "excerpt")}),
        name=person.name,
        excerpt=_excerpt(row["html"]),
        html=row["html"],
        created_at=row["created_at"],
        **more,
    )


def latest_posts(reader: User) -> list[ActivityItem]:
    """The last posts of everything the person may read, for their feed."""
    posts = Post.objects.visible_to(reader).order_by("-pk")[:50]
    return [_item(row, reader) for row in posts.values(*FIELDS)]


def unmailed_posts(reader: User) -> list[ActivityItem]:
    """New posts in followed threads that the person has neither read nor been mailed; never their own.

    The first MOST in order of thread and number; what is over stays with_unmailed_posts. One query, and one a course with news.
    """
    courses = [pk for (pk,) in fetch_rows(_courses_with_news, user=reader.pk)]
    courses = [pk for pk in courses if pk in active_memberships(reader) or is_site_administrator(reader)]
    found = [
        row
        for pk in courses
        for row in fetch_dicts(_untold_query, QueryViewer.for_user(reader, pk), **viewer_params(reader, pk))
    ]
    found.sort(key=lambda row: (row["thread_id"], row["seq"]))
    return [_item(row, reader) for row in found[:MAX_ITEMS]]


def _courses_with_news():
    marks = ThreadUserState.with_unmailed_posts().filter(user=int_param("user"))
    return marks.order_by().values_list("thread__course").distinct()


def _untold_query(reader: QueryViewer):
    user = reader.placeholder()
    mine = FilteredRelation("thread__user_states", condition=Q(thread__user_states__user=user))
    posts = (
        Post.objects.visible_to(user)
        .filter(thread__course=course_placeholder())
        .annotate(user_state=mine)
        .exclude(author=user)
    )
    posts = posts.filter(
        user_state__subscription_level=ThreadUserState.SubscriptionLevel.FOLLOWED,
        seq__gt=Greatest("user_state__last_read_seq", "user_state__mailed_seq"),
    )
    return posts.order_by("thread_id", "seq").values(*FIELDS)[:MAX_ITEMS]


def notifications(reader: User, **wanted) -> list[ActivityItem]:
    """Mentions, answers, announcements and words from staff. Those about what one may not read are left out.

    A word from staff is told also where the post itself is hidden: it is the author's own.
    """
    seen = Q(post__in=Post.objects.visible_to(reader)) | Q(kind=Notification.Kind.MODERATION, post__author=reader)
    notes = Notification.objects.filter(seen, user=reader, **wanted).order_by("-pk")
    fields = {f"post__{name}": name for name in FIELDS}
    items = []
    for row in notes.values("pk", "kind", "message", "created_at", *fields)[:MAX_ITEMS]:
        post = {name: row[long] for long, name in fields.items()}
        item = _item(post, reader, kind=row["kind"], message=row["message"], notification=row["pk"])
        items.append(_as_staff_message(item, post) if item.is_from_staff else item)
    return items


def _as_staff_message(item: ActivityItem, post: dict) -> ActivityItem:
    """A word to the author about their post: it is not the author's."""
    hidden = _("Your post is hidden. You can ask them about it.") if post["state"] == Post.State.HIDDEN else ""
    return replace(item, name=_("The course’s staff"), message=f"{hidden} {item.message}".strip())


def unread_followed_threads(reader: User) -> list[dict]:
    """Followed threads with something unread, for the bell; `session` counts them. One query."""
    threads = annotate_for(Thread.objects.visible_to(reader).listed(), reader)
    threads = only_unread(threads).filter(subscription_level=ThreadUserState.SubscriptionLevel.FOLLOWED)
    fields = (
        "pk",
        "title",
        "quote",
        "excerpt",
        "last_seq",
        "user_state__last_read_seq",
        "course__title",
        "last_post_at",
    )
    return [
        row | {"name": thread_name(row), "new": row["last_seq"] - row["user_state__last_read_seq"]}
        for row in threads.order_by("-last_post_at").values(*fields)[:MAX_ITEMS]
    ]
