"""The notes of a lesson as a list, for those who read without script, or want them all at once."""

from django.shortcuts import render
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _

from lessons.annotations.margin import places
from lessons.annotations.margin.cards import cards
from lessons.annotations.margin.here import Here, here
from lessons.annotations.models import Annotation, kinds_of


def notes(request, pk):
    """Fifty by their place in the text, with filters; from the note that is asked for on, if one is."""
    at, wish = here(request.user, pk), places.Wish.read(request.GET)
    before = _before(at, request.GET)
    found = places.page(at, request.user, wish, before)
    shown, more = found[: places.A_PAGE], found[places.A_PAGE :]
    gone = [] if more else places.gone(at, request.user, wish)[: places.A_PAGE]
    html = cards(at, request.user, [row[0] for row in shown])
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
        "is_begun": before != places.BEGINNING,
    }
    return render(request, "annotations/notes.html", context)


def _readers(at: Here) -> list[tuple[str, str]]:
    own = [("group", at.group)] if at.group else []
    return [("all", _("Everybody")), *own, ("mine", _("Mine"))]


def _before(at: Here, query) -> tuple[int, int]:
    """The place and id after which the page begins: `after`, or just before the note of `note`."""
    start, _dot, number = query.get("after", "").partition(".")
    if all(w.isascii() and w.isdigit() and len(w) < 10 for w in (start, number)):
        return int(start), int(number)
    wanted = query.get("note", "")
    if not (wanted.isascii() and wanted.isdigit() and len(wanted) < 19):
        return places.BEGINNING
    asked = Annotation.objects.filter(pk=wanted, placements__revision=at.revision)
    place = asked.values_list("placements__start", flat=True).first()
    return places.BEGINNING if place is None else (place, int(wanted) - 1)
