"""What a course's lists of discussions say beside the names of their tabs and filters."""

from typing import NamedTuple

from django.db.models import QuerySet, Value
from django.db.models.functions import Coalesce

from lessons.accounts.models import User
from lessons.courses.models import Course
from lessons.db.compiled_queries import fetch_rows, int_param
from lessons.db.row_count import RowCount
from lessons.discussions.models import Thread
from lessons.discussions.models.threads import IS_TOPIC
from lessons.discussions.selectors.course_counts import CourseCounts, count_columns
from lessons.discussions.selectors.query_viewer import QueryViewer, course_placeholder, viewer_params
from lessons.discussions.selectors.thread_list import (
    IS_UNANSWERED,
    IS_UNREAD,
    MAX_COUNTED,
    forum_threads,
    is_in_window,
)


class ListCounts(NamedTuple):
    """How many of the course's newest UNREAD_WINDOW topics are unread, how many are unanswered questions, and how many
    of its newest UNREAD_WINDOW threads are unread notes; each up to MAX_COUNTED.
    """

    unread_topics: int
    unanswered_topics: int
    unread_notes: int


def list_counts(course: Course, user: User) -> tuple[CourseCounts, ListCounts]:
    """Return what the course bar counts, and what the lists do. One query."""
    viewer = QueryViewer.for_user(user, course.pk)
    row = fetch_rows(_query, viewer, **viewer_params(user, course.pk))[0]
    return CourseCounts(*row[:-3]), ListCounts(*row[-3:])


def _query(viewer: QueryViewer) -> QuerySet:
    threads = forum_threads(course_placeholder(), viewer.placeholder()).order_by()
    of_course = Thread.objects.filter(course=course_placeholder())
    topics = threads.filter(IS_TOPIC, is_in_window(of_course.filter(IS_TOPIC)))
    # As an expression, which has no index, so that the database reads the newest threads and not all notes.
    notes = threads.alias(anchor=Coalesce("lesson_anchor", Value(""))).filter(anchor__gt="")
    notes = notes.filter(is_in_window(of_course))
    counted = [topics.filter(IS_UNREAD), topics.filter(IS_UNANSWERED), notes.filter(IS_UNREAD)]
    columns = [*count_columns(viewer), *(RowCount(rows.values("pk")[:MAX_COUNTED]) for rows in counted)]
    return Course.objects.filter(pk=int_param("course")).order_by().values_list(*columns)
