"""What a search is narrowed to, as its URL says it."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from urllib.parse import urlencode

from django.http import QueryDict

from lessons.db.ids import parse_id
from lessons.markup.characters import clean_text
from lessons.search.query import MAX_INPUT

# The kinds of results, one at a time or all. What one has written oneself is among the others, too.
ALL = "all"
TEXTS, GLOSSARY, TIMELINE, DISCUSSIONS, NOTES = "text", "glossary", "timeline", "discussions", "notes"
MINE = "mine"
KINDS = (ALL, TEXTS, DISCUSSIONS, NOTES, GLOSSARY, TIMELINE, MINE)

# How many days back a post may have been written, by the name of the period.
PERIODS = {"day": 1, "week": 7, "month": 31}
DEFAULTS = {("kind", ALL), ("page", 1)}
MAX_NAME = 80
MAX_PAGE = 15


@dataclass(frozen=True)
class SearchFilter:
    """The text of a search and what narrows it; invalid values are ignored. `as_typed` asks not to correct it."""

    text: str = ""
    kind: str = ALL
    course: int = 0
    module: int = 0
    lesson: int = 0
    author: str = ""
    tag: str = ""
    period: str = ""
    as_typed: bool = False
    page: int = 1

    @classmethod
    def from_query(cls, query: QueryDict) -> "SearchFilter":
        def line(name: str, length: int) -> str:
            return " ".join(clean_text(query.get(name, "")[:length]).split())

        kind, period = query.get("kind", ""), query.get("written", "")
        return cls(
            text=line("q", MAX_INPUT),
            kind=kind if kind in KINDS else ALL,
            course=parse_id(query.get("course")),
            module=parse_id(query.get("module")),
            lesson=parse_id(query.get("lesson")),
            author=line("by", MAX_NAME).removeprefix("@"),
            tag=line("tag", MAX_NAME),
            period=period if period in PERIODS else "",
            as_typed=query.get("exact") == "1",
            page=min(max(parse_id(query.get("page")), 1), MAX_PAGE),
        )

    @property
    def is_narrowed(self) -> bool:
        """Return whether it leaves out anything that its text alone finds."""
        return bool(self.course or self.module or self.lesson or self.author or self.tag or self.period)

    @property
    def is_empty(self) -> bool:
        """Return whether it asks for nothing."""
        return not (self.text or self.is_narrowed)

    def days(self, now: datetime) -> list[str]:
        """Return the days of its period in UTC, as `20261130`; none if it has no period."""
        return [f"{now - timedelta(days=back):%Y%m%d}" for back in range(PERIODS.get(self.period, 0))]

    def only(self, kind: str) -> "SearchFilter":
        """Return the same search for one kind of results, its first page."""
        return replace(self, kind=kind, page=1)

    def without_narrowing(self) -> "SearchFilter":
        """Return the search for the text alone."""
        return SearchFilter(text=self.text, as_typed=self.as_typed)

    def query_string(self, **changes: str | int) -> str:
        """Return the query string of its first page, or of another one with `page`, with changes."""
        values: dict[str, str | int] = {
            "q": self.text,
            "kind": self.kind,
            "course": self.course,
            "module": self.module,
            "lesson": self.lesson,
            "by": self.author,
            "tag": self.tag,
            "written": self.period,
            "exact": int(self.as_typed),
        }
        values |= changes
        return "?" + urlencode(
            {name: value for name, value in values.items() if value and (name, value) not in DEFAULTS}
        )
