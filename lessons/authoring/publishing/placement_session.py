"""Where an instructor puts notes by hand before publishing: kept in the session, as words with what stands around
them, so that they hold while the draft changes elsewhere."""

from lessons.annotations.passages import Passage, PassageNotFound, PassageTooLong, locate_passage
from lessons.models import Lesson, Revision

Span = tuple[int, int]


def load_placements(session, lesson: Lesson, text: str) -> tuple[dict[int, Span | None], int]:
    """The decisions that fit the draft's `text`: places by the note's id, None for one that stays without; and how
    many do not fit any more."""
    draft, found, unfit = Revision(text=text), {}, 0
    for note, where in session.get(_place(lesson), {}).items():
        try:
            there = locate_passage(draft, **where) if where else None
        except (PassageNotFound, PassageTooLong):
            unfit += 1
        else:
            found[int(note)] = there and (there.start, there.end)
    return found, unfit


def save_placement(session, lesson: Lesson, note: int, there: Passage | None) -> None:
    """A place for the note, or with None that it stays without one."""
    where = {name: getattr(there, name) for name in ("start", "end", "exact", "prefix", "suffix")} if there else None
    session[_place(lesson)] = session.get(_place(lesson), {}) | {str(note): where}


def remove_placement(session, lesson: Lesson, note: int) -> None:
    decided = session.get(_place(lesson), {})
    session[_place(lesson)] = {pk: where for pk, where in decided.items() if pk != str(note)}


def clear_placements(session, lesson: Lesson) -> None:
    session.pop(_place(lesson), None)


def _place(lesson: Lesson) -> str:
    return f"placing-{lesson.pk}"
