"""A module's or a course's published lessons in their order, with what the reader has done of them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from html import escape
from types import MappingProxyType
from typing import NamedTuple

from django.db.models import FilteredRelation, OuterRef, Q
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Coalesce
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from lessons.models import Lesson
from lessons.queries.gathered import Gathered, moment, unpacked
from lessons.queries.prepared import number, rows
from lessons.reading.addresses import lesson_address
from lessons.text import reading_minutes

FACTS = tuple(KeyTextTransform(key, "current_revision__facts") for key in ("kind", "summary"))
TEXT = ("pk", "slug", "module_id", "current_revision__title", *FACTS, "current_revision__words")
NEVER = (None,) * (len(TEXT) + 4)
PROGRESS = ("mine__pk", "mine__seen_at", "mine__done_at", "mine__place")


class Entry(NamedTuple):
    """A published lesson, named as it was published. `progress` and what follows is None where it was never opened."""

    pk: int
    slug: str
    module: int
    title: str
    kind: str
    summary: str
    words: int
    progress: int | None = None
    seen_at: datetime | None = None
    done_at: datetime | None = None
    place: int | None = None
    number: int = 0

    @property
    def address(self) -> str:
        return lesson_address(self.pk, self.slug)

    @property
    def minutes(self) -> int:
        return reading_minutes(self.words)

    @property
    def is_case_study(self) -> bool:
        return self.kind == "case_study"

    @property
    def kind_words(self) -> str:
        return _("Case study") if self.is_case_study else _("Lesson %(number)s") % {"number": self.number}


@dataclass(frozen=True)
class Outline:
    """Entries in their order. Questions about the reader are about nobody's progress where they are a visitor."""

    entries: list[Entry]

    @property
    def minutes(self) -> int:
        return sum(e.minutes for e in self.entries)

    @property
    def done(self) -> int:
        return sum(1 for e in self.entries if e.done_at)

    @property
    def last_opened(self) -> Entry | None:
        return max((e for e in self.entries if e.seen_at), key=lambda e: e.seen_at, default=None)

    @property
    def next(self) -> Entry | None:
        """What to read now: the first unfinished from the last opened on, else the first unfinished of all."""
        last = self.last_opened
        start = self.entries.index(last) if last else 0
        return next((e for e in self.entries[start:] + self.entries[:start] if not e.done_at), None)

    def of(self, module_id: int) -> "Outline":
        return Outline([e for e in self.entries if e.module == module_id])

    def entry(self, pk: int) -> Entry | None:
        return next((e for e in self.entries if e.pk == pk), None)

    def around(self, pk: int) -> tuple[Entry | None, Entry | None]:
        """The entries before and after; None and None for a lesson that is not in the outline."""
        n = next((n for n, e in enumerate(self.entries) if e.pk == pk), None)
        if n is None:
            return None, None
        return (self.entries[n - 1] if n else None), (self.entries[n + 1] if n + 1 < len(self.entries) else None)

    def as_list(self, here: int | None = None, notes: Mapping[int, int] = MappingProxyType({})) -> SafeString:
        """The entries as `<li>`, joined rather than rendered: an outline may be long and stands on every lesson.
        `notes` are how many there are, by lesson."""
        return mark_safe("".join(_list_item(e, e.pk == here, notes.get(e.pk, 0)) for e in self.entries))


def outline_of_module(module_id: int, user) -> Outline:
    """The caller has seen to it that the module is not a draft. One query."""
    return _numbered(rows(_of_module, user.is_authenticated, module=module_id, user=user.pk))


def outline_of_course(course_id: int, user) -> Outline:
    """The lessons of the course's published and archived modules, by module. One query."""
    return _numbered(rows(_of_course, user.is_authenticated, course=course_id, user=user.pk))


def _of_course(for_reader: bool):
    lessons = Lesson.objects.published().filter(module__course=number("course"))
    in_order = _of_reader(lessons, for_reader).order_by("module__position", "module_id", "position", "pk")
    return in_order.values_list(*_columns(for_reader))


def _of_module(for_reader: bool):
    lessons = _lessons_of(number("module"), for_reader)
    return lessons.values_list(*_columns(for_reader)).order_by("position", "pk")


def gathered_outline(for_reader: bool) -> Gathered:
    """For `annotate` on lessons of modules that are no drafts: what `outline_of_gathered` reads."""
    mine = ("mine__done_at", Coalesce("mine__place", 0)) if for_reader else ()
    return Gathered(_lessons_of(OuterRef("module"), for_reader), "position", *TEXT, *mine)


def outline_of_gathered(found: str) -> Outline:
    """The outline of the module, from the value of `gathered_outline`: nobody learns from it when a lesson was seen,
    and one never opened is like one just opened."""
    return _numbered([_of_gathered(*columns) for _position, *columns in unpacked(found)])


def _of_gathered(*columns) -> tuple:
    text, mine = columns[: len(TEXT)], columns[len(TEXT) :]
    return (*text, None, None, moment(mine[0]), mine[1]) if mine else text


def _lessons_of(module, for_reader: bool):
    lessons = Lesson.objects.filter(state=Lesson.State.PUBLISHED, current_revision__isnull=False, module=module)
    return _of_reader(lessons, for_reader)


def _of_reader(lessons, for_reader: bool):
    mine = FilteredRelation("progress", condition=Q(progress__user=number("user")))
    return lessons.annotate(mine=mine) if for_reader else lessons


def _columns(for_reader: bool) -> tuple:
    return (*TEXT, *PROGRESS) if for_reader else TEXT


def _numbered(found: list[tuple]) -> Outline:
    """Numbers count from one in each module."""
    entries, module, n = [], None, 0
    for row in found:
        n = n + 1 if row[2] == module else 1
        module = row[2]
        entries.append(Entry(*row, *NEVER[len(row) :], n))
    return Outline(entries)


def _list_item(entry: Entry, is_here: bool, notes: int) -> str:
    here = ' aria-current="page"' if is_here else ""
    state = _done_mark() if entry.done_at else f'<span class="number">{entry.number}</span>'
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
