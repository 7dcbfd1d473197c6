"""What a course's list of topics can be filtered by."""

from typing import NamedTuple

from django.db.models import CharField, Count, F, OuterRef, QuerySet, Subquery, Value

from lessons.accounts.models import User
from lessons.courses.models import Course, ReadingGroup
from lessons.db.compiled_queries import fetch_rows, int_param
from lessons.discussions.models import Thread
from lessons.discussions.models.threads import IS_TOPIC
from lessons.discussions.selectors.query_viewer import QueryViewer, viewer_params
from lessons.models import Lesson, Module
from lessons.permissions import STAFF_ROLES


class FilterOption(NamedTuple):
    """A group or lesson to filter by: `what` is "group" or "lesson". `topic_count` is that of a lesson."""

    pk: int
    what: str
    name: str
    topic_count: int = 0


def filter_options(course: Course, user: User) -> list[FilterOption]:
    """Return the groups, and the lessons with topics, to filter by: staff get every group, a learner their own. One
    query.
    """
    rows = fetch_rows(_options_query, QueryViewer.for_user(user, course.pk), **viewer_params(user, course.pk))
    return [FilterOption(*row[:4]) for row in rows if row[3] is not None]


COLUMNS = ("pk", "what", "option_name", "topics", "module_position", "lesson_position", "sort_key")


def groups_to_filter_by(viewer: QueryViewer) -> QuerySet:
    """Return the groups by which the viewer may filter."""
    groups = ReadingGroup.objects.filter(course=int_param("course")).order_by()
    if viewer.is_administrator or viewer.role in STAFF_ROLES:
        return groups
    return groups.filter(pk=int_param("group"))


def _groups_query(viewer: QueryViewer) -> QuerySet:
    groups = groups_to_filter_by(viewer).annotate(
        what=Value("group", CharField()),
        option_name=F("name"),
        topics=Value(0),
        module_position=Value(0),
        lesson_position=Value(0),
        sort_key=F("key"),
    )
    return groups.values_list(*COLUMNS)


def _options_query(viewer: QueryViewer) -> QuerySet:
    """Return all lessons, those without topics, too: to leave them out, a database would count the topics twice."""
    topics = Thread.objects.filter(IS_TOPIC, lesson=OuterRef("pk"))
    topics = topics.visible_to(viewer.placeholder()).listed().order_by().values("lesson")
    lessons = Lesson.objects.published().filter(module__course=int_param("course"))
    lessons = lessons.exclude(module__state=Module.State.DRAFT).order_by()
    lessons = lessons.annotate(
        what=Value("lesson", CharField()),
        option_name=F("current_revision__title"),
        topics=Subquery(topics.annotate(number=Count("pk")).values("number")),
        module_position=F("module__position"),
        lesson_position=F("position"),
        sort_key=F("current_revision__title"),
    )
    options = _groups_query(viewer).union(lessons.values_list(*COLUMNS), all=True)
    return options.order_by("what", "module_position", "lesson_position", "sort_key", "pk")
