"""The annotations of a lesson as a list, for those who read without script, or want all of them at once."""

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from lessons.accounts.models import User
from lessons.accounts.requests import AuthenticatedHttpRequest
from lessons.annotations.margin import positions
from lessons.annotations.margin.context import LessonContext, get_lesson_context
from lessons.annotations.margin.positions import AnnotationFilter, Position, group_highlights
from lessons.annotations.margin.rendering import render_cards
from lessons.annotations.models import labels_for
from lessons.db.ids import parse_id, parse_number
from lessons.db.pagination import Position as Cursor
from lessons.db.pagination import make_page
from lessons.markup.blocks import text_blocks
from lessons.models import Revision


def annotation_list(request: AuthenticatedHttpRequest, pk: int) -> HttpResponse:
    """Show a page in the order of the text, filtered; starting at the one whose id is `annotation`, if given. After
    the last come those whose passage is gone, a page at a time: `orphaned` is the id before the page.
    """
    user, context = request.user, get_lesson_context(request.user, pk)
    filters = AnnotationFilter.from_query(request.GET)
    after, orphaned_after = _start_after(context, user, request.GET), parse_number(request.GET.get("orphaned"))
    rows = positions.positions_page(context, user, filters, after) if orphaned_after is None else []
    page = make_page(rows, positions.PAGE_SIZE, lambda row: positions.KEYSET.format_cursor((row.start, row.pk)))
    rest = [] if page.next_cursor else positions.orphaned(context, user, filters, orphaned_after or 0)
    orphaned_page = make_page(rest, positions.PAGE_SIZE, lambda row: row.pk)
    shown, group_sizes = group_highlights(page.rows, _block_starts(context, page.rows))
    orphaned_ids = [row.pk for row in orphaned_page.rows]
    return render(
        request,
        "annotations/annotation_list.html",
        {
            "lesson_context": context,
            "lesson": context.lesson,
            "course": context.course,
            "filters": filters,
            "scopes": _scopes(context),
            "labels": labels_for(context.course),
            "cards": render_cards(context, user, shown, group_sizes, as_list=True),
            "orphaned_cards": render_cards(context, user, orphaned_ids, as_list=True) if orphaned_ids else "",
            "next": filters.query_string(after=page.next_cursor) if page.next_cursor else "",
            "next_orphaned": filters.query_string(orphaned=orphaned_page.next_cursor)
            if orphaned_page.next_cursor
            else "",
            "has_previous": after != positions.START or orphaned_after is not None,
        },
    )


def _block_starts(context: LessonContext, rows: list[Position]) -> list[int]:
    """Return where the blocks of the text begin, if there are highlights to group. One query then."""
    question = positions.HIGHLIGHT_ONLY | positions.QUESTION
    if sum(row.flags & question == question for row in rows) < 2:
        return []
    html = Revision.objects.values_list("html", flat=True).get(pk=context.revision)
    return [block.start for block in text_blocks(html)]


def _scopes(context: LessonContext) -> list[tuple[str, str]]:
    own = [("group", context.group)] if context.group else []
    return [("all", _("Everybody")), *own, ("mine", _("Mine"))]


def _start_after(context: LessonContext, user: User, query) -> Cursor:
    """Return the start and id after which the page begins: those of `after`, or just before the `annotation`, if the
    user may read it."""
    after = positions.KEYSET.parse_cursor(query.get("after"))
    if after:
        return after
    annotation = parse_id(query.get("annotation"))
    if not annotation:
        return positions.START
    placed = positions.visible_annotations(user, context.lesson.pk).filter(pk=annotation)
    placed = placed.filter(placements__revision=context.revision)
    start = placed.values_list("placements__start", flat=True).first()
    return positions.START if start is None else (start, annotation - 1)
