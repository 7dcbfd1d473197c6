"""A table as it is shown and submitted.

The fields of a saved row are named `row-ID-…`, those of a new one `new-N-…`. Each saved row carries the version of the
values that the page showed (see `db/edit_conflicts`), so only what somebody has really changed is validated and saved:
a row that they left alone never overwrites what somebody else wrote there meanwhile.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.http import QueryDict
from django.utils.crypto import constant_time_compare
from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from lessons.authoring.tables.columns import LESSON, ItemTable
from lessons.authoring.tables.forms import RowForm, form_class, row_version, saved_values
from lessons.db.edit_conflicts import VERSION_FIELD, ConflictingField, version_of
from lessons.models import GlossaryTerm, Module
from lessons.tagging.models import normalise_tag

FIELD = re.compile(r"(row|new)-([0-9]{1,18})-([a-z]+)")
DELETE = "delete"
BLANK_ROWS = 3
MAX_ROWS = 500  # on one page
MAX_NEW_ROWS = 500

Values = dict[str, str]


@dataclass
class TableRow:
    """A row as the page shows it. saved: the database row, unless it is new. form: of a row that was changed."""

    prefix: str
    values: Values
    saved: Any = None
    version: str = ""
    is_deleted: bool = False
    form: RowForm | None = None
    errors: dict[str, list[str]] = field(default_factory=dict)
    conflict: list[ConflictingField] = field(default_factory=list)
    notices: list[str] = field(default_factory=list)

    @property
    def is_wrong(self) -> bool:
        return bool(self.errors or self.conflict or self.notices)

    @property
    def title(self) -> str:
        return self.values.get("term") or self.values.get("event") or _("New row")

    def add_error(self, name: str, message: str) -> None:
        self.errors.setdefault(name, []).append(message)


class SubmittedTable:
    """What a form says about the rows of a table: which were changed, added and deleted.

    data: the form's; those of an unsent one may be shown without being validated. saved: the rows of the module by id.
    lessons: titles by id, as text.
    """

    def __init__(self, table: ItemTable, data: QueryDict, saved: Mapping[int, Any], lessons: Mapping[str, str]):
        self.table, self.saved, self.lessons = table, saved, lessons
        self.form_class = form_class(table)
        self.edited: list[TableRow] = []
        for prefix, values in _grouped(data).items():
            kind, _dash, number = prefix.partition("-")
            row = (
                self._saved_row(prefix, saved.get(int(number)), values) if kind == "row" else _new_row(prefix, values)
            )
            if row:
                self._limit_columns(row)
                self.edited.append(row)

    def _limit_columns(self, row: TableRow) -> None:
        row.values = {name: row.values.get(name, "") for name in self.form_class.columns}

    def _saved_row(self, prefix: str, saved, values: Values) -> TableRow | None:
        """Return the row if it was changed or is to be deleted; None if it was left alone."""
        version, is_deleted = values.get(VERSION_FIELD, ""), DELETE in values
        shown = version_of({name: values.get(name, "") for name in self.form_class.columns})
        is_untouched = bool(version) and constant_time_compare(shown, version)
        if (is_untouched and not is_deleted) or (saved is None and is_deleted):
            return None
        row = TableRow(prefix, values, saved=saved, version=version, is_deleted=is_deleted)
        if saved is None:
            row.prefix = prefix.replace("row-", "new-")
            row.notices.append(_("Somebody has deleted this row in the meantime. Save again to add it as a new one."))
        return row

    def validate(self) -> bool:
        """Validate the rows that were changed; return whether all can be saved."""
        for row in self.edited:
            if row.is_deleted:
                self._compare_deleted(row)
            else:
                self._validate(row)
        self._refuse_duplicates()
        return not any(row.is_wrong for row in self.edited)

    def _validate(self, row: TableRow) -> None:
        data = QueryDict(mutable=True)
        data.update({f"{row.prefix}-{name}": value for name, value in row.values.items()})
        data[f"{row.prefix}-{VERSION_FIELD}"] = row.version
        form = row.form = self.form_class(data, prefix=row.prefix, row=row.saved, lessons=self.lessons)
        if not form.is_valid():
            row.errors = {
                str(name): [str(e) for e in found] for name, found in form.errors.items() if name != "__all__"
            }
            row.conflict = form.conflict
        if row.conflict:
            row.version = row_version(row.saved, form.columns)

    def _compare_deleted(self, row: TableRow) -> None:
        """Refuse to delete a row that somebody else has changed since it was shown."""
        now = row_version(row.saved, self.form_class.columns)
        if not row.version or constant_time_compare(row.version, now):
            return
        row.version = now
        labels = {column.name: str(column.label) for column in self.table.columns}
        row.conflict = [
            ConflictingField(name, labels[name], self._text(name, value), self._text(name, row.values[name]))
            for name, value in saved_values(row.saved, self.form_class.columns).items()
            if value != row.values[name]
        ]
        row.notices.append(_("Somebody has changed this row in the meantime. Save again to delete it anyway."))

    def _text(self, name: str, value: str) -> str:
        return self.lessons.get(value, value) if name == LESSON else value

    def _refuse_duplicates(self) -> None:
        """Refuse a term that the module has already, however it is spelled."""
        if self.table.model is not GlossaryTerm:
            return
        edited = {row.saved.pk for row in self.edited if row.saved}
        taken = {row.key for pk, row in self.saved.items() if pk not in edited}
        for row in self.edited:
            if row.is_deleted or not row.form or "term" in row.errors:
                continue
            key = normalise_tag(row.form.cleaned_data.get("term") or row.values["term"])
            if key in taken:
                row.add_error("term", _("This module already has this term. Edit it there, or enter another term."))
            taken.add(key)

    @cached_property
    def added(self) -> list[RowForm]:
        return [row.form for row in self.edited if row.form and row.saved is None]

    @cached_property
    def changed(self) -> list[tuple[Any, RowForm]]:
        return [(row.saved, row.form) for row in self.edited if row.form and row.saved is not None]

    @cached_property
    def deleted(self) -> list[Any]:
        return [row.saved for row in self.edited if row.is_deleted and row.saved is not None]


def _grouped(data: QueryDict) -> dict[str, Values]:
    """Return the submitted values by the prefix of their row."""
    groups: dict[str, Values] = defaultdict(dict)
    for name in data:
        if match := FIELD.fullmatch(name):
            groups[f"{match[1]}-{match[2]}"][match[3]] = data.get(name, "")
    return groups


def _new_row(prefix: str, values: Values) -> TableRow | None:
    """Return a new row; None if it is blank, or if its author does not want it."""
    is_wanted = DELETE not in values and any(value.strip() for value in values.values())
    return TableRow(prefix, values) if is_wanted else None


def saved_row(row: Any, columns: tuple[str, ...]) -> TableRow:
    """Return a saved row, as it is shown if nothing was submitted."""
    values = {name: str(value) for name, value in saved_values(row, columns).items()}
    return TableRow(f"row-{row.pk}", values, saved=row, version=row_version(row, columns))


def blank_rows(columns: tuple[str, ...], taken: Iterable[str], count: int) -> list[TableRow]:
    """Return rows to be filled in, with numbers that no other new row has."""
    numbers = [int(prefix.removeprefix("new-")) for prefix in taken if prefix.startswith("new-")]
    first = max(numbers, default=-1) + 1
    return [TableRow(f"new-{first + n}", dict.fromkeys(columns, "")) for n in range(count)]


def rows_of(table: ItemTable, module: Module) -> dict[int, Any]:
    """Return the saved rows of a module with their lessons, by id. One query."""
    rows = table.model._default_manager.filter(module=module).select_related(LESSON)
    return {row.pk: row for row in rows}


def lesson_choices(module: Module) -> dict[str, str]:
    """Return the titles of the module's lessons by id, as text, in order. One query."""
    lessons = module.lessons.order_by("position", "pk").values_list("pk", "title")
    return {str(pk): title for pk, title in lessons}
