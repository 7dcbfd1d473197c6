"""The notes of a lesson as a list, for those who read without script, or want them all at once."""

from django.shortcuts import render
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _

from lessons.annotations.margin import positions
from lessons.annotations.margin.cards import cards
from lessons.annotations.margin.context import Here, here
from lessons.annotations.margin.positions import folded
from lessons.annotations.models import Annotation, kinds_of
from lessons.markup.blocks import blocks
from lessons.models import Revision


def notes(request, pk):
    """Fifty by their place in the text, with filters; from the note that is asked for on, if one is. Behind the last
    come those whose words are gone, fifty at a time: `gone` is the one after which they go on."""
    at, wish = here(request.user, pk), positions.Wish.read(request.GET)
    before, gone_before = _before(at, request.GET), _number(request.GET.get("gone", ""))
    found = positions.page(at, request.user, wish, before) if gone_before is None else []
    shown, more = found[: positions.A_PAGE], found[positions.A_PAGE :]
    lost = [] if more else positions.gone(at, request.user, wish, gone_before or 0)
    gone, more_gone = lost[: positions.A_PAGE], lost[positions.A_PAGE :]
    html = cards(at, request.user, *folded(shown, _paragraphs(at, shown)))
    context = {
        "at": at,
        "lesson": at.lesson,
        "course": at.course,
        "wish": wish,
        "readers": _readers(at),
        "kinds": kinds_of(at.course),
        "cards": [mark_safe(one) for one in html],
        "gone": [mark_safe(one) for one in cards(at, request.user, [row[0] for row in gone])] if gone else [],
        "later": wish.address(after=f"{shown[-1][1]}.{shown[-1][0]}") if more else "",
        "later_gone": wish.address(gone=gone[-1][0]) if more_gone else "",
        "is_begun": before != positions.BEGINNING or gone_before is not None,
    }
    return render(request, "annotations/annotation_list.html", context)


def _paragraphs(at: Here, rows: list[tuple]) -> list[int]:
    """Where the text's paragraphs begin, if several marks stand there to be folded. One query then."""
    shared = positions.BARE | positions.ASKS
    if sum(row[4] & shared == shared for row in rows) < 2:
        return []
    html = Revision.objects.values_list("html", flat=True).get(pk=at.revision)
    return [block.start for block in blocks(html)]


def _readers(at: Here) -> list[tuple[str, str]]:
    own = [("group", at.group)] if at.group else []
    return [("all", _("Everybody")), *own, ("mine", _("Mine"))]


def _before(at: Here, query) -> tuple[int, int]:
    """The place and id after which the page begins: `after`, or just before the note of `note`."""
    start, _dot, number = query.get("after", "").partition(".")
    if all(w.isascii() and w.isdigit() and len(w) < 10 for w in (start, number)):
        return int(start), int(number)
    wanted = _number(query.get("note", ""))
    if wanted is None:
        return positions.BEGINNING
    asked = Annotation.objects.filter(pk=wanted, placements__revision=at.revision)
    place = asked.values_list("placements__start", flat=True).first()
    return positions.BEGINNING if place is None else (place, wanted - 1)


def _number(words: str) -> int | None:
    return int(words) if words.isascii() and words.isdigit() and len(words) < 19 else None
