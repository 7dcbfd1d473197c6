"""What all pages of insight show of a class: its learners and groups, its labels, and what staff decided already."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from django.db.models import OuterRef, QuerySet

from lessons.accounts.models import User
from lessons.annotations.models import DEFAULT_LABELS, HIGHLIGHT, CourseLabel, Label
from lessons.courses.models import Course, Membership, ReadingGroup
from lessons.db.compiled_queries import fetch_rows, int_param
from lessons.db.json_rows import JSONRows, unpack_rows
from lessons.db.row_count import RowCount
from lessons.discussions.selectors.course_counts import CourseCounts, count_columns
from lessons.discussions.selectors.query_viewer import QueryViewer, viewer_params
from lessons.insight.counted import FEW, MIN_FOR_LABEL, FigureFilter, FilterShape, learners
from lessons.insight.dismissals import Dismissed, dismissed_column, unpack_dismissed
from lessons.insight.models import LectureItem
from lessons.models import Lesson


class Group(NamedTuple):
    pk: int
    name: str
    learners: int


@dataclass(frozen=True)
class ClassContext:
    """The learners of a class, and what its staff decided.

    labels: their names by key. question_labels: the keys of those that are questions. in_lecture: the passages of the
    lecture note, with their lesson, while readers see that. dismissed: by lesson and passage.
    """

    counts: CourseCounts
    learners: int
    groups: tuple[Group, ...]
    labels: dict[str, str]
    question_labels: tuple[str, ...]
    in_lecture: tuple[tuple[int, str], ...]
    dismissed: Dismissed

    @cached_property
    def filter_groups(self) -> dict[int, Group]:
        """Return the groups to filter by, by their ids: none whose figures would tell of one to four people, nor all
        but so many.
        """
        return self._groups_of(FEW)

    @cached_property
    def label_groups(self) -> dict[int, Group]:
        """Return the groups to filter by together with a label: those of MIN_FOR_LABEL learners, beside as many."""
        return self._groups_of(MIN_FOR_LABEL)

    def _groups_of(self, size: int) -> dict[int, Group]:
        """Return the groups of `size` learners or more. If fewer are in none of these, whoever subtracted all groups
        from the class would have their figures: the smallest groups are left out until they are enough, too.
        """
        smallest_first = sorted(self.groups, key=lambda group: group.learners)
        left_out = {group.pk for group in smallest_first if group.learners < size}
        others = self.learners - sum(group.learners for group in smallest_first if group.pk not in left_out)
        for group in smallest_first[len(left_out) :]:
            if not 0 < others < size:
                break
            others += group.learners
            left_out.add(group.pk)
        return {group.pk: group for group in self.groups if group.pk not in left_out}

    def valid(self, filters: FigureFilter) -> FigureFilter:
        """Return the filter without what the class does not have, and by group alone where that is too small to filter
        by label, too.
        """
        group = filters.group if filters.group in self.filter_groups else 0
        label = filters.label if filters.label in self.labels and self.tells_labels(group) else ""
        return FigureFilter(group, label)

    def tells_labels(self, group: int) -> bool:
        """Return whether figures by label are shown of a group, or of all for 0."""
        return not group or group in self.label_groups

    def size(self, filters: FigureFilter) -> int:
        """Return how many learners there are in the group of the filter, or in all."""
        return next((group.learners for group in self.groups if group.pk == filters.group), self.learners)


def class_context(course: Course, user: User) -> ClassContext:
    """Return what the pages show of the class, to somebody on its staff. One query."""
    return context_with(course, user, _no_columns)[0]


def context_with(
    course: Course, user: User, columns: Callable[..., tuple], *variant: object, **params: object
) -> tuple[ClassContext, list]:
    """Return the context, and the values of further columns of the course, in the same query.

    columns, variant: a function that returns the columns, and its arguments. params: values of their placeholders.
    """
    viewer = QueryViewer.for_user(user, course.pk)
    row = fetch_rows(_query, viewer, columns, *variant, **viewer_params(user, course.pk), **params)[0]
    unread, inbox, learner_count, groups, labels, items, dismissed, *more = row
    offered = _labels(unpack_rows(labels))
    context = ClassContext(
        CourseCounts(unread, inbox),
        learner_count,
        tuple(Group(pk, name, size) for _key, pk, name, size in unpack_rows(groups)),
        {label.key: str(label.name) for label in offered},
        tuple(label.key for label in offered if label.is_question),
        tuple((lesson, passage) for lesson, passage in unpack_rows(items)),
        unpack_dismissed(dismissed),
    )
    return context, more


def _no_columns() -> tuple:
    return ()


def _labels(own: list[list]) -> list[Label]:
    """Return the labels of notes that can count, as `labels_for` orders them. A highlight never counts."""
    labels = [Label(*columns) for _position, _pk, *columns in own] or DEFAULT_LABELS
    return [label for label in labels if label.key != HIGHLIGHT]


def _query(viewer: QueryViewer, more: Callable[..., tuple], *variant: object) -> QuerySet:
    course = int_param("course")
    unread, inbox = count_columns(viewer)
    everybody = learners(FilterShape())
    members = Membership.objects.active().filter(group=OuterRef("pk"), role=Membership.Role.LEARNER)
    published = Lesson.objects.published().filter(module__course=course).order_by()
    groups = ReadingGroup.objects.filter(course=course).annotate(size=RowCount(members.order_by().values("pk")))
    columns = (
        unread,
        inbox,
        RowCount(everybody.values("pk")),
        JSONRows(groups, "key", "pk", "name", "size"),
        JSONRows(CourseLabel.objects.filter(course=course), "position", "pk", "key", "name", "is_question"),
        JSONRows(LectureItem.objects.filter(lesson__in=published.values("pk")), "lesson", "passage"),
        dismissed_column(),
        *more(*variant),
    )
    return Course.objects.filter(pk=course).order_by().values_list(*columns)
