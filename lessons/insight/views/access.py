"""Fetch what a page of insight is about, for the course's staff; for all others it does not exist."""

from django.http import Http404, QueryDict
from django.shortcuts import get_object_or_404

from lessons.accounts.models import User
from lessons.courses.course_by_slug import get_any_course
from lessons.courses.models import Course
from lessons.db.ids import parse_id, parse_number
from lessons.insight.counted import FigureFilter
from lessons.insight.lesson_map import InsightLesson, insight_lesson
from lessons.models import Lesson
from lessons.permissions import can_view_insight


def get_insight_course(user: User, slug: str) -> Course:
    """Return the course, or raise Http404. Two queries with the memberships."""
    course = get_any_course(slug)
    if not can_view_insight(user, course):
        raise Http404
    return course


def get_insight_lesson(user: User, pk: int, query: QueryDict) -> InsightLesson:
    """Return the lesson with the revision that the query names, or raise Http404. Two queries with the memberships."""
    number = parse_number(query["revision"]) if query.get("revision") else 0
    if number is None:
        raise Http404
    lesson = insight_lesson(pk, number)
    if not can_view_insight(user, lesson.course):
        raise Http404
    return lesson


def get_lesson_to_decide(user: User, pk: int) -> Lesson:
    """Return a lesson about whose passages the user may decide, with its course, or raise Http404."""
    lesson = get_object_or_404(Lesson.objects.select_related("module__course", "current_revision"), pk=pk)
    if not can_view_insight(user, lesson.module.course):
        raise Http404
    return lesson


def filter_from(query: QueryDict) -> FigureFilter:
    """Return the filter that a query names; `ClassContext.valid` makes it one of the class."""
    return FigureFilter(parse_id(query.get("group")), query.get("label", "")[:20])
