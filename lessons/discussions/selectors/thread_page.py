"""What a thread's page shows: the thread as its reader sees it, one page of its posts, and its tags."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from django.db.models import CharField, Exists, F, FilteredRelation, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Cast, Coalesce, Concat

from lessons.accounts.models import User
from lessons.courses.models import Course, ReadingGroup
from lessons.db.compiled_queries import fetch_dicts, fetch_rows, int_param
from lessons.db.models import UnsentText
from lessons.db.unsent_texts import Fields
from lessons.discussions.models import (
    Alias,
    CommentPolicy,
    MeToo,
    Notification,
    Participation,
    Post,
    Thanks,
    Thread,
    ThreadTag,
    ThreadUserState,
)
from lessons.discussions.models.posts import has_posts_after
from lessons.discussions.models.threads import POSTS_PER_PAGE
from lessons.discussions.selectors.thread_list import Tag
from lessons.models import Lesson, Module
from lessons.permissions import can_moderate

THREAD_FIELDS = [field.attname for field in Thread._meta.concrete_fields]
JOINED_FIELDS = (
    "course__slug course__title course__language course__closed_at group__name endorsed_by__display_name "
    "lesson__slug lesson__state lesson__module__state lesson__current_revision__title lesson__comment_policy__policy"
).split()
VIEWER_FIELDS = (
    "last_read_seq subscription_level draft has_held_posts has_me_too has_unseen_notifications has_alias "
    "has_unread_posts participates"
).split()


@dataclass(frozen=True)
class ThreadView:
    """A thread with what its page shows to one reader.

    `thread` comes with its course, and with those fields of group, lesson and endorser that the page shows.
    `lesson_title` is empty if the lesson is not published, `last_read_seq` None if the reader has never opened the
    thread. `draft` has the fields of the reader's unsent reply. `has_alias` says that they have posted anonymously in
    it. While `must_post_first`, only the reader's own and the staff's posts are shown.
    """

    thread: Thread
    lesson_title: str
    last_read_seq: int | None
    subscription_level: int
    draft: Fields | None
    has_held_posts: bool
    has_me_too: bool
    has_unseen_notifications: bool
    has_alias: bool
    has_unread_posts: bool
    must_post_first: bool

    @property
    def is_followed(self) -> bool:
        return self.subscription_level == ThreadUserState.SubscriptionLevel.FOLLOWED

    @property
    def is_muted(self) -> bool:
        return self.subscription_level == ThreadUserState.SubscriptionLevel.MUTED


def thread_view(pk: int, user: User) -> ThreadView | None:
    """Return the thread as the user sees it, whether they may read it or not; None if there is none. One query, and
    one for the user's memberships.
    """
    rows = fetch_dicts(_thread_query, thread=pk, user=user.pk)
    if not rows:
        return None
    row = rows[0]
    thread = _build_thread(row)
    is_post_first = row["lesson__comment_policy__policy"] == CommentPolicy.Rule.POST_FIRST and not row["participates"]
    is_published = (
        row["lesson__state"] == Lesson.State.PUBLISHED and row["lesson__module__state"] != Module.State.DRAFT
    )
    return ThreadView(
        thread=thread,
        lesson_title=row["lesson__current_revision__title"] if is_published else "",
        last_read_seq=row["last_read_seq"],
        subscription_level=row["subscription_level"],
        draft=row["draft"],
        has_held_posts=row["has_held_posts"],
        has_me_too=row["has_me_too"],
        has_unseen_notifications=row["has_unseen_notifications"],
        has_alias=row["has_alias"],
        has_unread_posts=row["has_unread_posts"],
        must_post_first=is_post_first and not can_moderate(user, thread.course),
    )


def _thread_query() -> QuerySet:
    user, draft_key = int_param("user"), Concat(Value("thread-"), Cast(OuterRef("pk"), CharField()))
    own_state = FilteredRelation("user_states", condition=Q(user_states__user=user))
    threads = Thread.objects.filter(pk=int_param("thread")).annotate(user_state=own_state)
    threads = threads.annotate(
        last_read_seq=F("user_state__last_read_seq"),
        read_seq=Coalesce(F("user_state__last_read_seq"), 0),
        subscription_level=Coalesce(F("user_state__subscription_level"), 0),
        draft=Subquery(UnsentText.objects.filter(user=user, draft_key=draft_key).values("fields")),
        has_held_posts=Exists(Post.objects.filter(thread=OuterRef("pk"), seq=None)),
        has_me_too=Exists(MeToo.objects.filter(thread=OuterRef("pk"), user=user)),
        has_unseen_notifications=Exists(
            Notification.objects.filter(post__thread=OuterRef("pk"), user=user, seen_at=None)
        ),
        has_alias=Exists(Alias.objects.filter(thread=OuterRef("pk"), user=user)),
        has_unread_posts=has_posts_after("pk", "read_seq"),
        participates=Exists(Participation.objects.filter(lesson=OuterRef("lesson"), user=user)),
    )
    return threads.values(*THREAD_FIELDS, *JOINED_FIELDS, *VIEWER_FIELDS)


def _build_thread(row: dict[str, Any]) -> Thread:
    """Build the thread from a row, with the related fields that its page shows."""
    thread = Thread.from_db("default", THREAD_FIELDS, [row[name] for name in THREAD_FIELDS])
    names = ("id", "title", "slug", "language", "closed_at")
    values = [row["course_id"], *(row[f"course__{name}"] for name in names[1:])]
    thread.course = Course.from_db("default", names, values)
    if thread.group_id:
        thread.group = ReadingGroup.from_db("default", ("id", "name"), (thread.group_id, row["group__name"]))
    if thread.endorsed_by_id:
        endorser = (thread.endorsed_by_id, row["endorsed_by__display_name"])
        thread.endorsed_by = User.from_db("default", ("id", "display_name"), endorser)
    if thread.lesson_id:
        thread.lesson = Lesson.from_db("default", ("id", "slug"), (thread.lesson_id, row["lesson__slug"]))
    return thread


# In the order of the fields of PostRow.
POST_FIELDS = (
    "pk",
    "seq",
    "state",
    "html",
    "author_id",
    "author__display_name",
    "alias__name",
    "by_staff",
    "created_at",
    "edited_at",
    "thanks_count",
    "reply_to_id",
    "reply_to__seq",
    "moved_to_id",
    "is_thanked",
)


class PostRow(NamedTuple):
    """A post on a page; `is_thanked` says whether the reader has thanked its author. Held posts have no `seq`."""

    pk: int
    seq: int | None
    state: str
    html: str
    author_id: int | None
    author_name: str | None
    alias_name: str | None
    by_staff: bool
    created_at: datetime
    edited_at: datetime | None
    thanks_count: int
    reply_to_id: int | None
    reply_to_seq: int | None
    moved_to_id: int | None
    is_thanked: bool


def posts_on_page(view: ThreadView, user: User, page: int, *, is_staff: bool) -> list[PostRow]:
    """Return the posts on a page. One query, and another on the last page if there are held posts."""
    first, thread = (page - 1) * POSTS_PER_PAGE, view.thread
    window = {"first": first, "last": first + POSTS_PER_PAGE}
    rows = fetch_rows(_page_query, view.must_post_first, user=user.pk, thread=thread.pk, **window)
    if view.has_held_posts and page == thread.last_page:
        held = _with_thanks(user.pk).filter(thread=thread, seq=None)
        rows = [*rows, *(held if is_staff else held.filter(author=user)).order_by("pk").values_list(*POST_FIELDS)]
    return list(map(PostRow._make, rows))


def _page_query(must_post_first: bool) -> QuerySet:
    first, last = int_param("first"), int_param("last")
    posts = _with_thanks(int_param("user")).filter(thread=int_param("thread"), seq__gt=first, seq__lte=last)
    if must_post_first:
        posts = posts.filter(Q(by_staff=True) | Q(author=int_param("user")))
    return posts.order_by("seq").values_list(*POST_FIELDS)


def _with_thanks(user: int) -> QuerySet:
    return Post.objects.annotate(is_thanked=Exists(Thanks.objects.filter(post=OuterRef("pk"), user=user)))


def tags_of_thread(thread: Thread) -> list[Tag]:
    """Return the thread's tags in order. One query."""
    return list(map(Tag._make, fetch_rows(_tags_query, thread=thread.pk)))


def _tags_query() -> QuerySet:
    tags = ThreadTag.objects.shown().filter(content_object=int_param("thread")).order_by("tag__key")
    return tags.values_list("tag__name", "tag__slug")
