"""What the filters of a course's list of topics say beside their names."""

from typing import NamedTuple

from django.db.models import QuerySet

from lessons.accounts.models import User
from lessons.courses.models import Course
from lessons.db.compiled_queries import fetch_rows, int_param
from lessons.db.row_count import RowCount
from lessons.discussions.models import Thread
from lessons.discussions.selectors.course_counts import CourseCounts, count_columns
from lessons.discussions.selectors.query_viewer import QueryViewer, course_placeholder, viewer_params
from lessons.discussions.selectors.thread_list import (
    IS_UNANSWERED,
    IS_UNREAD,
    MAX_COUNTED,
    UNREAD_WINDOW,
    forum_threads,
)


class TopicCounts(NamedTuple):
    """How many of the course's newest UNREAD_WINDOW topics are unread, and how many are unanswered questions, each up
    to MAX_COUNTED.
    """

    unread: int
    unanswered: int


def topic_counts(course: Course, user: User) -> tuple[CourseCounts, TopicCounts]:
    """Return what the course bar counts, and what the list of topics does. One query."""
    viewer = QueryViewer.for_user(user, course.pk)
    row = fetch_rows(_query, viewer, **viewer_params(user, course.pk))[0]
    return CourseCounts(*row[:-2]), TopicCounts(*row[-2:])


def _query(viewer: QueryViewer) -> QuerySet:
    newest = Thread.objects.filter(course=course_placeholder()).topics().order_by("-rank", "-pk").values("pk")
    topics = forum_threads(course_placeholder(), viewer.placeholder()).filter(pk__in=newest[:UNREAD_WINDOW])
    own = [
        RowCount(topics.filter(which).order_by().values("pk")[:MAX_COUNTED]) for which in (IS_UNREAD, IS_UNANSWERED)
    ]
    return Course.objects.filter(pk=int_param("course")).order_by().values_list(*count_columns(viewer), *own)
