"""The form of one row of a table. It asks the database nothing: the lessons to choose from are given to it."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from lessons.authoring.base import SingleLineField
from lessons.authoring.tables.columns import GLOSSARY, LESSON, TIMELINE, ItemTable
from lessons.dates import MAX_LENGTH, validate_edtf
from lessons.db.edit_conflicts import VersionedForm, version_of
from lessons.markup.characters import visible_characters
from lessons.models import GlossaryTerm, TimelineEvent
from lessons.tagging.models import normalise_tag

MAX_TEXT = 10_000
UNKNOWN_LESSON = _("Choose one of this module’s lessons.")


class RowForm(VersionedForm, forms.Form):
    """A row that is edited if `row` is given, otherwise a new one. lessons: titles by id, as text."""

    lesson = forms.ChoiceField(required=False, label=_("Lesson"), error_messages={"invalid_choice": UNKNOWN_LESSON})
    columns: tuple[str, ...] = ()

    def __init__(self, *args, lessons: Mapping[str, str], **kwargs):
        super().__init__(*args, **kwargs)
        lesson = self.fields[LESSON]
        if isinstance(lesson, forms.ChoiceField):
            lesson.choices = [("", ""), *lessons.items()]

    def saved_values(self, row) -> dict[str, Any]:
        return saved_values(row, self.columns)

    def save_to(self, row) -> None:
        """Write the valid values into the row, which is not saved."""
        for name in self.columns:
            if name != LESSON:
                setattr(row, name, self.cleaned_data[name])
        row.lesson_id = int(self.cleaned_data[LESSON]) if self.cleaned_data[LESSON] else None


def saved_values(row, columns: tuple[str, ...]) -> dict[str, Any]:
    """Return the values of a saved row, as its form submits them if nothing is changed."""
    return {name: str(row.lesson_id or "") if name == LESSON else getattr(row, name) for name in columns}


def row_version(row, columns: tuple[str, ...]) -> str:
    """Return the version that the form of a saved row carries."""
    return version_of(saved_values(row, columns))


class TermForm(RowForm):
    term = SingleLineField(
        label=_("Term"),
        max_length=GlossaryTerm._meta.get_field("term").max_length,
        error_messages={"required": _("Enter the term.")},
    )
    definition = forms.CharField(
        label=_("Definition"), max_length=MAX_TEXT, error_messages={"required": _("Enter the definition.")}
    )
    columns = ("term", "definition", LESSON)

    def clean_term(self) -> str:
        term = self.cleaned_data["term"]
        if not normalise_tag(term) or not visible_characters(term):
            raise forms.ValidationError(_("Enter the term."))
        return term


class EventForm(RowForm):
    date = SingleLineField(
        label=_("Date"),
        max_length=MAX_LENGTH,
        validators=[validate_edtf],
        error_messages={"required": _("Enter the date, for example 1949, 1949-04 or 1949-04-04.")},
    )
    event = SingleLineField(
        label=_("Event"),
        max_length=TimelineEvent._meta.get_field("event").max_length,
        error_messages={"required": _("Enter the event.")},
    )
    detail = forms.CharField(label=_("Detail"), max_length=MAX_TEXT, required=False)
    columns = ("date", "event", "detail", LESSON)


FORMS: dict[str, type[RowForm]] = {GLOSSARY.name: TermForm, TIMELINE.name: EventForm}


def form_class(table: ItemTable) -> type[RowForm]:
    return FORMS[table.name]
