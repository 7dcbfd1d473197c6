"""The passage map of a lesson, and the confusion board of a course."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from lessons.accounts.requests import AuthenticatedHttpRequest
from lessons.insight import links
from lessons.insight.board import course_board, make_board
from lessons.insight.class_context import ClassContext, class_context
from lessons.insight.counted import FigureFilter
from lessons.insight.figures import people_text
from lessons.insight.lesson_map import InsightLesson, LessonMap, lesson_map
from lessons.insight.rendering import board_lines, check_lines, first_try, group_chips, label_chips, passage_table
from lessons.insight.views.access import filter_from, get_insight_course, get_insight_lesson
from lessons.permissions import can_edit_course

MAX_LESSON_ROWS, MAX_COURSE_ROWS = 10, 20


@require_safe
def lesson(request: AuthenticatedHttpRequest, pk: int) -> HttpResponse:
    """Show the map of a lesson, of its published revision or of an earlier one."""
    shown = get_insight_lesson(request.user, pk, request.GET)
    context = class_context(shown.course, request.user)
    filters = context.valid(filter_from(request.GET))
    found = lesson_map(shown, filters)
    return render(request, "insight/lesson.html", _lesson_context(request, shown, context, filters, found))


def _lesson_context(
    request: AuthenticatedHttpRequest,
    shown: InsightLesson,
    context: ClassContext,
    filters: FigureFilter,
    found: LessonMap,
) -> dict:
    course, can_edit = shown.course, can_edit_course(request.user, shown.course)
    board = make_board(found.candidates, context.dismissed, context.in_lecture, limit=MAX_LESSON_ROWS)
    learners = context.size(filters)
    revision = "" if shown.is_current else shown.shown.number
    return {
        "course": course,
        "lesson": shown,
        "course_counts": context.counts,
        "url": links.lesson_url(shown.pk, shown.slug),
        "edit_url": links.edit_url(shown.as_board_lesson()) if can_edit else "",
        "learners": learners,
        "found": found,
        "writers": people_text(found.writers),
        "first_try": first_try(found.checks),
        "rows": passage_table(shown, found, learners),
        "checks": check_lines(shown, found.checks),
        "board": board,
        "lines": board_lines(board.rows, course, context, can_edit=can_edit),
        "filters": filters,
        "groups": group_chips(context, filters, revision=revision),
        "labels": label_chips(context, filters, context.labels, revision=revision),
        "here": request.get_full_path(),
        "in_lecture": sum(lesson_pk == shown.pk for lesson_pk, _passage in context.in_lecture),
    }


@require_safe
def board(request: AuthenticatedHttpRequest, slug: str) -> HttpResponse:
    """Show the most confusing passages of the course or, with `?show=dismissed`, those that were dismissed."""
    course = get_insight_course(request.user, slug)
    context = class_context(course, request.user)
    filters = context.valid(filter_from(request.GET))
    shows_dismissed = request.GET.get("show") == "dismissed"
    found = course_board(course, context, filters, limit=MAX_COURSE_ROWS, shows_dismissed=shows_dismissed)
    page = {
        "course": course,
        "course_counts": context.counts,
        "board": found,
        "lines": board_lines(found.rows, course, context, can_edit=can_edit_course(request.user, course)),
        "learners": context.size(filters),
        "filters": filters,
        "groups": group_chips(context, filters),
        "shows_dismissed": shows_dismissed,
        "lecture_count": len(context.in_lecture),
        "here": request.get_full_path(),
    }
    return render(request, "insight/board.html", page)
