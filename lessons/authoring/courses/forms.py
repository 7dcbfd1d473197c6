"""The forms of courses, modules and terms, with their validation."""

from typing import cast

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from lessons.authoring.base import offer_courses
from lessons.courses.models import Course
from lessons.markup.lesson_markdown import render_markdown
from lessons.markup.sanitise import InvalidText
from lessons.models import GlossaryTerm, Module, Prompt
from lessons.tagging.models import normalise_tag
from lessons.time_zones import time_zones


class DayInput(forms.DateInput):
    input_type = "date"


class PlainLabelForm(forms.ModelForm):
    """A form whose labels end without a colon, as on the rest of the site."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **{"label_suffix": ""} | kwargs)


class CourseForm(PlainLabelForm):
    class Meta:
        labels = {"slug": _("Address")}
        help_texts = {
            "join_policy": _("Only people with an invitation link can join a members-only course, or ask to join it.")
        }
        widgets = {name: DayInput(format="%Y-%m-%d") for name in ("starts_on", "ends_on")}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if "time_zone" in self.fields:
            # The default is a function: Django would add a hidden field that has the first value.
            self.fields["time_zone"].show_hidden_initial = False
            self.fields["time_zone"].widget = forms.Select(choices=_with_stored_zone(self.instance.time_zone))

    def clean_description(self) -> str:
        try:
            render_markdown(self.cleaned_data["description"])
        except InvalidText as refusal:
            raise ValidationError(str(refusal)) from None
        return self.cleaned_data["description"]

    def clean(self):
        """Refuse an open course that only its members can see: nobody could find it to join it."""
        super().clean()
        policies = self.cleaned_data.get("visibility"), self.cleaned_data.get("join_policy")
        if policies == (Course.Visibility.MEMBERS, Course.JoinPolicy.OPEN):
            self.add_error(
                "join_policy",
                gettext("Only members see this course, so nobody can find it to join. Choose joining by invitation."),
            )
        return self.cleaned_data


def _with_stored_zone(stored: str) -> list:
    """Return the time zones to choose from, and the stored one if it is no longer among them."""
    choices = time_zones()
    known = {name for _region, zones in choices for name, _label in zones}
    return choices if stored in known else [(stored, stored), *choices]


class ModuleForm(PlainLabelForm):
    class Meta:
        labels = {"slug": _("Address")}

    def clean(self):
        """Refuse the address of another module. The database enforces this too, among modules not in the bin."""
        super().clean()
        course = self.cleaned_data.get("course") or getattr(self.instance, "course", None)
        slug = self.cleaned_data.get("slug")
        if course and slug and Module.objects.filter(course=course, slug=slug).exclude(pk=self.instance.pk).exists():
            self.add_error("slug", _("Another module of this course has this address. Choose another address."))
        return self.cleaned_data


class GlossaryTermForm(PlainLabelForm):
    def clean(self):
        """Refuse a term that the module has in another spelling, such as `ebb` beside `Ebb`.

        The database enforces this too, by a column that is in no form.
        """
        super().clean()
        module = self.cleaned_data.get("module") or getattr(self.instance, "module", None)
        key = normalise_tag(self.cleaned_data.get("term") or "")
        others = GlossaryTerm.objects.filter(module=module, key=key).exclude(pk=self.instance.pk)
        if module and others.exists():
            self.add_error("term", _("This module already has this term. Edit it there, or enter another term."))
        return self.cleaned_data


class PromptForm(PlainLabelForm):
    """A prompt. Its place among those of the module is chosen by the one before it; a new one comes last."""

    after = forms.ModelChoiceField(
        Prompt.objects.none(), label=_("Comes after"), required=False, empty_label=_("no other: it comes first")
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.instance.pk and "after" in self.fields:
            self._offer_places()

    def _offer_places(self) -> None:
        prompts = list(Prompt.objects.filter(module=self.instance.module_id).order_by("position", "pk"))
        index = prompts.index(self.instance)
        self.initial["after"] = prompts[index - 1].pk if index else None
        others = Prompt.objects.filter(module=self.instance.module_id).exclude(pk=self.instance.pk)
        cast(forms.ModelChoiceField, self.fields["after"]).queryset = others


class ModuleCopyForm(forms.Form):
    course = forms.ModelChoiceField(
        Course.objects.none(),
        label=_("Copy to"),
        empty_label=None,
        error_messages={
            "invalid_choice": _("This course was deleted, or you no longer teach it. Choose another course.")
        },
    )

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        offer_courses(self, user)


class CourseCopyForm(forms.ModelForm):
    class Meta:
        model = Course
        fields = ["title", "slug"]
        labels = {"slug": _("Address")}
        widgets = {name: forms.TextInput(attrs={"class": "vTextField"}) for name in ("title", "slug")}
        error_messages = {
            "slug": {"unique": _("Another course has this address. Choose another, for example with the year.")}
        }
