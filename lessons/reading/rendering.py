"""HTML of the course website that row templates render, or that is rendered once and cached."""

from collections.abc import Mapping, Sequence
from functools import lru_cache

from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.timezone import get_current_timezone_name
from django.utils.translation import get_language

from lessons.courses.due_dates import DueDate
from lessons.markup.row_templates import render_rows
from lessons.reading.enrichment import Heading
from lessons.reading.selectors.outline import Outline


def outline_items(
    outline: Outline,
    current_pk: int,
    headings: Sequence[Heading],
    annotation_counts: Mapping[int, int],
    dues: Mapping[int, DueDate],
) -> SafeString:
    """Return the outline's entries as `<li>`: an outline may be long, and every lesson page has one.

    `current_pk` is the id of the lesson being read, which has `headings`; `annotation_counts` maps ids of lessons to
    their number of notes, `dues` to when they are due.
    """
    rows = [(entry, annotation_counts.get(entry.pk, 0), dues.get(entry.pk)) for entry in outline.entries]
    return render_rows("reading/outline.html", rows=rows, current_pk=current_pk, headings=headings)


def cached_fragment(template: str, **context) -> SafeString:
    """Return the template rendered with `context` alone, cached by its values, which must be hashable.

    It shows dates in the reader's time zone, and is cached for each.
    """
    return _render_fragment(template, get_language(), get_current_timezone_name(), **context)


@lru_cache(maxsize=2048)
def _render_fragment(template: str, _language: str, _time_zone: str, **context) -> SafeString:
    return render_to_string(template, context)
