"""Where a reader stopped in a lesson."""

from collections.abc import Sequence
from functools import lru_cache

from lessons.models import Revision
from lessons.reading.enrichment import Heading, enrich
from lessons.reading.selectors.outline import OutlineEntry

# Nearer to either end of the text, in thousandths, no heading says where one stopped.
RESUME_MARGIN = 40


def resume_heading(entry: OutlineEntry | None, headings: Sequence[Heading] | None = None) -> Heading | None:
    """Return the last heading before the reader's position in the lesson; None if it is too close to either end.

    `headings` are those of the lesson, if the caller knows them; otherwise one query, if no page of this process has
    needed them yet.
    """
    position = entry.position or 0 if entry else 0
    if entry is None or not RESUME_MARGIN < position < 1000 - RESUME_MARGIN:
        return None
    if headings is None:
        headings = _headings(entry.pk, entry.sha256)
    return next((heading for heading in reversed(headings) if heading.position <= position), None)


@lru_cache(maxsize=1024)
def _headings(lesson: int, sha256: str) -> tuple[Heading, ...]:
    """Return the headings of a text, which its digest identifies. One query."""
    html = Revision.objects.filter(lesson=lesson, sha256=sha256).values_list("html", flat=True).first()
    return enrich(html or "", ()).headings
