"""What the staff inbox shows of a course besides what waits."""

from typing import NamedTuple

from django.db.models import QuerySet

from lessons.accounts.models import User
from lessons.courses.models import Course, Membership, ReadingGroup
from lessons.db.compiled_queries import fetch_rows, int_param
from lessons.db.json_rows import JSONRows, unpack_rows
from lessons.db.row_count import RowCount
from lessons.discussions.selectors.course_counts import CourseCounts, count_columns
from lessons.discussions.selectors.inbox import (
    MAX_QUESTIONS,
    QuestionRow,
    QuestionText,
    question_text_column,
    question_text_from_json,
    questions_column,
    questions_from_json,
)
from lessons.discussions.selectors.query_viewer import QueryViewer, course_placeholder, viewer_params


class InboxGroup(NamedTuple):
    """A group whose questions and posts can be shown alone."""

    pk: int
    name: str


class InboxCourse(NamedTuple):
    """The groups by name, the number of active learners, what the course bar counts, the questions that have waited
    longest, and the one that is open, None without questions.
    """

    groups: list[InboxGroup]
    learners: int
    counts: CourseCounts
    questions: list[QuestionRow]
    opened: QuestionText | None

    def group(self, pk: int) -> InboxGroup | None:
        return next((group for group in self.groups if group.pk == pk), None)


def inbox_course(course: Course, user: User, group: int = 0, question: int = 0) -> InboxCourse:
    """Return it for somebody on the staff: of all, or of a group. question: the id of the one that is open; otherwise
    it is the oldest. One query, and another if there is no such group, or no such question that the user may read.
    """
    viewer, params = QueryViewer.for_user(user, course.pk), viewer_params(user, course.pk)
    params |= {"filter_group": group, "question": question}
    rows = fetch_rows(_query, viewer, bool(group), bool(question), **params)
    if not rows:  # an id is larger than any
        return inbox_course(course, user)
    groups, learners, questions, opened, *counts = rows[0]
    found = InboxCourse(
        [InboxGroup(pk, name) for _key, pk, name in unpack_rows(groups)],
        learners,
        CourseCounts(*counts),
        questions_from_json(questions),
        question_text_from_json(opened),
    )
    if group and found.group(group) is None:
        return inbox_course(course, user, question=question)
    return inbox_course(course, user, group) if question and found.opened is None else found


def _query(viewer: QueryViewer, of_group: bool, is_chosen: bool) -> QuerySet:
    course = course_placeholder()
    learners = Membership.objects.active().filter(course=course, role=Membership.Role.LEARNER).order_by()
    groups = JSONRows(ReadingGroup.objects.filter(course=course), "key", "pk", "name")
    rows = Course.objects.filter(pk=int_param("course")).order_by()
    return rows.values_list(
        groups,
        RowCount(learners.values("pk")),
        questions_column(viewer, MAX_QUESTIONS, of_group=of_group),
        question_text_column(viewer, of_group=of_group, is_chosen=is_chosen),
        *count_columns(viewer),
    )
