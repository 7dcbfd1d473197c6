"""The passage map of a lesson, and the confusion board of a course."""

from hashlib import blake2b
from typing import NamedTuple

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from lessons.accounts.requests import AuthenticatedHttpRequest
from lessons.db.pagination import Page
from lessons.discussions.kept import LARGE_CLASS, is_large, kept
from lessons.discussions.rendering.page_etag import page_etag, render_unless_known
from lessons.insight import links
from lessons.insight.board import Board, Candidates, course_board, make_board
from lessons.insight.class_context import ClassContext, class_context, context_with
from lessons.insight.counted import FigureFilter
from lessons.insight.figures import people_text
from lessons.insight.learner_rows import IN_PANEL, LearnerRow, learner_rows, panel_columns, panel_rows
from lessons.insight.lesson_map import InsightLesson, LessonMap, lesson_map
from lessons.insight.rendering import (
    board_lines,
    check_lines,
    filter_chips,
    first_try,
    group_chips,
    label_chips,
    learner_table,
    passage_table,
    render_board,
)
from lessons.insight.views.access import filter_from, get_insight_course, get_insight_lesson
from lessons.permissions import can_edit_course

FIRST_ROWS, MAX_ROWS = 10, 100


@require_safe
def lesson(request: AuthenticatedHttpRequest, pk: int) -> HttpResponse:
    """Show the map of a lesson, of its published revision or of an earlier one."""
    shown = get_insight_lesson(request.user, pk, request.GET)
    course = shown.course
    context, filters, beside = _with_learners(request, shown)
    shown_map = _shown_map(shown, filters, context)
    left_out = context.dismissed, filters
    board = make_board(shown_map.found.candidates, *left_out, context.in_lecture, limit=_limit(request))
    page = LessonPage(shown, context, filters, shown_map, board, beside, can_edit_course(request.user, course))
    course_values = (course.title, course.slug, course.language, course.closed_at)
    etag = page_etag(request, request.get_full_path(), course_values, page.shown_values)
    return render_unless_known(
        request, etag, lambda: render(request, "insight/lesson.html", _lesson_context(request, page))
    )


class ShownMap(NamedTuple):
    """The map, and its rows as they are shown; None if they are not rendered yet. digest: of both, empty likewise."""

    found: LessonMap
    rows: SafeString | None = None
    digest: str = ""

    @property
    def shown_values(self) -> object:
        """Return what the ETag of a page is of: of the candidates, only those on the board are shown."""
        return self.digest or self.found._replace(candidates=Candidates([], 0))


def _shown_map(lesson: InsightLesson, filters: FigureFilter, context: ClassContext) -> ShownMap:
    """Return the map. That of a large class is kept with its rows as they are shown, instead of their figures; of a
    small one they are rendered when it is known that the reader does not have the page.
    """
    if not is_large(context.learners):
        return ShownMap(lesson_map(lesson, filters))

    def count() -> ShownMap:
        found = lesson_map(lesson, filters)
        rows = passage_table(lesson, found, context.size(filters))
        kept_map = ShownMap(found._replace(sections=[]), rows)
        shown = repr((kept_map.shown_values, str(rows))).encode(errors="surrogatepass")
        return kept_map._replace(digest=blake2b(shown, digest_size=16).hexdigest())

    key = f"insight-map-{lesson.shown.pk}-{filters.group}-{filters.label}-{get_language()}"
    return kept(key, context.learners, count)


def _with_learners(
    request: AuthenticatedHttpRequest, lesson: InsightLesson
) -> tuple[ClassContext, FigureFilter, Page[LearnerRow] | None]:
    """Return the class, the filter, and the first learners; None beside an earlier revision. One query, and another
    for a group that the class does not have.
    """
    course, asked = lesson.course, filter_from(request.GET)
    if not lesson.is_current:
        context = class_context(course, request.user)
        return context, context.valid(asked), None
    params = {"lesson": lesson.pk, "filter_group": asked.group}
    context, columns = context_with(course, request.user, panel_columns, bool(asked.group), **params)
    filters = context.valid(asked)
    if filters.group != asked.group:
        return context, filters, learner_rows(lesson, filters, limit=IN_PANEL)
    return context, filters, panel_rows(lesson, *columns)


class LessonPage(NamedTuple):
    """What the page of a lesson shows. beside: the first learners, None beside an earlier revision."""

    lesson: InsightLesson
    context: ClassContext
    filters: FigureFilter
    shown_map: ShownMap
    board: Board
    beside: Page[LearnerRow] | None
    can_edit: bool

    @property
    def shown_values(self) -> tuple:
        """Return what its ETag is of."""
        lesson, context, filters, shown_map, *others = self
        return lesson, context, filters, shown_map.shown_values, *others


def _limit(request: AuthenticatedHttpRequest) -> int:
    return MAX_ROWS if "more" in request.GET else FIRST_ROWS


def _lesson_context(request: AuthenticatedHttpRequest, page: LessonPage) -> dict:
    shown, context, filters, (found, rows, _digest), board, beside, can_edit = page
    course = shown.course
    learners = context.size(filters)
    revision = "" if shown.is_current else shown.shown.number
    lines = board_lines(board.rows, course, context, filters=filters, can_edit=can_edit, by_revision=found.by_revision)
    can_decide = shown.is_current and shown.is_published and not course.is_closed
    return {
        "course": course,
        "lesson": shown,
        "course_counts": context.counts,
        "url": links.lesson_url(shown.pk, shown.slug),
        "edit_url": links.edit_url(shown.as_board_lesson()) if can_edit else "",
        "learners": learners,
        "found": found,
        "is_large": context.learners > LARGE_CLASS,
        "writers": people_text(found.notes.writers),
        "first_try": first_try(found.checks),
        "rows": passage_table(shown, found, learners) if rows is None else rows,
        "checks": check_lines(shown, found.checks),
        "board": board,
        "is_earlier": not shown.is_current,
        "is_hidden": not shown.is_published,
        "lines": lines,
        "board_rows": render_board(request, lines, filters, can_decide=can_decide),
        "filters": filters,
        "dismissed_query": links.query_string(filters, show="dismissed"),
        "groups": filter_chips(_("Whose notes"), group_chips(context, filters, revision=revision)),
        "labels": filter_chips(_("Which notes"), label_chips(context, filters, context.labels, revision=revision)),
        "learner_rows": learner_table(shown, beside.rows) if beside else "",
        "learner_count": len(beside.rows) if beside else 0,
        "check_count": len(shown.checks),
        "all_learners": links.query_string(filters._replace(label="")) if beside and beside.next_cursor else "",
        "more": links.query_string(filters, revision=revision, more=1),
        "in_lecture": sum(lesson_pk == shown.pk for lesson_pk, _passage in context.in_lecture),
    }


@require_safe
def board(request: AuthenticatedHttpRequest, slug: str) -> HttpResponse:
    """Show the most confusing passages of the course or, with `?show=dismissed`, those that were dismissed."""
    course = get_insight_course(request.user, slug)
    context = class_context(course, request.user)
    filters = context.valid(filter_from(request.GET))
    show = "dismissed" if request.GET.get("show") == "dismissed" else ""
    shows_dismissed = bool(show)
    found = course_board(
        course,
        context,
        filters,
        limit=_limit(request),
        shows_dismissed=shows_dismissed,
    )
    lines = board_lines(found.rows, course, context, filters=filters, can_edit=can_edit_course(request.user, course))
    page = {
        "course": course,
        "course_counts": context.counts,
        "board": found,
        "is_large": context.learners > LARGE_CLASS,
        "lines": lines,
        "rows": render_board(
            request,
            lines,
            filters,
            can_decide=not course.is_closed,
            with_lesson=True,
            shows_dismissed=shows_dismissed,
        ),
        "learners": context.size(filters),
        "filters": filters,
        "filter_query": links.query_string(filters),
        "dismissed_query": links.query_string(filters, show="dismissed"),
        "groups": filter_chips(_("Whose notes"), group_chips(context, filters, show=show)),
        "labels": filter_chips(_("Which notes"), label_chips(context, filters, context.question_labels, show=show)),
        "shows_dismissed": shows_dismissed,
        "more": links.query_string(filters, show=show, more=1),
        "lecture_count": len(context.in_lecture),
    }
    return render(request, "insight/board.html", page)
