"""A module's or a course's published lessons in their order, with what the reader has done of them."""

from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from django.db.models import FilteredRelation, OuterRef, Q
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from lessons.db.compiled_queries import fetch_rows, int_param
from lessons.db.json_rows import JSONRows, parse_datetime, unpack_rows
from lessons.markup.plain_text import reading_minutes
from lessons.models import Lesson
from lessons.reading.links import lesson_url

FACTS = tuple(KeyTextTransform(key, "current_revision__facts") for key in ("kind", "summary"))
TEXT = ("pk", "slug", "module_id", "current_revision__title", *FACTS, "current_revision__word_count")
NO_PROGRESS = (None,) * (len(TEXT) + 4)
PROGRESS = ("mine__pk", "mine__seen_at", "mine__completed_at", "mine__position")


class OutlineEntry(NamedTuple):
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
    completed_at: datetime | None = None
    position: int | None = None
    number: int = 0

    @property
    def address(self) -> str:
        return lesson_url(self.pk, self.slug)

    @property
    def minutes(self) -> int:
        return reading_minutes(self.words)

    @property
    def is_case_study(self) -> bool:
        return self.kind == "case_study"

    @property
    def kind_label(self) -> str:
        return _("Case study") if self.is_case_study else _("Lesson %(number)s") % {"number": self.number}


@dataclass(frozen=True)
class Outline:
    """Entries in their order. Questions about the reader are about nobody's progress where they are a visitor."""

    entries: list[OutlineEntry]

    @property
    def minutes(self) -> int:
        return sum(e.minutes for e in self.entries)

    @property
    def done(self) -> int:
        return sum(1 for e in self.entries if e.completed_at)

    @property
    def last_opened(self) -> OutlineEntry | None:
        return max((e for e in self.entries if e.seen_at), key=lambda e: e.seen_at, default=None)

    @property
    def next(self) -> OutlineEntry | None:
        """What to read now: the first unfinished from the last opened on, else the first unfinished of all."""
        last = self.last_opened
        start = self.entries.index(last) if last else 0
        return next((e for e in self.entries[start:] + self.entries[:start] if not e.completed_at), None)

    def for_module(self, module_id: int) -> "Outline":
        return Outline([e for e in self.entries if e.module == module_id])

    def entry(self, pk: int) -> OutlineEntry | None:
        return next((e for e in self.entries if e.pk == pk), None)

    def neighbours(self, pk: int) -> tuple[OutlineEntry | None, OutlineEntry | None]:
        """The entries before and after; None and None for a lesson that is not in the outline."""
        n = next((n for n, e in enumerate(self.entries) if e.pk == pk), None)
        if n is None:
            return None, None
        return (self.entries[n - 1] if n else None), (self.entries[n + 1] if n + 1 < len(self.entries) else None)


def outline_of_module(module_id: int, user) -> Outline:
    """The caller has seen to it that the module is not a draft. One query."""
    return _numbered(fetch_rows(_of_module, user.is_authenticated, module=module_id, user=user.pk))


def outline_of_course(course_id: int, user) -> Outline:
    """The lessons of the course's published and archived modules, by module. One query."""
    return _numbered(fetch_rows(_of_course, user.is_authenticated, course=course_id, user=user.pk))


def _of_course(for_reader: bool):
    lessons = Lesson.objects.published().filter(module__course=int_param("course"))
    in_order = _of_reader(lessons, for_reader).order_by("module__position", "module_id", "position", "pk")
    return in_order.values_list(*_columns(for_reader))


def _of_module(for_reader: bool):
    lessons = _lessons_of(int_param("module"), for_reader)
    return lessons.values_list(*_columns(for_reader)).order_by("position", "pk")


def outline_json(for_reader: bool) -> JSONRows:
    """For `annotate` on lessons of modules that are no drafts: what `outline_of_gathered` reads."""
    mine = ("mine__completed_at", Coalesce("mine__position", 0)) if for_reader else ()
    return JSONRows(_lessons_of(OuterRef("module"), for_reader), "position", *TEXT, *mine)


def outline_from_json(found: str) -> Outline:
    """The outline of the module, from the value of `gathered_outline`: nobody learns from it when a lesson was seen,
    and one never opened is like one just opened."""
    return _numbered([_of_gathered(*columns) for _position, *columns in unpack_rows(found)])


def _of_gathered(*columns) -> tuple:
    text, mine = columns[: len(TEXT)], columns[len(TEXT) :]
    return (*text, None, None, parse_datetime(mine[0]), mine[1]) if mine else text


def _lessons_of(module, for_reader: bool):
    lessons = Lesson.objects.filter(state=Lesson.State.PUBLISHED, current_revision__isnull=False, module=module)
    return _of_reader(lessons, for_reader)


def _of_reader(lessons, for_reader: bool):
    mine = FilteredRelation("progress", condition=Q(progress__user=int_param("user")))
    return lessons.annotate(mine=mine) if for_reader else lessons


def _columns(for_reader: bool) -> tuple:
    return (*TEXT, *PROGRESS) if for_reader else TEXT


def _numbered(found: list[tuple]) -> Outline:
    """Numbers count from one in each module."""
    entries, module, n = [], None, 0
    for row in found:
        n = n + 1 if row[2] == module else 1
        module = row[2]
        entries.append(OutlineEntry(*row, *NO_PROGRESS[len(row) :], n))
    return Outline(entries)
