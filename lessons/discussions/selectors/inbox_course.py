"""What the staff inbox shows of a course besides what waits."""

from typing import NamedTuple

from django.db.models import QuerySet

from lessons.accounts.models import User
from lessons.courses.models import Course, Membership, ReadingGroup
from lessons.db.compiled_queries import fetch_rows, int_param
from lessons.db.json_rows import JSONRows, unpack_rows
from lessons.db.row_count import RowCount
from lessons.discussions.selectors.course_counts import CourseCounts, count_columns
from lessons.discussions.selectors.query_viewer import QueryViewer, course_placeholder, viewer_params


class InboxGroup(NamedTuple):
    """A group whose questions and posts can be shown alone."""

    pk: int
    name: str


class InboxCourse(NamedTuple):
    """The groups by name, the number of active learners, and what the course bar counts."""

    groups: list[InboxGroup]
    learners: int
    counts: CourseCounts


def inbox_course(course: Course, user: User) -> InboxCourse:
    """Return it for somebody on the staff. One query."""
    viewer = QueryViewer.for_user(user, course.pk)
    groups, learners, *counts = fetch_rows(_query, viewer, **viewer_params(user, course.pk))[0]
    return InboxCourse(
        [InboxGroup(pk, name) for _key, pk, name in unpack_rows(groups)], learners, CourseCounts(*counts)
    )


def _query(viewer: QueryViewer) -> QuerySet:
    course = course_placeholder()
    learners = Membership.objects.active().filter(course=course, role=Membership.Role.LEARNER).order_by()
    groups = JSONRows(ReadingGroup.objects.filter(course=course), "key", "pk", "name")
    rows = Course.objects.filter(pk=int_param("course")).order_by()
    return rows.values_list(groups, RowCount(learners.values("pk")), *count_columns(viewer))
