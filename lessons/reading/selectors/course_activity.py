"""What is new for a member in a course, for its home: one query for all of it."""

import uuid
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import NamedTuple

from django.db.models import BigIntegerField, F, FilteredRelation, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from lessons.accounts.avatars import avatar_hue, name_initials
from lessons.accounts.models import User
from lessons.courses.models import Course, Membership, ReadingGroup
from lessons.db.compiled_queries import fetch_rows, int_param
from lessons.db.json_rows import LatestJSONRows, parse_moment, unpack_rows
from lessons.discussions.identity import Identity, display_identity
from lessons.discussions.models import Post, Thread, ThreadUserState
from lessons.discussions.models.threads import display_title
from lessons.discussions.selectors.course_counts import CourseCounts, count_columns
from lessons.discussions.selectors.query_viewer import QueryViewer, course_placeholder, viewer_params
from lessons.discussions.selectors.thread_list import MAX_COUNTED, forum_threads, unread_threads
from lessons.participation.home import rule_rows

REPLY_THREADS, REPLY_POSTS = 20, 100
MAX_ANNOUNCEMENTS, MAX_UNREAD, MAX_REPLIES, MAX_TEACHERS = 2, 3, 3, 6
LATEST_FIRST = ("-rank", "-pk")
THREAD_COLUMNS = (
    "rank pk title quote excerpt author_id author__display_name alias__name created_at last_seq read_seq "
    "unread_tombstones must_post_first"
).split()
REPLY_COLUMNS = (
    "created_at pk thread__course_id author_id author__display_name alias__name thread__answer_id thread__author_id "
    "thread__kind thread__title thread__quote thread__excerpt"
).split()
TEACHER_COLUMNS = "pk role user_id user__display_name user__uid group__name".split()


class ThreadNews(NamedTuple):
    """A discussion with its author and how many of its posts are unread."""

    pk: int
    title: str
    excerpt: str
    author: Identity
    created_at: datetime
    unread_count: int


class Reply(NamedTuple):
    """An unread post by somebody else: an answer or a reply to the reader, or any post in a thread they began.

    `what` is `answered`, or what it replies to: `note`, `question`, `discussion` or `announcement` of the reader, and
    `replied` where the reader began none of it.
    """

    pk: int
    course: int
    author: Identity
    created_at: datetime
    what: str
    title: str


class Teacher(NamedTuple):
    name: str
    role: str
    uid: uuid.UUID
    group: str
    hue: int

    @property
    def initials(self) -> str:
        return name_initials(self.name)


class CourseActivity(NamedTuple):
    counts: CourseCounts
    group: str
    announcements: list[ThreadNews]
    unread: list[ThreadNews]
    replies: list[Reply]
    teachers: list[Teacher]
    participation_rules: str

    @property
    def unread_count(self) -> str:
        """Return how many conversations are unread besides the announcements shown; “100+” for more."""
        if self.counts.unread >= MAX_COUNTED:
            return f"{MAX_COUNTED}+"
        return str(self.counts.unread - sum(1 for thread in self.announcements if thread.unread_count) or "")


def course_activity(course: Course, user: User) -> CourseActivity:
    """Return what is new in the course for somebody who may discuss there. One query."""
    viewer = QueryViewer.for_user(user, course.pk)
    group, announcements, unread, replies, teachers, rules, *counts = fetch_rows(
        _query, viewer, **viewer_params(user, course.pk)
    )[0]
    latest = list(_threads(announcements, user.pk))
    shown = {thread.pk for thread in latest}
    return CourseActivity(
        CourseCounts(*counts),
        group or "",
        latest,
        [thread for thread in _threads(unread, user.pk) if thread.pk not in shown][:MAX_UNREAD],
        list(read_replies(replies, user.pk)),
        list(_teachers(teachers)),
        rules,
    )


def _query(viewer: QueryViewer):
    own_group = ReadingGroup.objects.filter(pk=int_param("group")).order_by()
    threads = forum_threads(course_placeholder(), viewer.placeholder()).filter(state=Thread.State.SHOWN)
    announcements = threads.filter(kind=Thread.Kind.ANNOUNCEMENT).order_by(*LATEST_FIRST)
    unread = unread_threads(viewer).order_by(*LATEST_FIRST)
    replies = unread_replies(viewer.placeholder(), [int_param("course")])
    columns = (
        Subquery(own_group.values("name")[:1]),
        LatestJSONRows(announcements, *THREAD_COLUMNS, limit=MAX_ANNOUNCEMENTS),
        LatestJSONRows(unread, *THREAD_COLUMNS, limit=MAX_UNREAD + MAX_ANNOUNCEMENTS),
        LatestJSONRows(replies.order_by("-created_at", "-pk"), *REPLY_COLUMNS, limit=MAX_REPLIES),
        LatestJSONRows(_staff(), *TEACHER_COLUMNS, limit=MAX_TEACHERS),
        rule_rows(course_placeholder(), viewer.placeholder()),
    )
    return Course.objects.filter(pk=int_param("course")).order_by().values_list(*columns, *count_columns(viewer))


def unread_replies(user: User, courses: Iterable[int]) -> QuerySet:
    """Return the unread posts of others that answer the user's posts or threads in the courses with these ids.

    Bounded, because every visit reads them: of the REPLY_THREADS latest threads with unread posts in which they have
    posted, the REPLY_POSTS latest posts. The database begins with the threads in which they have
    posted, which have an index: the course is compared with an expression, which has none.
    """
    states = ThreadUserState.objects.filter(user=user, has_posted=True, thread__last_seq__gt=F("last_read_seq"))
    states = states.alias(in_course=Coalesce("thread__course_id", 0, output_field=BigIntegerField()))
    states = states.filter(in_course__in=list(courses))
    latest = states.order_by("-thread__last_post_at", "-thread").values("pk")[:REPLY_THREADS]
    own_state = FilteredRelation("thread__user_states", condition=Q(thread__user_states__user=user))
    posts = Post.objects.visible_to(user).annotate(user_state=own_state)
    is_reply = Q(thread__author=user) | Q(reply_to__author=user)
    # Two conditions: PostgreSQL uses the first in the index of a thread's posts, before it reads the thread.
    is_unread = Q(seq__gt=F("user_state__last_read_seq")) & Q(seq__gt=F("thread__last_seq") - REPLY_POSTS)
    return posts.exclude(author=user).filter(is_reply, is_unread, thread__merged_into=None, user_state__in=latest)


def _staff():
    roles = [Membership.Role.ASSISTANT, Membership.Role.INSTRUCTOR]
    staff = Membership.objects.active().filter(course=int_param("course"), role__in=roles)
    return staff.order_by("-role", "pk")


def _threads(value: str, reader: int) -> Iterator[ThreadNews]:
    for row in reversed(unpack_rows(value)):
        _rank, pk, title, quote, excerpt, author, name, alias, created_at, last_seq, read_seq, tombstones, hidden = row
        identity = display_identity(author=author, name=name, alias=alias, reader=reader)
        unread = 0 if hidden else max(0, last_seq - read_seq - tombstones)
        yield ThreadNews(pk, display_title(title, quote, excerpt), excerpt, identity, parse_moment(created_at), unread)


def read_replies(value: str, reader: int) -> Iterator[Reply]:
    for row in reversed(unpack_rows(value)):
        created_at, pk, course, author, name, alias, answer, asked_by, kind, title, quote, excerpt = row
        identity = display_identity(author=author, name=name, alias=alias, reader=reader)
        own = ("note" if quote else kind) if asked_by == reader else "replied"
        what = "answered" if pk == answer else own
        yield Reply(pk, course, identity, parse_moment(created_at), what, display_title(title, quote, excerpt))


def _teachers(value: str) -> Iterator[Teacher]:
    rows = sorted(unpack_rows(value), key=lambda row: (row[1] != Membership.Role.INSTRUCTOR, row[0]))
    for _pk, role, user, name, uid, group in rows:
        yield Teacher(name, str(Membership.Role(role).label), uuid.UUID(uid), group or "", avatar_hue(user))
