"""What a thread's page shows: the thread as its reader sees it, one page of its posts, and its tags."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from django.db.models import Case, CharField, Exists, F, FilteredRelation, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Cast, Coalesce, Concat

from lessons.accounts.models import User
from lessons.courses.models import Course, Membership, ReadingGroup
from lessons.db.compiled_queries import fetch_dicts, fetch_rows, int_param
from lessons.db.json_rows import JSONRows, unpack_rows
from lessons.db.models import UnsentText
from lessons.db.row_count import RowCount
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
from lessons.discussions.models.posts import has_posts_after, opening_post_state
from lessons.discussions.models.threads import POSTS_PER_PAGE
from lessons.discussions.selectors.thread_list import Tag
from lessons.models import Lesson, Module
from lessons.permissions import can_moderate

TAGS = ThreadTag.objects.shown().filter(content_object=OuterRef("pk"))
THREAD_FIELDS = [field.attname for field in Thread._meta.concrete_fields]
JOINED_FIELDS = (
    "course__slug course__title course__language course__closed_at group__name endorsed_by__display_name answer__seq "
    "lesson__slug lesson__state lesson__module__state lesson__current_revision__title lesson__comment_policy__policy"
).split()
VIEWER_FIELDS = (
    "last_read_seq subscription_level draft has_held_posts has_me_too has_unseen_notifications has_alias "
    "has_unread_posts participates opening_state tag_rows"
).split()


@dataclass(frozen=True)
class ThreadView:
    """A thread with what its page shows to one reader.

    `thread` comes with its course, and with those fields of group, lesson and endorser that the page shows.
    `lesson_title` is empty if the lesson is not published, `last_read_seq` None if the reader has never opened the
    thread. `draft` has the fields of the reader's unsent reply. `has_alias` says that they have posted anonymously in
    it. While `must_post_first`, only the reader's own and the staff's posts are shown. `answer_seq` is the number of
    the answer, None if there is none; `opening_state` is the state of the opening post, None while it is held.
    """

    thread: Thread
    tags: list[Tag]
    answer_seq: int | None
    opening_state: str | None
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
        tags=[Tag(name, slug) for _key, name, slug in unpack_rows(row["tag_rows"])],
        answer_seq=row["answer__seq"],
        opening_state=row["opening_state"],
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
        opening_state=opening_post_state("pk"),
        tag_rows=JSONRows(TAGS, "tag__key", "tag__name", "tag__slug"),
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


# A smaller audience is not counted, because the number would say who has read; a larger one would cost too much.
MIN_COUNTED_READERS, MAX_COUNTED_READERS = 5, 500


class ReadCount(NamedTuple):
    """How many of those who may read a thread have."""

    readers: int
    audience: int


def read_count(view: ThreadView) -> ReadCount | None:
    """Return how many members of the course, or of the group that the thread is for, have read it; None where its
    readers are others, too few or too many, and for somebody who must post first. One query.
    """
    thread = view.thread
    if thread.audience not in (Thread.Audience.COURSE, Thread.Audience.GROUP) or view.must_post_first:
        return None
    params = {"course": thread.course_id, "group": thread.group_id or 0, "thread": thread.pk}
    count = ReadCount(*fetch_rows(_read_count_query, bool(thread.group_id), **params)[0])
    return count if MIN_COUNTED_READERS <= count.audience <= MAX_COUNTED_READERS else None


def _read_count_query(is_for_group: bool) -> QuerySet:
    members = Membership.objects.active().filter(course=int_param("course")).order_by()
    if is_for_group:
        members = members.filter(group=int_param("group"))
    members = members.values("user")[: MAX_COUNTED_READERS + 1]
    states = ThreadUserState.objects.filter(thread=int_param("thread"), last_read_seq__gt=0, user__in=members)
    counts = RowCount(states.order_by().values("pk")), RowCount(members)
    return Course.objects.filter(pk=int_param("course")).order_by().values_list(*counts)


# In the order of the fields of PostRow.
POST_FIELDS = (
    "pk",
    "thread",
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
    "reply_to__thread",
    "reply_to__state",
    "reply_to__author_id",
    "reply_to__author__display_name",
    "reply_to__alias__name",
    "reply_to__by_staff",
    "moved_to_id",
    "is_thanked",
    "staff_role",
)


class PostRow(NamedTuple):
    """A post on a page; `is_thanked` says whether the reader has thanked its author. Held posts have no `seq`.
    `staff_role` is the role in the course of an author who posted as staff, None if they have left it.
    """

    pk: int
    thread: int
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
    reply_to_thread: int | None
    reply_to_state: str | None
    reply_to_author_id: int | None
    reply_to_author_name: str | None
    reply_to_alias_name: str | None
    reply_to_by_staff: bool | None
    moved_to_id: int | None
    is_thanked: bool
    staff_role: str | None


def posts_on_page(view: ThreadView, user: User, page: int, *, is_staff: bool) -> list[PostRow]:
    """Return the posts on a page by number; the first page of a question has its answer, too, wherever that is. One
    query, and another on the last page if there are held posts.
    """
    first, thread = (page - 1) * POSTS_PER_PAGE, view.thread
    last, answer = first + POSTS_PER_PAGE, view.answer_seq or 0
    params = {"user": user.pk, "thread": thread.pk, "first": first, "last": last, "answer": answer}
    rows = fetch_rows(_page_query, view.must_post_first, page == 1 and answer > last, **params)
    if view.has_held_posts and page == thread.last_page:
        held = _for_reader(user.pk).filter(thread=thread, seq=None)
        rows = [*rows, *(held if is_staff else held.filter(author=user)).order_by("pk").values_list(*POST_FIELDS)]
    return list(map(PostRow._make, rows))


def _page_query(must_post_first: bool, with_answer: bool) -> QuerySet:
    on_page = Q(seq__gt=int_param("first"), seq__lte=int_param("last"))
    if with_answer:
        on_page |= Q(seq=int_param("answer"))
    posts = _for_reader(int_param("user")).filter(on_page, thread=int_param("thread"))
    if must_post_first:
        posts = posts.filter(Q(by_staff=True) | Q(author=int_param("user")))
    return posts.order_by("seq").values_list(*POST_FIELDS)


def _for_reader(user: int) -> QuerySet:
    memberships = Membership.objects.active().filter(user=OuterRef("author"), course=OuterRef("thread__course"))
    return Post.objects.annotate(
        is_thanked=Exists(Thanks.objects.filter(post=OuterRef("pk"), user=user)),
        staff_role=Case(When(by_staff=True, then=Subquery(memberships.values("role")[:1]))),
    )
