"""Forms: a participation rule, and a decision about one learner."""

from typing import TYPE_CHECKING, Any

from django import forms
from django.db.models import Prefetch, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from lessons.courses.models import Course, Membership, ReadingGroup
from lessons.courses.moments import CourseDateTimeField, LocalDateTimeInput
from lessons.db.compiled_queries import fetch_rows, int_param
from lessons.db.edit_conflicts import VersionedForm
from lessons.db.ids import parse_id
from lessons.markup.plain_text import single_line
from lessons.models import Lesson
from lessons.participation.models import ParticipationDecision, ParticipationRule
from lessons.participation.requirements import MAX_ASKED, REQUIREMENTS, SPREAD
from lessons.participation.standings import current_decisions
from lessons.participation.table import LACKS, NO_GROUP, SELECTIONS

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

Outcome = ParticipationDecision.Outcome
COURSE = ""


class AmountField(forms.IntegerField):
    """How much of something is asked for; empty for 0."""

    def __init__(self, *, label: "StrOrPromise"):
        super().__init__(label=label, min_value=0, max_value=MAX_ASKED, required=False)
        self.widget.attrs["placeholder"] = "0"

    def clean(self, value):
        return super().clean(value) or 0


class ParticipationRuleForm(VersionedForm, forms.ModelForm):
    """A rule: what it is about, how much it asks for, and when. An empty number asks for nothing."""

    about = forms.ChoiceField(
        label=gettext_lazy("Where"),
        required=False,
        error_messages={"invalid_choice": gettext_lazy("Choose the course, or one of its modules or lessons.")},
    )

    class Meta:
        model = ParticipationRule
        fields = ["name", *REQUIREMENTS, "starts_on", "due_at"]
        field_classes = {"due_at": CourseDateTimeField}
        widgets = {
            "due_at": LocalDateTimeInput,
            "starts_on": forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
        }
        labels = {"starts_on": gettext_lazy("From"), "due_at": gettext_lazy("Before")}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.course = self.instance.course
        due_at, about = self.fields["due_at"], self.fields["about"]
        assert isinstance(due_at, CourseDateTimeField)
        assert isinstance(about, forms.ChoiceField)
        due_at.use_course(self.course)
        about.choices = _places(self.instance)
        for name in REQUIREMENTS:
            self.fields[name] = AmountField(label=self.fields[name].label or "")
        self.initial = {**self.initial, "about": place_of(self.instance)}
        self.initial |= {name: self.initial.get(name) or None for name in REQUIREMENTS}

    def saved_values(self, row) -> dict[str, Any]:
        return super().saved_values(row) | {"about": place_of(row)}

    def clean_name(self) -> str:
        return single_line(self.cleaned_data["name"])

    def clean(self) -> None:
        super().clean()
        data = self.cleaned_data
        if not self.errors:
            self._check_amounts(data)
            kind, _dash, pk = data["about"].partition("-")
            self.instance.module_id = parse_id(pk) if kind == "module" else None
            self.instance.lesson_id = parse_id(pk) if kind == "lesson" else None

    def _check_amounts(self, data: dict[str, Any]) -> None:
        if not any(data[name] for name in REQUIREMENTS):
            self.add_error(None, _("Ask for something: enter at least one number."))
        least = max(data[name] for name in SPREAD)
        if data["notes"] < least:
            text = _("Each day, lesson or section takes a note of its own. Enter %(n)d or more.")
            self.add_error("notes", text % {"n": least})
        starts_on, due_at = data.get("starts_on"), data.get("due_at")
        if starts_on and due_at and due_at.astimezone(self.course.zone).date() < starts_on:
            self.add_error("due_at", _("This is before the first day. Enter a later time, or an earlier first day."))


def place_of(rule: ParticipationRule) -> str:
    """Return what a rule is about, as the form names it."""
    if rule.lesson_id:
        return f"lesson-{rule.lesson_id}"
    return f"module-{rule.module_id}" if rule.module_id else COURSE


def _places(rule: ParticipationRule) -> list[tuple]:
    """Return the course, its modules, and the lessons of each, and what the rule is about though it is in the bin, so
    that saving the rule does not change that. Two queries.
    """
    modules = rule.course.modules.order_by("position", "pk").prefetch_related(
        Prefetch("lessons", Lesson.objects.only("title", "module"))
    )
    groups = [
        (
            module.title,
            [
                (f"module-{module.pk}", _("All of “%(module)s”") % {"module": module.title}),
                *((f"lesson-{lesson.pk}", lesson.title) for lesson in module.lessons.all()),
            ],
        )
        for module in modules
    ]
    known = {COURSE, *(value for _title, places in groups for value, _label in places)}
    row = rule.lesson or rule.module
    elsewhere = (
        [] if place_of(rule) in known else [(place_of(rule), _("%(title)s (not in the course)") % {"title": row})]
    )
    return [(COURSE, _("The whole course")), *groups, *elsewhere]


class DecisionForm(VersionedForm, forms.Form):
    """What somebody on the staff decides about one learner, whose membership is the `row`."""

    outcome = forms.ChoiceField(label=gettext_lazy("Participation"), choices=Outcome.choices)
    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        max_length=300,
        required=False,
        widget=forms.Textarea({"rows": 3, "dir": "auto"}),
        help_text=gettext_lazy("The learner sees it. It is needed where you decide otherwise than what is counted."),
    )

    def __init__(self, *args, rule: ParticipationRule, is_met: bool, **kwargs):
        self.rule, self.is_met = rule, is_met
        super().__init__(*args, **kwargs)
        self.initial = {**self._saved_values, **self.initial}

    def saved_values(self, row) -> dict[str, Any]:
        assert isinstance(row, Membership)
        decision = current_decisions(self.rule, [row.user_id]).get(row.user_id)
        return {
            "outcome": decision.outcome if decision else Outcome.COUNTED,
            "reason": decision.reason if decision else "",
        }

    def clean(self) -> None:
        super().clean()
        data = self.cleaned_data
        if data.get("outcome") == Outcome.COUNTED:
            data["reason"] = ""
        differs = data.get("outcome") == (Outcome.INCOMPLETE if self.is_met else Outcome.COMPLETE)
        if differs and not data.get("reason") and "reason" not in self.errors:
            self.add_error("reason", _("Say why, because what is counted says otherwise."))

    @property
    def is_unchanged(self) -> bool:
        """Return whether the valid form decides what holds already."""
        return {name: self.cleaned_data[name] for name in self._saved_values} == self._saved_values


class StandingsFilterForm(forms.Form):
    """Which learners to list, and in which order. Invalid values in the URL are ignored."""

    show = forms.ChoiceField(choices=[(name, name) for name in (*SELECTIONS, *LACKS)], required=False)
    group = forms.RegexField(rf"^([0-9]{{1,18}}|{NO_GROUP})$", required=False)
    q = forms.CharField(max_length=80, required=False)
    sort = forms.RegexField(rf"^-?(group|left|{'|'.join(REQUIREMENTS)})$", required=False)
    page = forms.IntegerField(min_value=1, max_value=10_000, required=False)

    def filters(self) -> dict[str, Any]:
        """Return the value of each field, empty if it does not filter."""
        self.is_valid()
        filters = {name: self.cleaned_data.get(name) or "" for name in self.fields}
        return filters | {"page": filters["page"] or 1}


def group_choices(course: Course) -> list[tuple[str, str]]:
    """Return the groups to filter by, in order. One query."""
    groups = fetch_rows(_groups_query, course=course.pk)
    return [("", _("All")), *((str(pk), name) for pk, name in groups), (NO_GROUP, _("no group"))]


def _groups_query() -> QuerySet:
    return ReadingGroup.objects.filter(course=int_param("course")).values_list("pk", "name")
