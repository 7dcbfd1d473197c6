"""A table as CSV: written for a spreadsheet, and read into a plan of what it would add and change.

A row of CSV stands for the row with its `id` if that is one of the module's, otherwise for the term of that name or
the event of that name and date. Columns that are missing change nothing; an empty cell empties the field.
"""

import csv
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from hashlib import blake2b
from io import StringIO
from typing import Any, NamedTuple

from django.http import QueryDict
from django.utils.translation import gettext as _

from lessons.authoring.tables.columns import LESSON, Column, ItemTable
from lessons.authoring.tables.forms import RowForm, form_class, row_version, saved_values
from lessons.db.edit_conflicts import version_of
from lessons.db.ids import parse_id
from lessons.markup.characters import comparison_key
from lessons.markup.csv_text import CSVRow, InvalidCSV, escape_formula, letters_of, read_rows
from lessons.models import GlossaryTerm
from lessons.tagging.models import normalise_tag

ID = "id"
MAX_LINES = 2_000
BYTE_ORDER_MARK = "\ufeff"  # by which spreadsheets recognise UTF-8

Lessons = Mapping[str, str]


class Change(NamedTuple):
    label: str
    before: str
    after: str


@dataclass
class PlannedRow:
    """A row of CSV: `new`, `changed`, `same` or `invalid`. `errors` say why it is invalid."""

    number: int
    values: dict[str, str]
    kind: str = "new"
    saved: Any = None
    form: RowForm | None = None
    errors: list[str] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)

    @property
    def title(self) -> str:
        return " · ".join(value for name, value in self.values.items() if name in ("term", "date", "event") and value)

    @property
    def text(self) -> str:
        return self.values.get("definition") or self.values.get("detail", "")


@dataclass
class Plan:
    """What a file would do. `ignored` are the headings of columns that are none of the table's.

    `assumed` are the columns that a file without headings was taken to have.
    """

    rows: list[PlannedRow]
    ignored: list[str]
    assumed: list[Column]

    def _with_kind(self, kind: str) -> list[PlannedRow]:
        return [row for row in self.rows if row.kind == kind]

    @cached_property
    def new(self) -> list[PlannedRow]:
        return self._with_kind("new")

    @cached_property
    def changed(self) -> list[PlannedRow]:
        return self._with_kind("changed")

    @cached_property
    def same(self) -> list[PlannedRow]:
        return self._with_kind("same")

    @cached_property
    def invalid(self) -> list[PlannedRow]:
        return self._with_kind("invalid")

    @cached_property
    def digest(self) -> str:
        """Return a hash of everything that determines what the import does."""
        content = [
            (row.number, row.kind, row.values, row.saved and (row.saved.pk, row_version(row.saved, row.form.columns)))
            for row in self.rows
            if row.form
        ]
        return blake2b(repr(content).encode(), digest_size=8).hexdigest()


def write_csv(table: ItemTable, rows: Iterable[Any], lessons: Lessons) -> str:
    """Return the rows as CSV. A lesson is named by its title or, if another one has that title, by its id."""
    titles = Counter(map(comparison_key, lessons.values()))
    names = {pk: title if titles[comparison_key(title)] == 1 else pk for pk, title in lessons.items()}
    columns = [column.name for column in table.columns]
    text = StringIO()
    writer = csv.writer(text)
    writer.writerow([*columns, ID])
    for row in rows:
        values = saved_values(row, tuple(columns))
        values[LESSON] = names.get(values[LESSON], "")
        writer.writerow([*(escape_formula(str(values[name])) for name in columns), row.pk])
    return BYTE_ORDER_MARK + text.getvalue()


def plan_import(table: ItemTable, text: str, saved: Mapping[int, Any], lessons: Lessons) -> Plan:
    """Return what the text would change. saved: the rows of the module, by id. Raise InvalidCSV."""
    names = _column_names(table)
    rows = read_rows(text, lambda cell: letters_of(cell) in names)
    if len(rows) > MAX_LINES:
        raise InvalidCSV(_("A file can have at most %(max)s lines. Split this one.") % {"max": f"{MAX_LINES:,}"})
    if not rows:
        raise InvalidCSV(_("This file is empty. Write one line for each row of the table."))
    has_headings = any(letters_of(cell) in names for cell in rows[0].cells)
    header, rows, ignored = _header(rows, names, table)
    missing = [str(column.label) for column in table.required if column.name not in header]
    if missing and ID not in header:
        raise InvalidCSV(
            _("There is no column “%(column)s”. Write the names of the columns into the first line.")
            % {"column": missing[0]}
        )
    if not rows:
        raise InvalidCSV(_("There is only a line of headings. Write one line for each row of the table."))
    planner = _Planner(table, saved, lessons)
    planned = [planner.plan(row.number, _values(header, row)) for row in rows]
    return Plan(planned, ignored, [] if has_headings else list(table.columns))


def _column_names(table: ItemTable) -> dict[str, str]:
    """Return the names of columns by all headings that stand for them."""
    names = {ID: ID}
    for column in table.columns:
        for heading in (column.name, letters_of(str(column.label)), *column.aliases.split()):
            names[heading] = column.name
    return names


def _header(
    rows: list[CSVRow], names: Mapping[str, str], table: ItemTable
) -> tuple[list[str], list[CSVRow], list[str]]:
    """Return the columns' names (empty for ignored ones), the rows below the headings, and the ignored headings."""
    first = rows[0].cells
    known = [names.get(letters_of(cell), "") for cell in first]
    if not any(known):
        return [column.name for column in table.columns], rows, []
    header, ignored = [], []
    for n, (cell, name) in enumerate(zip(first, known, strict=True)):
        is_used = bool(name) and name not in header
        header.append(name if is_used else "")
        has_content = any(len(row.cells) > n and row.cells[n] for row in rows)
        if not is_used and has_content:
            ignored.append(cell[:80] or _("Column %(number)s, without a heading") % {"number": n + 1})
    return header, rows[1:], ignored


def _values(header: list[str], row: CSVRow) -> dict[str, str] | None:
    """Return the cells by the names of their columns; None if there are more than columns."""
    if any(row.cells[len(header) :]):
        return None
    cells = [*row.cells, *([""] * (len(header) - len(row.cells)))]
    return {name: cell for name, cell in zip(header, cells, strict=False) if name}


class _Planner:
    """Decides row by row what becomes of a file."""

    def __init__(self, table: ItemTable, saved: Mapping[int, Any], lessons: Lessons):
        self.table, self.saved, self.lessons = table, saved, lessons
        self.form_class = form_class(table)
        self._by_name = {self._name(saved_values(row, self.form_class.columns)): row for row in saved.values()}
        self._keys = {row.key: row.pk for row in saved.values()} if table.model is GlossaryTerm else {}
        self._lines: dict[Any, int] = {}
        self._lessons_by_name: dict[str, list[str]] = {}
        for pk, title in lessons.items():
            self._lessons_by_name.setdefault(comparison_key(title), []).append(pk)

    def plan(self, number: int, cells: dict[str, str] | None) -> PlannedRow:
        if cells is None:
            message = _(
                "This line has more cells than the first. If a cell contains a comma, put it in quotation marks."
            )
            return PlannedRow(number, {}, "invalid", errors=[message])
        saved = self.saved.get(parse_id(cells.pop(ID, ""))) or self._by_name.get(self._name(cells))
        before = saved_values(saved, self.form_class.columns) if saved else {}
        values = {name: cells.get(name, before.get(name, "")) for name in self.form_class.columns}
        row = PlannedRow(number, values, saved=saved)
        if LESSON in cells:
            self._find_lesson(row, cells[LESSON])
        self._validate(row)
        self._refuse_repeated(row)
        if row.errors:
            row.kind = "invalid"
        elif saved and row.form:
            self._compare(row, before)
        return row

    def _name(self, values: Mapping[str, Any]) -> tuple:
        """Return by what a row without an id is found again."""
        if self.table.model is GlossaryTerm:
            return (normalise_tag(values.get("term", "")),)
        return values.get("date", ""), comparison_key(values.get("event", ""))

    def _find_lesson(self, row: PlannedRow, name: str) -> None:
        found = self._lessons_by_name.get(comparison_key(name), [])
        if not name or name in self.lessons:
            row.values[LESSON] = name
        elif len(found) == 1:
            row.values[LESSON] = found[0]
        elif found:
            row.errors.append(
                _("Several lessons are called “%(title)s”. Write the number of one instead: %(numbers)s.")
                % {"title": name[:80], "numbers": ", ".join(found)}
            )
        else:
            row.errors.append(
                _("This module has no lesson “%(title)s”. Write the title of one, or leave the cell empty.")
                % {"title": name[:80]}
            )
            row.values[LESSON] = ""

    def _validate(self, row: PlannedRow) -> None:
        data = QueryDict(mutable=True)
        data.update(row.values)
        row.form = self.form_class(data, row=row.saved, lessons=self.lessons)
        if not row.form.is_valid():
            row.errors += [str(error) for found in row.form.errors.values() for error in found]

    def _refuse_repeated(self, row: PlannedRow) -> None:
        """Refuse a row that stands for the same as an earlier line, or a term that the module has already."""
        is_named = row.saved is None or self.table.model is GlossaryTerm
        keys: list[Any] = [self._name(row.values)] if is_named else []
        if row.saved:
            keys.append(row.saved.pk)
        earlier = next((self._lines[key] for key in keys if key in self._lines), None)
        if earlier:
            row.errors.append(_("This is already on line %(number)s.") % {"number": earlier})
            return
        for key in keys:
            self._lines[key] = row.number
        holder = self._keys.get(normalise_tag(row.values.get("term", "")))
        if holder and holder != (row.saved and row.saved.pk):
            row.errors.append(_("This module already has this term. Edit it there, or enter another term."))

    def _compare(self, row: PlannedRow, before: Mapping[str, Any]) -> None:
        after = {name: row.form.cleaned_data[name] for name in self.form_class.columns} if row.form else {}
        if version_of(dict(before)) == version_of(after):
            row.kind = "same"
            return
        row.kind = "changed"
        for column in self.table.columns:
            old, new = ("\n".join(str(values[column.name]).splitlines()) for values in (before, after))
            if old != new:
                old, new = (self.lessons.get(v, v) if column.name == LESSON else v for v in (old, new))
                row.changes.append(Change(str(column.label), old, new))
