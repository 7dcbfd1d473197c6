"""One page of a table: its rows in the order that was chosen, with what was submitted in place of what is saved."""

from functools import cached_property
from typing import Any, NamedTuple
from urllib.parse import urlencode

from django.http import QueryDict
from django.utils.safestring import SafeString

from lessons.authoring.tables.columns import Column, ItemTable
from lessons.authoring.tables.rows import BLANK_ROWS, MAX_ROWS, SubmittedTable, TableRow, blank_rows, saved_row
from lessons.db.ids import parse_number
from lessons.markup.row_templates import render_rows


class Heading(NamedTuple):
    """A column with the query that sorts by it, and how it is sorted now, for `aria-sort`."""

    column: Column
    query: str
    sorted: str


class TablePage:
    """The rows of a page. query: `sort` (a column, with `-` for the reverse order) and `page`, from 1."""

    def __init__(self, table: ItemTable, submitted: SubmittedTable, query: QueryDict, *, more: bool = False):
        self.table, self.submitted = table, submitted
        column = query.get("sort", "")
        self.is_reversed = column.startswith("-")
        self.sort = (
            column.removeprefix("-") if column.removeprefix("-") in table.sort_keys else next(iter(table.sort_keys))
        )
        self.count = len(submitted.saved)
        self.last = max(1, -(-self.count // MAX_ROWS))
        self.number = min(max(parse_number(query.get("page", "")) or 1, 1), self.last)
        self.blank_count = BLANK_ROWS * 3 if more else BLANK_ROWS

    @cached_property
    def rows(self) -> list[TableRow]:
        """Return what was changed on another page, the rows of this one, those that were added, and blank ones."""
        edited = {row.prefix: row for row in self.submitted.edited}
        shown = [edited.pop(row.prefix, row) for row in self._saved()]
        added = [row for row in edited.values() if row.saved is None]
        elsewhere = [row for row in edited.values() if row.saved is not None]
        columns = self.submitted.form_class.columns
        blank = blank_rows(columns, [row.prefix for row in added], self.blank_count)
        return [*elsewhere, *shown, *added, *blank]

    def _saved(self) -> list[TableRow]:
        rows: list[Any] = sorted(
            self.submitted.saved.values(), key=self.table.sort_keys[self.sort], reverse=self.is_reversed
        )
        first = (self.number - 1) * MAX_ROWS
        return [saved_row(row, self.submitted.form_class.columns) for row in rows[first : first + MAX_ROWS]]

    @property
    def html(self) -> SafeString:
        return self._render(self.rows)

    @property
    def blank_row(self) -> SafeString:
        """Return a row that a script copies; its number is `N`."""
        return self._render([TableRow("new-N", dict.fromkeys(self.submitted.form_class.columns, ""))])

    def _render(self, rows: list[TableRow]) -> SafeString:
        fields = self.submitted.form_class.base_fields
        return render_rows(
            "authoring/item_table.html",
            rows=rows,
            columns=[(column, getattr(fields[column.name], "max_length", None)) for column in self.table.columns],
            lessons=self.submitted.lessons,
        )

    @property
    def headings(self) -> list[Heading]:
        headings = []
        for column in self.table.columns:
            is_current = column.name == self.sort
            reverse = "-" if is_current and not self.is_reversed else ""
            direction = ("descending" if self.is_reversed else "ascending") if is_current else ""
            headings.append(Heading(column, urlencode({"sort": reverse + column.name}), direction))
        return headings

    @property
    def previous_query(self) -> str:
        return self._page_query(self.number - 1) if self.number > 1 else ""

    @property
    def next_query(self) -> str:
        return self._page_query(self.number + 1) if self.number < self.last else ""

    def _page_query(self, number: int) -> str:
        return urlencode({"sort": f"{'-' if self.is_reversed else ''}{self.sort}", "page": number})
