"""The courses of the library: how far the reader is in each, what is due, and what is new."""

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from django.contrib.auth.models import AnonymousUser
from django.db.models import Count, FilteredRelation, Max, OuterRef, Q, QuerySet, Subquery

from lessons.accounts.models import User
from lessons.courses.models import Course, Membership, ReadingGroup
from lessons.courses.models.active_memberships import ActiveMembership, active_memberships, set_memberships
from lessons.db.compiled_queries import fetch_rows, int_param
from lessons.db.json_rows import LatestJSONRows, unpack_rows
from lessons.db.row_count import RowCount
from lessons.discussions.models import Thread
from lessons.discussions.selectors.query_viewer import QueryViewer, group_param
from lessons.discussions.selectors.thread_list import MAX_COUNTED, forum_threads, is_in_window, only_unread
from lessons.models import Lesson
from lessons.practice.queue import ReviewDay, day_columns, day_params, due_count
from lessons.reading.links import lesson_url
from lessons.reading.selectors.course_activity import REPLY_COLUMNS, Reply, read_replies, unread_replies

# How many of a user's courses the library says news of, and how many due lessons and replies it reads.
MAX_COURSES, MAX_DUE, MAX_SHOWN_REPLIES = 20, 200, 20


class LessonCounts(NamedTuple):
    """How many lessons of a course the reader sees and has completed, and when they last opened one."""

    lessons: int = 0
    completed: int = 0
    last_seen_at: datetime | None = None


class LibraryLesson(NamedTuple):
    """A lesson that is due and that the reader has not completed."""

    pk: int
    slug: str
    course: int
    title: str
    due_at: datetime

    @property
    def url(self) -> str:
        return lesson_url(self.pk, self.slug)


class CourseNews(NamedTuple):
    """What a card says about one of the reader's own courses."""

    unread: int = 0
    group: str = ""
    instructors: tuple[str, ...] = ()
    replies: list[Reply] = []

    @property
    def unread_text(self) -> str:
        return f"{MAX_COUNTED}+" if self.unread >= MAX_COUNTED else str(self.unread)


def lesson_counts(reader: User | AnonymousUser) -> dict[int, LessonCounts]:
    """Map ids of courses to how many lessons the reader sees there. One query."""
    rows = fetch_rows(_counts_query, *_variant(reader), user=reader.pk)
    return {course: LessonCounts(*counts) for course, *counts in rows}


def due_lessons(reader: User) -> list[LibraryLesson]:
    """Return what is due in the reader's own courses and not completed, the earliest first. One query."""
    return list(map(LibraryLesson._make, fetch_rows(_due_query, *_variant(reader), user=reader.pk)))


class LibraryNews(NamedTuple):
    """What is new in the reader's own courses, by their ids, and how many cards they review today."""

    courses: dict[int, CourseNews]
    review_count: int


def library_news(reader: User, courses: Iterable[int], now: datetime) -> LibraryNews:
    """Return what is new in the reader's own courses, the first MAX_COURSES only, and what is due. One query."""
    memberships, own = active_memberships(reader), sorted(courses)[:MAX_COURSES]
    if not own:
        return LibraryNews({}, due_count(reader, now))
    params: dict[str, int | datetime | None] = {"user": reader.pk, **day_params(now)}
    for n, course in enumerate(own):
        params |= {f"course{n}": course, f"group{n}": group_param(memberships[course])}
    viewers = tuple(QueryViewer.for_user(reader, course) for course in own)
    rows = fetch_rows(_news_query, viewers, **params)
    replies = list(read_replies(rows[0][-1], reader.pk)) if rows else []
    news = {
        course: CourseNews(
            unread,
            group or "",
            tuple(name for _pk, name in unpack_rows(instructors)),
            [reply for reply in replies if reply.course == course],
        )
        for course, unread, group, instructors, *_shared in rows
    }
    day = ReviewDay(*rows[0][4:6]) if rows and not reader.learner_view else ReviewDay()
    return LibraryNews(news, day.left)


def _variant(reader: User | AnonymousUser) -> tuple:
    """Return the properties of the reader that change which lessons they see."""
    is_user = isinstance(reader, User)
    return is_user, reader.is_superuser, reader.learner_view if isinstance(reader, User) else None


def _lessons(is_user: bool, is_superuser: bool, learner_view: tuple[int, int | None] | None) -> QuerySet:
    if not is_user:
        return Lesson.objects.visible_to(AnonymousUser()).order_by()
    reader = User(pk=int_param("user"), is_superuser=is_superuser)
    reader.learner_view = learner_view
    own = FilteredRelation("progress", condition=Q(progress__user=reader.pk))
    return Lesson.objects.visible_to(reader).order_by().annotate(own=own)


def _counts_query(is_user: bool, *variant) -> QuerySet:
    lessons = _lessons(is_user, *variant).values("module__course")
    own = (Count("own__completed_at"), Max("own__seen_at")) if is_user else ()
    return lessons.values_list("module__course", Count("pk"), *own)


def _due_query(*variant) -> QuerySet:
    lessons = _lessons(*variant).filter(due_at__isnull=False, own__completed_at=None, membership_role__isnull=False)
    lessons = lessons.filter(module__course__closed_at=None).order_by("due_at", "pk")
    return lessons.values_list("pk", "slug", "module__course", "current_revision__title", "due_at")[:MAX_DUE]


def _news_query(viewers: tuple[QueryViewer, ...]) -> QuerySet:
    user, course = _placeholder(viewers), OuterRef("pk")
    in_window = is_in_window(Thread.objects.filter(course=OuterRef(OuterRef("pk"))))
    unread = only_unread(forum_threads(course, user).filter(in_window))
    own_group = ReadingGroup.objects.filter(course=course, memberships__user=user, memberships__state="active")
    staff = Membership.objects.active().filter(course=course, role=Membership.Role.INSTRUCTOR).order_by("pk")
    courses = [int_param(f"course{n}") for n in range(len(viewers))]
    replies = unread_replies(user, courses).order_by("-created_at", "-pk")
    own = Course.objects.filter(pk__in=courses).order_by()
    return own.values_list(
        "pk",
        RowCount(unread.order_by().values("pk")[:MAX_COUNTED]),
        Subquery(own_group.order_by().values("name")[:1]),
        LatestJSONRows(staff, "pk", "user__display_name", limit=2),
        *day_columns(User(pk=user.pk, is_superuser=user.is_superuser)),
        LatestJSONRows(replies, *REPLY_COLUMNS, limit=MAX_SHOWN_REPLIES),
    )


def _placeholder(viewers: tuple[QueryViewer, ...]) -> User:
    """Return a user with placeholders for their id and their memberships."""
    user = User(pk=int_param("user"), is_superuser=viewers[0].is_administrator)
    memberships = {
        int_param(f"course{n}"): ActiveMembership(viewer.role or "", int_param(f"group{n}"))
        for n, viewer in enumerate(viewers)
    }
    set_memberships(user, memberships)
    return user
