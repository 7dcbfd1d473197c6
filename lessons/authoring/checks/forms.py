"""The form of a check: its kind, and whatever that kind needs."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from lessons.authoring.base import SingleLineField
from lessons.authoring.checks.places import END, START, sections
from lessons.db.edit_conflicts import VersionedForm
from lessons.markup.characters import clean_text
from lessons.markup.plain_text import single_line
from lessons.practice.checks import CHOICES, MAX_OPTIONS, Check, Kind, Option, problems
from lessons.practice.models import KnowledgeCheck

SHOWN_OPTIONS = 4
"""The rows of options that a form shows at first; the others are folded away."""


@dataclass(frozen=True)
class OptionRow:
    """A row of the form, filled in or not. number: from 1."""

    number: int
    text: str = ""
    feedback: str = ""
    is_right: bool = False

    @property
    def is_empty(self) -> bool:
        return not (self.text.strip() or self.feedback.strip() or self.is_right)


class OptionsWidget(forms.Widget):
    """Reads the rows of a form; `_check_fields.html` renders them."""

    def value_from_datadict(self, data, files, name) -> list[OptionRow]:
        return [
            OptionRow(
                n,
                data.get(f"{name}-{n}-text", ""),
                data.get(f"{name}-{n}-feedback", ""),
                bool(data.get(f"{name}-{n}-right")),
            )
            for n in range(1, MAX_OPTIONS + 1)
        ]

    def value_omitted_from_data(self, data, files, name) -> bool:
        return False


class OptionsField(forms.Field):
    """The options of a check; rows that were left empty are no options."""

    widget = OptionsWidget

    def clean(self, value: Iterable[OptionRow]) -> tuple[Option, ...]:
        filled = (row for row in value if not row.is_empty)
        return tuple(Option(single_line(row.text), single_line(row.feedback), row.is_right) for row in filled)


class PlainTextField(forms.CharField):
    """Text of several lines, without characters that must not be stored."""

    def to_python(self, value):
        return "\n".join(clean_text(super().to_python(value) or "").splitlines())


def _textarea(rows: int) -> forms.Textarea:
    return forms.Textarea({"rows": rows, "dir": "auto"})


class CheckForm(VersionedForm, forms.Form):
    """A check of a lesson, new or saved (`row`); a valid form has it in `cleaned_data["check"]`.

    draft_body: the text of the draft, for a form that offers places in it; None for one that does not.
    """

    kind = forms.ChoiceField(
        label=_("Kind"),
        choices=[(kind.value, label) for kind, label in KnowledgeCheck.KINDS.items()],
        initial=Kind.SINGLE.value,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose the kind of question.")},
    )
    question = SingleLineField(label=_("Question"), required=False, widget=_textarea(2))
    options = OptionsField(label=_("Answers"), required=False)
    accepted = PlainTextField(
        label=_("Answers that count as right"),
        required=False,
        widget=_textarea(3),
        help_text=_("One a line. Upper and lower case, accents and punctuation at the ends do not matter."),
    )
    model_answer = PlainTextField(
        label=_("Model answer"),
        required=False,
        widget=_textarea(4),
        help_text=_("Readers compare their own words with it."),
    )
    explanation = PlainTextField(
        label=_("Explanation"),
        required=False,
        widget=_textarea(3),
        help_text=_("Optional. Shown after every answer, right or wrong."),
    )
    place = forms.ChoiceField(
        label=_("Place in the text"),
        required=False,
        error_messages={"invalid_choice": _("The text has changed meanwhile. Choose the place again.")},
    )

    def __init__(self, data: QueryDict | None = None, *, draft_body: str | None = None, **options):
        super().__init__(data, label_suffix="", auto_id="check-%s", **options)
        place = self.fields["place"]
        if draft_body is None:
            del self.fields["place"]
        elif isinstance(place, forms.ChoiceField):
            place.choices = place_choices(draft_body, is_saved=self.saved_row is not None)

    def clean(self) -> dict[str, Any]:
        if "kind" in self.cleaned_data:
            self.cleaned_data["check"] = _check(self.cleaned_data)
            for sentence in problems(self.cleaned_data["check"]):
                self.add_error(None, sentence)
        return super().clean()

    def saved_values(self, row) -> dict[str, str]:
        return values_of(row.parsed)

    def submitted_values(self) -> dict[str, str]:
        return values_of(self.cleaned_data["check"])

    @property
    def option_rows(self) -> list[OptionRow]:
        """Return all rows of options, with what was sent or saved."""
        rows = list(self["options"].value() or [])
        return rows + [OptionRow(n) for n in range(len(rows) + 1, MAX_OPTIONS + 1)]

    @property
    def shown_rows(self) -> list[OptionRow]:
        rows = self.option_rows
        return rows[: _shown_count(rows)]

    @property
    def folded_rows(self) -> list[OptionRow]:
        rows = self.option_rows
        return rows[_shown_count(rows) :]


def _shown_count(rows: list[OptionRow]) -> int:
    return max(SHOWN_OPTIONS, *(row.number for row in rows if not row.is_empty), 0)


def _check(cleaned: dict[str, Any]) -> Check:
    """Return the check with only what its kind needs."""
    kind = Kind(cleaned["kind"])
    options = cleaned["options"] if kind in CHOICES or kind is Kind.ORDER else ()
    if kind is Kind.ORDER:
        options = tuple(Option(option.text) for option in options if option.text)
    lines = cleaned["accepted"].splitlines() if kind is Kind.SHORT else []
    return Check(
        kind,
        cleaned["question"],
        options,
        tuple(dict.fromkeys(filter(None, map(single_line, lines)))),
        cleaned["model_answer"] if kind is Kind.EXPLAIN else "",
        cleaned["explanation"],
    )


def values_of(check: Check) -> dict[str, str]:
    """Return the values of a check by the fields of its form, as texts that can be compared and read."""
    return {
        "kind": check.kind.value,
        "question": check.question,
        "options": "\n".join(_option_text(option, check.kind) for option in check.options),
        "accepted": "\n".join(check.accepted),
        "model_answer": check.model_answer,
        "explanation": check.explanation,
    }


def _option_text(option: Option, kind: Kind) -> str:
    sign = "" if kind is Kind.ORDER else "✓ " if option.is_right else "✗ "
    return f"{sign}{option.text}" + (f" ({option.feedback})" if option.feedback else "")


def initial_values(check: Check) -> dict[str, Any]:
    """Return what the form of a check shows."""
    rows = [OptionRow(n, *option) for n, option in enumerate(check.options, 1)]
    return values_of(check) | {"options": rows}


def place_choices(draft_body: str, *, is_saved: bool) -> list[tuple[Any, Any]]:
    """Return where a check can be put. A saved one that stands nowhere may stay so."""
    headings = [(part.key, f"{'— ' * (part.level - 2)}{part.heading}") for part in sections(draft_body)]
    choices: list[tuple[Any, Any]] = [("", _("Not in the text"))] if is_saved else []
    choices.append((END, _("At the end of the text")))
    if headings:
        choices += [(START, _("Before the first heading")), (_("At the end of the section"), headings)]
    return choices


def moved_up(data: QueryDict, number: int) -> QueryDict:
    """Return the data of a form with a row of options before the one that stands above it."""
    moved = data.copy()
    if 1 < number <= MAX_OPTIONS:
        for part in ("text", "feedback", "right"):
            names = f"options-{number - 1}-{part}", f"options-{number}-{part}"
            values = data.getlist(names[1]), data.getlist(names[0])
            for name, value in zip(names, values, strict=True):
                moved.setlist(name, value)
    return moved
