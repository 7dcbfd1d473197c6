"""What all pages of insight show of a class: its learners and groups, its labels, and what staff decided already."""

from typing import NamedTuple

from django.db.models import OuterRef, QuerySet

from lessons.accounts.models import User
from lessons.annotations.models import DEFAULT_LABELS, HIGHLIGHT, CourseLabel
from lessons.courses.models import Course, Membership, ReadingGroup
from lessons.db.compiled_queries import fetch_rows, int_param
from lessons.db.json_rows import JSONRows, unpack_rows
from lessons.db.row_count import RowCount
from lessons.discussions.selectors.course_counts import CourseCounts, count_columns
from lessons.discussions.selectors.query_viewer import QueryViewer, viewer_params
from lessons.insight.counted import FEW, MIN_FOR_LABEL, FigureFilter, FilterShape, learners
from lessons.insight.models import DismissedPassage, LectureItem


class Group(NamedTuple):
    pk: int
    name: str
    learners: int


class ClassContext(NamedTuple):
    """The learners of a class, and what its staff decided.

    labels: their names by key. in_lecture: the passages of the lecture note, with their lesson. dismissed: for a
    lesson and a passage, what was the latest when it was dismissed.
    """

    counts: CourseCounts
    learners: int
    groups: tuple[Group, ...]
    labels: dict[str, str]
    in_lecture: tuple[tuple[int, str], ...]
    dismissed: dict[tuple[int, str], int]

    @property
    def filter_groups(self) -> list[Group]:
        """Return the groups to filter by: not those whose figures would tell of one to four people."""
        return [group for group in self.groups if group.learners >= FEW]

    def valid(self, filters: FigureFilter) -> FigureFilter:
        """Return the filter without what the class does not have, and by group alone where that is too small to filter
        by label, too.
        """
        group = next((group for group in self.filter_groups if group.pk == filters.group), None)
        label = filters.label if filters.label in self.labels else ""
        if group and group.learners < MIN_FOR_LABEL:
            label = ""
        return FigureFilter(group.pk if group else 0, label)

    def size(self, filters: FigureFilter) -> int:
        """Return how many learners there are in the group of the filter, or in all."""
        return next((group.learners for group in self.groups if group.pk == filters.group), self.learners)


def class_context(course: Course, user: User) -> ClassContext:
    """Return what the pages show of the class, to somebody on its staff. One query."""
    viewer = QueryViewer.for_user(user, course.pk)
    row = fetch_rows(_query, viewer, **viewer_params(user, course.pk))[0]
    unread, inbox, learner_count, groups, labels, items, dismissed = row
    return ClassContext(
        CourseCounts(unread, inbox),
        learner_count,
        tuple(Group(pk, name, size) for _key, pk, name, size in unpack_rows(groups)),
        _label_names(unpack_rows(labels)),
        tuple((lesson, passage) for lesson, passage in unpack_rows(items)),
        {(lesson, passage): latest for lesson, passage, latest in unpack_rows(dismissed)},
    )


def _label_names(own: list[list]) -> dict[str, str]:
    """Return the labels of notes that can count, as `labels_for` orders them. A highlight never counts."""
    names = {key: name for _position, _pk, key, name in own} or {one.key: str(one.name) for one in DEFAULT_LABELS}
    return {key: name for key, name in names.items() if key != HIGHLIGHT}


def _query(viewer: QueryViewer) -> QuerySet:
    course = int_param("course")
    unread, inbox = count_columns(viewer)
    everybody = learners(FilterShape())
    members = Membership.objects.active().filter(group=OuterRef("pk"), role=Membership.Role.LEARNER)
    groups = ReadingGroup.objects.filter(course=course).annotate(size=RowCount(members.order_by().values("pk")))
    columns = (
        unread,
        inbox,
        RowCount(everybody.values("pk")),
        JSONRows(groups, "key", "pk", "name", "size"),
        JSONRows(CourseLabel.objects.filter(course=course), "position", "pk", "key", "name"),
        JSONRows(LectureItem.objects.filter(lesson__module__course=course), "lesson", "passage"),
        JSONRows(DismissedPassage.objects.filter(lesson__module__course=course), "lesson", "passage", "latest"),
    )
    return Course.objects.filter(pk=course).order_by().values_list(*columns)
