"""The entries of a member's work, latest first, a page at a time."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple
from urllib.parse import urlencode

from django.db.models import Q, QuerySet

from lessons.db.ids import parse_id
from lessons.db.pagination import Keyset, Page, make_page
from lessons.insight.work import Kind, Work

PAGE_SIZE = 50
PRINTED = 1000
"""How many entries the page for printing has at most."""
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
CURSOR = Keyset("-moment", "rank", "-pk")
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

    row: the columns of its kind, see SOURCES. `pk` is an id within its kind.
    """

    kind: Kind
    moment: datetime
    pk: int
    row: dict[str, Any]

    @property
    def cursor(self) -> str:
        microseconds = (self.moment - EPOCH) // timedelta(microseconds=1)
        return CURSOR.format_cursor((microseconds, RANKS[self.kind], self.pk))


class Source(NamedTuple):
    """Where the entries of a kind come from: the columns with their moment and their lesson, and those shown."""

    moment: str
    lesson: str
    columns: Sequence[str]


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
    Kind.READING: Source("moment", "lesson", ["lesson_id", "completed_at"]),
    Kind.CHECKS: Source(
        "first_at",
        "question__lesson",
        "question__uid question__published_version question__lesson_id version first_is_right attempts".split(),
    ),
}


def work_page(work: Work, filters: WorkFilter, cursor: str = "", size: int = PAGE_SIZE) -> Page[Entry]:
    """Return the entries after the one that `cursor` names, or the latest. A query for each kind shown."""
    position = _position(cursor)
    listed = work.listed
    kinds = [Kind(filters.kind)] if filters.kind else list(Kind)
    entries = [entry for kind in kinds for entry in _fetch(listed[kind], kind, filters.lesson, position, size)]
    entries.sort(key=lambda entry: entry.pk, reverse=True)
    entries.sort(key=lambda entry: RANKS[entry.kind])
    entries.sort(key=lambda entry: entry.moment, reverse=True)
    return make_page(entries[: size + 1], size, lambda entry: entry.cursor, has_before=position is not None)


class Position(NamedTuple):
    moment: datetime
    rank: int
    pk: int


def _position(cursor: str) -> Position | None:
    found = CURSOR.parse_cursor(cursor)
    try:
        return Position(EPOCH + timedelta(microseconds=found[0]), *found[1:]) if found else None
    except OverflowError:
        return None


def _fetch(rows: QuerySet, kind: Kind, lesson: int, position: Position | None, size: int) -> Iterator[Entry]:
    source = SOURCES[kind]
    if lesson:
        rows = rows.filter(**{source.lesson: lesson})
    if position:
        rows = rows.filter(_after(position, source.moment, RANKS[kind]))
    rows = rows.order_by(f"-{source.moment}", "-pk").values("pk", source.moment, *source.columns)
    return (Entry(kind, row[source.moment], row["pk"], row) for row in rows[: size + 1])


def _after(position: Position, moment: str, rank: int) -> Q:
    """Return the condition of the entries of a kind after the position in the order of all kinds."""
    earlier, same = Q(**{f"{moment}__lt": position.moment}), Q(**{moment: position.moment})
    if rank == position.rank:
        return earlier | same & Q(pk__lt=position.pk)
    return earlier | same if rank > position.rank else earlier
