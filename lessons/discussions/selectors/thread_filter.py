"""The filters and the order of a list of threads, as its URL says them."""

from dataclasses import dataclass, replace
from urllib.parse import urlencode

from django.http import QueryDict

from lessons.db.compiled_queries import int_param, str_param
from lessons.db.ids import parse_id
from lessons.db.pagination import Keyset, Position
from lessons.indexing.folded import folded_line

# Which threads a list shows, one at a time.
VIEWS = ("all", "unread", "unanswered", "questions", "announcements", "mine", "following")
# The orders of a list of topics, by name. Pinned threads come first only in the first one.
ORDERS = {"activity": Keyset("-rank", "-pk"), "newest": Keyset("-pk"), "asked": Keyset("-me_too_count", "-pk")}


@dataclass(frozen=True)
class ThreadFilter:
    """The filters of a list. `view` is one of VIEWS; `before` is the position of the previous page's last row."""

    view: str = "all"
    order: str = "activity"
    tag: str = ""
    lesson: int = 0
    group: int = 0
    author: str = ""
    before: Position | None = None

    @classmethod
    def from_query(cls, query: QueryDict) -> "ThreadFilter":
        """Return the filters in a query string, ignoring invalid ones."""
        view, order = query.get("show", "") or _view_of_old_link(query), query.get("order", "")
        order = order if order in ORDERS else "activity"
        return cls(
            view=view if view in VIEWS else "all",
            order=order,
            tag=query.get("tag", "")[:200].strip(),
            lesson=parse_id(query.get("lesson")),
            group=parse_id(query.get("group")),
            author=query.get("author", "")[:80].strip().removeprefix("@"),
            before=ORDERS[order].parse_cursor(query.get("before")),
        )

    @property
    def keyset(self) -> Keyset:
        return ORDERS[self.order]

    def with_placeholders(self) -> "ThreadFilter":
        """Return the same filters with placeholders for the values that do not change the SQL."""
        return replace(
            self,
            tag=self.tag and str_param("tag"),
            author=self.author and str_param("author"),
            lesson=self.lesson and int_param("lesson"),
            group=self.group and int_param("filter_group"),
            before=self.before and self.keyset.placeholders(),
        )

    def params(self) -> dict[str, str | int]:
        """Return the values of the placeholders."""
        return {
            "tag": self.tag,
            "folded_tag": folded_line(self.tag),
            "author": folded_line(self.author),
            "lesson": self.lesson,
            "filter_group": self.group,
            **self.keyset.params(self.before),
        }

    @property
    def is_filtered(self) -> bool:
        """Return whether it leaves out any thread."""
        return replace(self, order="activity", before=None) != ThreadFilter()

    def query_string(self, **changes: str | int) -> str:
        """Return the query string of the first page of this list, with changes; `?` for one without filters."""
        values: dict[str, str | int] = {
            "show": self.view,
            "lesson": self.lesson,
            "group": self.group,
            "tag": self.tag,
            "author": self.author,
            "order": self.order,
        }
        values |= changes
        defaults = {"show": "all", "order": "activity"}
        return "?" + urlencode({name: v for name, v in values.items() if v and v != defaults.get(name)})

    def query_string_before(self, field: str) -> str:
        """Return what stands before the value of the field in query strings: menus have one for each of hundreds."""
        others = self.query_string(**{field: ""})
        return f"{others}{'' if others == '?' else '&'}{field}="


def _view_of_old_link(query: QueryDict) -> str:
    """Return the view that a link of an earlier version asks for by `tab`, `kind` or `unanswered`."""
    if query.get("unanswered"):
        return "unanswered"
    kinds = {"question": "questions", "announcement": "announcements"}
    return kinds.get(query.get("kind", "")) or query.get("tab", "")
