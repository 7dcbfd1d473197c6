"""Pure: what a participation rule can ask for, in words. A number is always how much of it somebody has done."""

from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import NamedTuple

from django.utils.text import capfirst, get_text_list
from django.utils.translation import get_language, gettext_lazy

from lessons.markup.translations import gettext as _
from lessons.markup.translations import ngettext


class Amounts(NamedTuple):
    """How much of each requirement: asked for, done, or left.

    Days and sections with a note are counted only for a rule that asks for them; else they are 0.
    """

    notes: int = 0
    note_days: int = 0
    note_lessons: int = 0
    note_sections: int = 0
    replies: int = 0
    discussions: int = 0
    lessons_read: int = 0
    checks: int = 0

    def plus(self, other: "Amounts") -> "Amounts":
        """Return the sum of each amount."""
        return Amounts(*(a + b for a, b in zip(self, other, strict=True)))

    def left_of(self, asked: "Amounts") -> "Amounts":
        """Return what is left to do of what is asked for."""
        return Amounts(*(max(0, wanted - done) for wanted, done in zip(asked, self, strict=True)))

    def meets(self, asked: "Amounts") -> bool:
        return not any(self.left_of(asked))


REQUIREMENTS = Amounts._fields
MAX_ASKED = 1000
SPREAD = ("note_days", "note_lessons", "note_sections")
"""What a rule can ask notes to be spread over: at most as much of each as notes."""
# The heading of each in a table, and what it counts.
HEADINGS = {
    "notes": gettext_lazy("Notes"),
    "note_days": gettext_lazy("Days with a note"),
    "note_lessons": gettext_lazy("Lessons with a note"),
    "note_sections": gettext_lazy("Sections with a note"),
    "replies": gettext_lazy("Replies"),
    "discussions": gettext_lazy("Discussions"),
    "lessons_read": gettext_lazy("Lessons completed"),
    "checks": gettext_lazy("Checks"),
}
MEANINGS = {
    "notes": gettext_lazy("Notes with a comment that the staff can read, without private ones and highlights."),
    "note_days": gettext_lazy(
        "Different days, in the course’s time zone, on which such a note was written, without anonymous ones."
    ),
    "note_lessons": gettext_lazy("Different lessons with such a note, without anonymous ones."),
    "note_sections": gettext_lazy(
        "Different sections with such a note, without anonymous ones. A section is a heading with what follows it, or "
        "what stands before the first one. A note on a passage that is no longer in the text counts in the section "
        "where it was written."
    ),
    "replies": gettext_lazy("Posts in conversations, other than the first."),
    "discussions": gettext_lazy("Discussions, questions and comments on lessons that the learner started."),
    "lessons_read": gettext_lazy("Lessons completed, by the rule of each."),
    "checks": gettext_lazy("Different checks answered at least once, rightly or wrongly."),
}


def rule_sentence(asked: Amounts, *, place: str = "", starts: str = "", ends: str = "") -> str:
    """Return the rule as a sentence: `Write at least 5 notes on 3 different days, before …`.

    place: the module or lesson, if the rule is about one. starts, ends: its first day, and when it ends.
    """
    text = listed(_tasks(asked))
    if place:
        text = _("in %(place)s, %(tasks)s") % {"place": place, "tasks": text}
    if starts and ends:
        text = _("%(tasks)s, from %(start)s and before %(end)s") % {"tasks": text, "start": starts, "end": ends}
    elif starts:
        text = _("%(tasks)s, from %(start)s") % {"tasks": text, "start": starts}
    elif ends:
        text = _("%(tasks)s, before %(end)s") % {"tasks": text, "end": ends}
    return capfirst(f"{text}.")


def _tasks(asked: Amounts) -> list[str]:
    tasks = [
        (asked.notes, _notes_task(asked)),
        (asked.replies, ngettext("reply at least once", "reply at least %(n)d times", asked.replies)),
        (
            asked.discussions,
            ngettext("start at least %(n)d discussion", "start at least %(n)d discussions", asked.discussions),
        ),
        (
            asked.lessons_read,
            ngettext("complete at least %(n)d lesson", "complete at least %(n)d lessons", asked.lessons_read),
        ),
        (asked.checks, ngettext("answer at least %(n)d check", "answer at least %(n)d checks", asked.checks)),
    ]
    return [text % {"n": n} for n, text in tasks if n]


def _notes_task(asked: Amounts) -> str:
    """Return what is asked of notes; `%(n)d` is their number. One day, lesson or section goes without saying."""
    text = ngettext("write at least %(n)d note", "write at least %(n)d notes", asked.notes)
    spread = []
    if asked.note_days > 1:
        days = ngettext("on %(n)d day", "on %(n)d different days", asked.note_days)
        spread.append(days % {"n": asked.note_days})
    if asked.note_lessons > 1:
        lessons = ngettext("in %(n)d lesson", "in %(n)d different lessons", asked.note_lessons)
        spread.append(lessons % {"n": asked.note_lessons})
    if asked.note_sections > 1:
        sections = ngettext("in %(n)d section", "in %(n)d different sections", asked.note_sections)
        spread.append(sections % {"n": asked.note_sections})
    return f"{text} {listed(spread)}" if spread else text


def what_is_left(left: Amounts) -> str:
    """Return `2 notes on 2 more days and 1 reply left`; an empty text if nothing is."""
    return _what_is_left(get_language(), left)


@lru_cache(maxsize=4096)
def _what_is_left(_language: str | None, left: Amounts) -> str:
    parts = [
        (left.replies, ngettext("%(n)d reply", "%(n)d replies", left.replies)),
        (left.discussions, ngettext("%(n)d discussion", "%(n)d discussions", left.discussions)),
        (left.lessons_read, ngettext("%(n)d lesson", "%(n)d lessons", left.lessons_read)),
        (left.checks, ngettext("%(n)d check", "%(n)d checks", left.checks)),
    ]
    texts = [*_notes_left(left), *(text % {"n": n} for n, text in parts if n)]
    return _("%(what)s left") % {"what": listed(texts)} if texts else ""


def _notes_left(left: Amounts) -> Iterator[str]:
    """Say how many more notes are needed, which may be for a day, a lesson or a section without one."""
    n = max(left.notes, left.note_days, left.note_lessons, left.note_sections)
    if not n:
        return
    spread = []
    if left.note_days:
        days = ngettext("on %(n)d more day", "on %(n)d more days", left.note_days)
        spread.append(days % {"n": left.note_days})
    if left.note_lessons:
        lessons = ngettext("in %(n)d more lesson", "in %(n)d more lessons", left.note_lessons)
        spread.append(lessons % {"n": left.note_lessons})
    if left.note_sections:
        sections = ngettext("in %(n)d more section", "in %(n)d more sections", left.note_sections)
        spread.append(sections % {"n": left.note_sections})
    yield " ".join(filter(None, [ngettext("%(n)d note", "%(n)d notes", n) % {"n": n}, listed(spread)]))


def listed(texts: Iterable[str]) -> str:
    """Return `a, b and c`."""
    return get_text_list(list(texts), _("and"))
