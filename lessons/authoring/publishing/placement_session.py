"""Placements of notes that an instructor chose by hand before publishing, kept in the session.

They are stored as quotes with their context, so that they stay valid while other parts of the draft change.
"""

from lessons.annotations.passages import Passage, PassageNotFound, PassageTooLong, locate_passage
from lessons.authoring.publishing.passage_search import Span
from lessons.models import Lesson, Revision


def load_placements(session, lesson: Lesson, text: str) -> tuple[dict[int, Span | None], int]:
    """Return the placements that fit the draft's `text`, by annotation id, and how many no longer fit.

    The value is None for an annotation that is to stay without a passage.
    """
    return spans_in_text(stored_placements(session, lesson), text)


def stored_placements(session, lesson: Lesson) -> dict[str, dict | None]:
    """Return the placements as they are stored: selectors by the annotation's id, which is text, as in JSON."""
    return session.get(_session_key(lesson), {})


def spans_in_text(stored: dict[str, dict | None], text: str) -> tuple[dict[int, Span | None], int]:
    """Return the stored placements that fit the text, and how many do not, as `load_placements` does."""
    draft, placements, outdated = Revision(text=text), {}, 0
    for annotation_id, selector in stored.items():
        try:
            passage = locate_passage(draft, **selector) if selector else None
        except (PassageNotFound, PassageTooLong):
            outdated += 1
        else:
            placements[int(annotation_id)] = (passage.start, passage.end) if passage else None
    return placements, outdated


def save_placement(session, lesson: Lesson, annotation_id: int, passage: Passage | None) -> None:
    """Store a passage for the annotation or, with None, that it stays without one."""
    names = ("start", "end", "exact", "prefix", "suffix")
    selector = {name: getattr(passage, name) for name in names} if passage else None
    session[_session_key(lesson)] = session.get(_session_key(lesson), {}) | {str(annotation_id): selector}


def remove_placement(session, lesson: Lesson, annotation_id: int) -> None:
    placements = session.get(_session_key(lesson), {})
    session[_session_key(lesson)] = {pk: selector for pk, selector in placements.items() if pk != str(annotation_id)}


def clear_placements(session, lesson: Lesson) -> None:
    session.pop(_session_key(lesson), None)


def _session_key(lesson: Lesson) -> str:
    return f"placements-{lesson.pk}"
