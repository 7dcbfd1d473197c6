"""HTML of the course website that is joined or remembered rather than rendered from a template each time."""

from collections.abc import Mapping
from functools import lru_cache
from html import escape

from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from lessons.reading.selectors.outline import Outline, OutlineEntry


def outline_items(outline: Outline, here: int | None, notes: Mapping[int, int]) -> SafeString:
    """Return the entries as `<li>`, joined rather than rendered: an outline may be long and stands on every lesson.

    `here` is the id of the lesson on show, `notes` maps the id of a lesson to how many notes it has.
    """
    items = (_list_item(entry, entry.pk == here, notes.get(entry.pk, 0)) for entry in outline.entries)
    return mark_safe("".join(items))


def _list_item(entry: OutlineEntry, is_here: bool, notes: int) -> str:
    here = ' aria-current="page"' if is_here else ""
    state = _done_mark() if entry.completed_at else f'<span class="number">{entry.number}</span>'
    kind = f'<span class="aside">{escape(_("Case"))}</span>' if entry.is_case_study else ""
    count = _note_count(notes) if notes else ""
    return f'<li><a href="{entry.address}"{here}>{state}<bdi>{escape(entry.title)}</bdi>{kind}{count}</a></li>'


def _note_count(notes: int) -> str:
    words = ngettext("%(n)d note", "%(n)d notes", notes) % {"n": notes}
    return (
        f'<span class="annotation-count"><span aria-hidden="true">{notes}</span>'
        f'<span class="visually-hidden">{escape(words)}</span></span>'
    )


def _done_mark() -> str:
    return (
        f'<span class="done"><span aria-hidden="true">✓</span>'
        f'<span class="visually-hidden">{escape(_("Read:"))}</span></span>'
    )


def cached_fragment(template: str, **context) -> SafeString:
    """The template, rendered with nothing but `context`, remembered by it: its values must be hashable."""
    return _rendered(template, get_language(), **context)


@lru_cache(maxsize=2048)
def _rendered(template: str, _language: str, **context) -> SafeString:
    return render_to_string(template, context)
