"""What waits for a reader in a course, as every page of the course shows it in its bar."""

from typing import NamedTuple

from django.db.models.expressions import Combinable

from lessons.accounts.models import User
from lessons.courses.models import Course
from lessons.db.compiled_queries import fetch_rows, int_param
from lessons.db.row_count import RowCount
from lessons.discussions.selectors.inbox import inbox_columns
from lessons.discussions.selectors.query_viewer import QueryViewer, viewer_params
from lessons.discussions.selectors.thread_list import unread_thread_ids
from lessons.permissions import STAFF_ROLES, can_discuss


class CourseCounts(NamedTuple):
    """Unread conversations and, for staff, what their inbox holds."""

    unread: int = 0
    inbox: int = 0


def course_counts(course: Course, user: User) -> CourseCounts:
    """Return what the course bar counts for the user. One query; none for those who may not discuss."""
    if not can_discuss(user, course):
        return CourseCounts()
    viewer = QueryViewer.for_user(user, course.pk)
    return CourseCounts(*fetch_rows(_query, viewer, **viewer_params(user, course.pk))[0])


def count_columns(viewer: QueryViewer) -> tuple[RowCount | Combinable, ...]:
    """Return the fields of CourseCounts as columns of a compiled query, with the placeholders of `viewer_params`."""
    unread = RowCount(unread_thread_ids(viewer))
    if not (viewer.is_administrator or viewer.role in STAFF_ROLES):
        return (unread,)
    questions, posts = inbox_columns(viewer)
    return unread, questions + posts


def _query(viewer: QueryViewer):
    return Course.objects.filter(pk=int_param("course")).order_by().values_list(*count_columns(viewer))
