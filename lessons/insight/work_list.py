"""The entries of a member's work, latest first, a page at a time."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, NamedTuple
from urllib.parse import urlencode

from django.db.models import Q, QuerySet
from django.utils.timezone import localdate, make_aware

from lessons.db.ids import parse_id
from lessons.db.pagination import Keyset, Page, make_page
from lessons.insight.work import Kind, Work

PAGE_SIZE = 50
PRINTED = 1000
"""How many entries the page for printing has at most."""
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
CURSOR = Keyset("number", "rank", "pk")
RANKS = {kind: n for n, kind in enumerate(Kind)}


@dataclass(frozen=True)
class WorkFilter:
    """Which entries to show; invalid values are ignored. `kind` is empty for all, `lesson` is 0."""

    kind: str = ""
    lesson: int = 0

    @classmethod
    def from_query(cls, query) -> "WorkFilter":
        kind = query.get("kind", "")
        return cls(kind if kind in Kind.values else "", parse_id(query.get("lesson")))

    def query_string(self, **more: object) -> str:
        fields = {"kind": self.kind, "lesson": self.lesson or "", **more}
        return "?" + urlencode({name: value for name, value in fields.items() if value})


class Entry(NamedTuple):
    """Something that the member has done, or a reply to it.

    moment: when, None for entries of UNTIMED kinds, of which only the `day` is told. pk: an id within its kind. row:
    the columns of its kind, see SOURCES.
    """

    kind: Kind
    day: date
    moment: datetime | None
    pk: int
    row: dict[str, Any]

    @property
    def position(self) -> "Position":
        return Position(self.day, self.moment, RANKS[self.kind], self.pk)


class Position(NamedTuple):
    """Where an entry is in the list: latest day first; of a day, first what has a moment, the latest first, then all
    else by its kind and its id.
    """

    day: date
    moment: datetime | None
    rank: int
    pk: int

    @classmethod
    def parse(cls, cursor: str) -> "Position | None":
        """Return the position that a URL names; None if it is invalid."""
        numbers = CURSOR.parse_cursor(cursor)
        if numbers is None:
            return None
        number, rank, pk = numbers
        try:
            if rank in UNTIMED_RANKS:
                found = cls(date.fromordinal(number), None, rank, pk)
                found.start_of_day.astimezone(UTC)  # if there is such a moment
                return found
            moment = EPOCH + timedelta(microseconds=number)
            return cls(localdate(moment), moment, rank, pk)
        except (OverflowError, ValueError):
            return None

    @property
    def cursor(self) -> str:
        """Return what of it a URL has: of an entry without a moment, nothing finer than its day."""
        number = self.day.toordinal() if self.moment is None else (self.moment - EPOCH) // timedelta(microseconds=1)
        return CURSOR.format_cursor((number, self.rank, self.pk))

    @property
    def start_of_day(self) -> datetime:
        return make_aware(datetime.combine(self.day, time()))

    @property
    def order(self) -> tuple:
        """Return what sorts a list by position."""
        if self.moment is None:
            return -self.day.toordinal(), 1, timedelta(), self.rank, self.pk
        return -self.day.toordinal(), 0, EPOCH - self.moment, self.rank, -self.pk


class Source(NamedTuple):
    """Where the entries of a kind come from: the columns with their moment or day, their lesson and their id, and
    those shown.
    """

    moment: str
    lesson: str
    columns: Sequence[str]
    pk: str = "pk"


THREAD = (
    "thread_id thread__title thread__quote thread__excerpt thread__kind thread__audience thread__lesson_id"
).split()
POST = ["html", "author_id", "author__display_name", "alias_id", "alias__name", *THREAD]
NOTE = ["exact", "label", "is_question", "audience", "opening__html", "thread__alias_id", "thread__status", *THREAD]
SOURCES = {
    Kind.NOTES: Source("created_at", "lesson", [*NOTE, "lesson_id"]),
    Kind.DISCUSSIONS: Source("created_at", "thread__lesson", POST),
    Kind.REPLIES: Source("created_at", "thread__lesson", POST),
    Kind.RECEIVED: Source("created_at", "thread__lesson", POST),
    Kind.READING: Source("day", "lesson", ["lesson_id", "completed_at"], "lesson_id"),
    Kind.CHECKS: Source(
        "day",
        "question__lesson",
        "question__uid question__published_version question__lesson_id version first_is_right attempts".split(),
        "question_id",
    ),
}
UNTIMED = (Kind.READING, Kind.CHECKS)
"""Kinds of entries of which only the day is told. The ids of their rows grow with time: they go by those of their
lessons and checks.
"""
UNTIMED_RANKS = [RANKS[kind] for kind in UNTIMED]


def work_page(work: Work, filters: WorkFilter, cursor: str = "", size: int = PAGE_SIZE) -> Page[Entry]:
    """Return the entries after the one that `cursor` names, or the latest. A query for each kind shown."""
    position = Position.parse(cursor)
    listed = work.listed
    kinds = [Kind(filters.kind)] if filters.kind else list(Kind)
    entries = [entry for kind in kinds for entry in _fetch(listed[kind], kind, filters.lesson, position, size)]
    entries.sort(key=lambda entry: entry.position.order)
    return make_page(entries[: size + 1], size, lambda entry: entry.position.cursor, has_before=position is not None)


def _fetch(rows: QuerySet, kind: Kind, lesson: int, position: Position | None, size: int) -> Iterator[Entry]:
    source, is_untimed = SOURCES[kind], kind in UNTIMED
    if lesson:
        rows = rows.filter(**{source.lesson: lesson})
    if position:
        after = _untimed_after if is_untimed else _timed_after
        rows = rows.filter(after(position, source, RANKS[kind]))
    rows = rows.order_by(f"-{source.moment}", source.pk if is_untimed else f"-{source.pk}")
    for row in rows.values(source.pk, source.moment, *source.columns)[: size + 1]:
        when = row[source.moment]
        day, moment = (when, None) if is_untimed else (localdate(when), when)
        yield Entry(kind, day, moment, row[source.pk], row)


def _timed_after(position: Position, source: Source, rank: int) -> Q:
    """Return the condition of the entries of a kind with moments after the position in the order of all kinds."""
    if position.moment is None:
        return Q(**{f"{source.moment}__lt": position.start_of_day})
    earlier, same = Q(**{f"{source.moment}__lt": position.moment}), Q(**{source.moment: position.moment})
    if rank == position.rank:
        return earlier | same & Q(**{f"{source.pk}__lt": position.pk})
    return earlier | same if rank > position.rank else earlier


def _untimed_after(position: Position, source: Source, rank: int) -> Q:
    """Return the condition of the entries of a kind without moments after the position in the order of all kinds."""
    earlier, same = Q(**{f"{source.moment}__lt": position.day}), Q(**{source.moment: position.day})
    if position.moment is None and rank == position.rank:
        return earlier | same & Q(**{f"{source.pk}__gt": position.pk})
    return earlier | same if position.moment is not None or rank > position.rank else earlier
