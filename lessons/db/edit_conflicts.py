"""Never overwrite an edit that the editor has not seen.

A form that edits a row carries its version: a digest of the values that it showed. It is compared with that of the row
as it is now, while the row is locked: if somebody else has saved other values since, nothing is saved, and the page
shows both (status 409, `templates/_edit_conflict.html`). Submitted again, the form then saves over exactly what it
showed. So no code that writes has to count versions, and values that were changed back are no conflict.

The same values submitted twice, as by a double click, are no conflict either. A request without a version, as programs
send, is unconditional, like one without `If-Match` in HTTP.
"""

import json
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any, NamedTuple, TypeVar, cast

from django import forms
from django.db import models, transaction
from django.forms.models import model_to_dict
from django.http import QueryDict
from django.utils import timezone
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.formats import date_format
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from taggit.models import TagBase

VERSION_FIELD = "version"
VERSION_LENGTH = 32  # characters
CONFLICT_STATUS = 409
CONFLICT_MESSAGE = _(
    "Somebody else, or you in another window, saved this after you opened it. Nothing is lost: both versions are "
    "shown below. Save again to replace the saved version with yours, or leave this page to keep it."
)

Row = TypeVar("Row", bound=models.Model)


class VersionField(forms.CharField):
    """The hidden version of a row. It is not a value of the row, so it never counts as changed."""

    def __init__(self):
        super().__init__(required=False, widget=forms.HiddenInput({"id": False}))

    def has_changed(self, initial, data):
        return False


class ConflictingField(NamedTuple):
    """A field whose saved value is not the submitted one; both as text."""

    name: str
    label: str
    saved: str
    submitted: str


def version_of(values: dict[str, Any]) -> str:
    """Return the digest of a row's values, keyed, so that nobody can find out values by guessing."""
    text = json.dumps({name: _comparable(value) for name, value in values.items()}, sort_keys=True)
    return salted_hmac(__name__, text, algorithm="sha256").hexdigest()[:VERSION_LENGTH]


class VersionedForm(forms.BaseForm):
    """The base of forms that edit a row: the instance of a model form, or the `row` given to another form.

    After a conflict `conflict` has the fields that differ, and the form the version of what is saved now.
    """

    version_field = VERSION_FIELD
    conflict_message = CONFLICT_MESSAGE

    def __init__(self, *args, row: models.Model | None = None, **kwargs):
        super().__init__(*args, **kwargs)
        self.conflict: list[ConflictingField] = []
        self.saved_row = row or getattr(self, "instance", None)
        if self.saved_row is None or self.saved_row.pk is None:
            self.saved_row = None
            return
        self._field_names = [name for name, field in self.fields.items() if not field.disabled]
        self._read(self.saved_row)
        self.fields[self.version_field] = VersionField()
        self.initial = {**self.initial, self.version_field: self._saved_version}

    def saved_values(self, row: models.Model) -> dict[str, Any]:
        """Return the values of the row that the form edits, by field."""
        return model_to_dict(row, fields=self._field_names)

    def row_version(self, row: models.Model) -> str:
        return version_of(self._saved_values)

    def submitted_values(self) -> dict[str, Any]:
        """Return the submitted values of a valid form."""
        return self.cleaned_data

    def clean(self):
        cleaned = super().clean()
        if self.saved_row is not None and not self.errors:
            self._compare()
        return cleaned

    @property
    def version_input(self) -> forms.BoundField | str:
        """Return the hidden field; nothing for a form that edits no saved row."""
        return self[self.version_field] if self.version_field in self.fields else ""

    def is_outdated(self, row: models.Model) -> bool:
        """Return whether the row, as it is now, is not as this valid form showed it; then the form has an error."""
        self._read(row)
        self._compare()
        return bool(self.conflict)

    def _read(self, row: models.Model) -> None:
        # Now, because cleaning assigns what was submitted to the instance.
        self.saved_row, self._saved_values = row, self.saved_values(row)
        self._saved_version = self.row_version(row)

    def _compare(self) -> None:
        version = self.submitted_version()
        if not version or self.is_saved_version(version):
            return
        self.conflict = self.find_conflicts(version)
        if self.conflict:
            self.add_error(None, self.conflict_message)
            self.show_saved_version()

    def submitted_version(self) -> str:
        return self.data.get(self.add_prefix(self.version_field)) or ""

    def is_saved_version(self, version: str) -> bool:
        return constant_time_compare(version, self._saved_version)

    def find_conflicts(self, version: str) -> list[ConflictingField]:
        """Return the fields that differ from what was saved since `version`, which the form showed."""
        submitted = self.submitted_values()
        return [
            ConflictingField(name, str(self.fields[name].label or name), *self._texts(name, value, submitted[name]))
            for name, value in self._saved_values.items()
            if name in submitted and name in self.fields and _comparable(value) != _comparable(submitted[name])
        ]

    def show_saved_version(self) -> None:
        """Carry the version of what is saved now: submitted again, the form saves over exactly that."""
        data = cast(QueryDict, self.data).copy()
        data[self.add_prefix(self.version_field)] = self._saved_version
        self.data = data

    def _texts(self, name: str, *values: Any) -> list[str]:
        return [_as_text(self.fields[name], value) for value in values]


def save_edit(form: VersionedForm, *, lock: Callable[[], Row], save: Callable[[Row], Any]) -> bool:
    """Save a valid form in a transaction; return False, and save nothing, if there is a conflict.

    `lock` returns the row as it is now, locked against other writers; `save` gets it.
    """
    with transaction.atomic():
        row = lock()
        if form.is_outdated(row):
            return False
        save(row)
    return True


def status_of(form: forms.BaseForm, invalid: int = 400) -> int:
    """Return the status of a page that shows the form: 409 after a conflict, `invalid` with other errors."""
    if getattr(form, "conflict", None):
        return CONFLICT_STATUS
    return invalid if form.is_bound and form.errors else 200


def _comparable(value: Any) -> Any:
    """Return a value for JSON that is equal for equal values, however a form or a row represents them."""
    if isinstance(value, models.Model):
        # A tag is submitted as its name.
        return value.name.casefold() if isinstance(value, TagBase) else str(value.pk)
    if isinstance(value, datetime):
        return value.astimezone(timezone.get_default_timezone()).isoformat()
    if isinstance(value, str):
        return "\n".join(value.splitlines()).strip()
    if isinstance(value, Iterable):
        return sorted(part.casefold() if isinstance(part, str) else _comparable(part) for part in value)
    return "" if value is None else str(value)


def _as_text(field: forms.Field, value: Any) -> str:
    if isinstance(field, forms.ModelChoiceField) and not isinstance(value, Iterable):
        is_row = value is None or isinstance(value, models.Model) or field.queryset is None
        row = value if is_row else field.queryset.filter(pk=value).first()  # type: ignore[union-attr]  # not None
        return "" if row is None else str(field.label_from_instance(row))
    if isinstance(field, forms.ChoiceField):
        return str(dict(_flat(cast(Iterable, field.choices))).get(str(value or ""), value or ""))
    if isinstance(value, bool):
        return gettext("Yes") if value else gettext("No")
    if isinstance(value, datetime):
        return date_format(timezone.localtime(value), "SHORT_DATETIME_FORMAT")
    if isinstance(value, Iterable) and not isinstance(value, str):
        return ", ".join(sorted(map(str, value)))
    return "" if value is None else str(value)


def _flat(choices: Iterable) -> Iterable[tuple[str, Any]]:
    for value, label in choices:
        if isinstance(label, (list, tuple)):
            yield from _flat(label)
        else:
            yield str(value), label
