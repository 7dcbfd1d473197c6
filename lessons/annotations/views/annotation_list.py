"""The notes of a lesson as a list, for those who read without script, or want them all at once."""

from django.shortcuts import render
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _

from lessons.annotations.margin import positions
from lessons.annotations.margin.cards import render_cards
from lessons.annotations.margin.context import LessonContext, get_lesson_context
from lessons.annotations.margin.positions import group_highlights
from lessons.annotations.models import Annotation, labels_for
from lessons.db.ids import parse_id, parse_number
from lessons.db.pagination import Position, make_page
from lessons.markup.blocks import text_blocks
from lessons.models import Revision


def annotation_list(request, pk):
    """Fifty by their place in the text, with filters; from the note that is asked for on, if one is. Behind the last
    come those whose words are gone, fifty at a time: `gone` is the one after which they go on."""
    at, wish = get_lesson_context(request.user, pk), positions.AnnotationFilter.from_query(request.GET)
    before, gone_before = _start_after(at, request.GET), parse_number(request.GET.get("gone"))
    found = positions.positions_page(at, request.user, wish, before) if gone_before is None else []
    placed = make_page(found, positions.PAGE_SIZE, lambda row: positions.KEYSET.format_cursor((row[1], row[0])))
    lost = [] if placed.next_cursor else positions.orphaned(at, request.user, wish, gone_before or 0)
    gone = make_page(lost, positions.PAGE_SIZE, lambda row: row[0])
    html = render_cards(at, request.user, *group_highlights(placed.rows, _paragraphs(at, placed.rows)))
    lost_html = render_cards(at, request.user, [row[0] for row in gone.rows]) if gone.rows else []
    context = {
        "at": at,
        "lesson": at.lesson,
        "course": at.course,
        "wish": wish,
        "readers": _readers(at),
        "kinds": labels_for(at.course),
        "cards": [mark_safe(one) for one in html],
        "gone": [mark_safe(one) for one in lost_html],
        "later": wish.query_string(after=placed.next_cursor) if placed.next_cursor else "",
        "later_gone": wish.query_string(gone=gone.next_cursor) if gone.next_cursor else "",
        "is_begun": before != positions.START or gone_before is not None,
    }
    return render(request, "annotations/annotation_list.html", context)


def _paragraphs(at: LessonContext, rows: list[tuple]) -> list[int]:
    """Where the text's paragraphs begin, if several marks stand there to be folded. One query then."""
    shared = positions.HIGHLIGHT_ONLY | positions.ASKS
    if sum(row[4] & shared == shared for row in rows) < 2:
        return []
    html = Revision.objects.values_list("html", flat=True).get(pk=at.revision)
    return [block.start for block in text_blocks(html)]


def _readers(at: LessonContext) -> list[tuple[str, str]]:
    own = [("group", at.group)] if at.group else []
    return [("all", _("Everybody")), *own, ("mine", _("Mine"))]


def _start_after(at: LessonContext, query) -> Position:
    """The place and id after which the page begins: `after`, or just before the note of `note`."""
    after = positions.KEYSET.parse_cursor(query.get("after"))
    if after:
        return after
    wanted = parse_id(query.get("note"))
    if not wanted:
        return positions.START
    asked = Annotation.objects.filter(pk=wanted, placements__revision=at.revision)
    place = asked.values_list("placements__start", flat=True).first()
    return positions.START if place is None else (place, wanted - 1)
