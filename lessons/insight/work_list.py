"""The entries of a member's work, latest first, a page at a time."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Any, NamedTuple
from urllib.parse import urlencode

from django.db.models import Q, QuerySet, TextField
from django.db.models.functions import Cast, Substr
from django.utils.timezone import get_current_timezone, localdate

from lessons.db.compiled_queries import fetch_dicts, int_param, moment_param
from lessons.db.ids import parse_id
from lessons.db.pagination import Keyset, Page, make_page
from lessons.insight.work import Kind, Work, WorkShape
from lessons.time_zones import LocalDays

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
            moment = None if rank in UNTIMED_RANKS else EPOCH + timedelta(microseconds=number)
            day = date.fromordinal(number) if moment is None else localdate(moment)
        except (OverflowError, ValueError):
            return None
        # On the first and the last days there are no such moments in other time zones.
        return cls(day, moment, rank, pk) if date.min.year < day.year < date.max.year else None

    @property
    def cursor(self) -> str:
        """Return what of it a URL has: of an entry without a moment, nothing finer than its day."""
        number = self.day.toordinal() if self.moment is None else (self.moment - EPOCH) // timedelta(microseconds=1)
        return CURSOR.format_cursor((number, self.rank, self.pk))

    @property
    def order(self) -> tuple:
        """Return what sorts a list by position."""
        if self.moment is None:
            return -self.day.toordinal(), 1, timedelta(), self.rank, self.pk
        return -self.day.toordinal(), 0, EPOCH - self.moment, self.rank, -self.pk


class Source(NamedTuple):
    """Where the entries of a kind come from: columns with their moment, their lesson and their id, and those shown."""

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
    Kind.READING: Source("happened_at", "lesson", ["lesson_id", "completed_at"], "lesson_id"),
    Kind.CHECKS: Source(
        "happened_at",
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
    shape, params = work.shape, work.params | {"lesson": filters.lesson}
    # What others wrote, which takes longest to find, comes last.
    kinds = [Kind(filters.kind)] if filters.kind else [*UNTIMED, *(kind for kind in Kind if kind not in UNTIMED)]
    entries: list[Entry] = []
    days = LocalDays(work.course.zone)
    for kind in kinds:
        zone = work.course.zone if kind in UNTIMED else get_current_timezone()
        after = After.of(position, kind, zone)
        # Nothing that happened before the day of the last of a full page is on it.
        first = _start(entries[size].day, zone) if len(entries) > size else EPOCH
        values = params | after.params() | {"first": first}
        rows = fetch_dicts(_page_query, shape, kind, bool(filters.lesson), after.how, size, **values)
        found = _untimed(kind, rows, days) if kind in UNTIMED else _timed(kind, rows)
        entries = sorted([*entries, *found], key=lambda entry: entry.position.order)[: size + 1]
    return make_page(entries, size, lambda entry: entry.position.cursor, has_before=position is not None)


def _timed(kind: Kind, rows: list[dict[str, Any]]) -> Iterator[Entry]:
    source = SOURCES[kind]
    for row in rows:
        moment = row[source.moment]
        yield Entry(kind, localdate(moment), moment, row[source.pk], row)


def _untimed(kind: Kind, rows: list[dict[str, Any]], days: LocalDays) -> Iterator[Entry]:
    """Return entries by their days in the course's time zone. In the viewer's own, whoever tried one zone after
    another would find out the hour.
    """
    pk = SOURCES[kind].pk
    for row in rows:
        yield Entry(kind, date.fromisoformat(days.of_minute(row["minute"])), None, row[pk], row)


class After(NamedTuple):
    """The entries of a kind after a position in the order of all kinds: those before the moment `until` or, if `how`
    is "ties", those from `since` until then whose ids come after `pk`, and those before `since`. All, if `how` is
    empty.
    """

    how: str = ""
    since: datetime = EPOCH
    until: datetime = EPOCH
    pk: int = 0

    @classmethod
    def of(cls, position: Position | None, kind: Kind, zone: tzinfo) -> "After":
        """zone: that of the days of this kind."""
        if position is None:
            return cls()
        rank, moment = RANKS[kind], position.moment
        if kind in UNTIMED:
            since, until = _start(position.day, zone), _start(position.day + timedelta(days=1), zone)
            is_tied, has_ties = moment is None and rank == position.rank, moment is not None or rank > position.rank
        elif moment is None:
            return cls("before", until=_start(position.day, zone))
        else:
            since, until = moment, moment + timedelta(microseconds=1)
            is_tied, has_ties = rank == position.rank, rank > position.rank
        if is_tied:
            return cls("ties", since, until, position.pk)
        return cls("before", until=until if has_ties else since)

    def params(self) -> dict[str, datetime | int]:
        return {"since": self.since, "until": self.until, "after": self.pk}


def _start(day: date, zone: tzinfo) -> datetime:
    """Return when the day begins in the time zone."""
    return datetime.combine(day, time(), zone).astimezone(UTC)


def _page_query(shape: WorkShape, kind: Kind, has_lesson: bool, after: str, size: int) -> QuerySet:
    """after: `how` of After. Of UNTIMED kinds there is a row for each lesson or check at most: all of them are read,
    with their `minute` in UTC, because databases would take longer to find the days.
    """
    source, is_untimed = SOURCES[kind], kind in UNTIMED

    def before(name: str) -> Q:
        return Q(**{f"{source.moment}__lt": moment_param(name)})

    rows = shape.placeholder().listed[kind].filter(**{f"{source.moment}__gte": moment_param("first")})
    if has_lesson:
        rows = rows.filter(**{source.lesson: int_param("lesson")})
    if after == "before":
        rows = rows.filter(before("until"))
    elif after == "ties":
        follows = Q(**{f"{source.pk}__{'gt' if is_untimed else 'lt'}": int_param("after")})
        rows = rows.filter(before("since") | before("until") & follows)
    if is_untimed:
        minute = Substr(Cast(source.moment, TextField()), 1, len("2026-11-30 19:05"))
        return rows.order_by().values(source.pk, *source.columns, minute=minute)
    rows = rows.order_by(f"-{source.moment}", f"-{source.pk}")
    return rows.values(source.pk, source.moment, *source.columns)[: size + 1]
