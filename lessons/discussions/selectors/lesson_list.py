"""What the list of a lesson's discussions says beside its threads."""

from typing import NamedTuple

from django.db.models import Exists, QuerySet

from lessons.accounts.models import User
from lessons.courses.models import Course
from lessons.db.compiled_queries import fetch_rows, int_param
from lessons.discussions.models import Follow, Participation
from lessons.discussions.selectors.course_counts import CourseCounts, count_columns
from lessons.discussions.selectors.query_viewer import QueryViewer, viewer_params


class LessonListState(NamedTuple):
    """Whether the reader follows the lesson, and whether they have posted there."""

    is_following: bool
    has_posted: bool


def lesson_list_state(course: Course, lesson: int, user: User) -> tuple[CourseCounts, LessonListState]:
    """Return what the course bar counts, and what the list says. One query besides that for memberships."""
    viewer, params = QueryViewer.for_user(user, course.pk), viewer_params(user, course.pk)
    following, posted, *counts = fetch_rows(_query, viewer, lesson=lesson, **params)[0]
    return CourseCounts(*counts), LessonListState(following, posted)


def _query(viewer: QueryViewer) -> QuerySet:
    here = {"user": int_param("user"), "lesson": int_param("lesson")}
    columns = (Exists(Follow.objects.filter(**here)), Exists(Participation.objects.filter(**here)))
    return Course.objects.filter(pk=int_param("course")).order_by().values_list(*columns, *count_columns(viewer))
