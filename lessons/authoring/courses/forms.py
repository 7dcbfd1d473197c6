"""What the forms of courses, modules and terms refuse, and the words for it."""

from zoneinfo import available_timezones

from django import forms
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from lessons.courses.models import Course
from lessons.models import GlossaryTerm
from lessons.tagging.models import normalise_tag


def _unique_error(words) -> dict:
    return {NON_FIELD_ERRORS: {"unique_together": words}}


class CourseForm(forms.ModelForm):
    class Meta:
        help_texts = {
            "join_policy": _("A course for members only is joined by links: who has one joins, or asks first.")
        }

    def clean_time_zone(self) -> str:
        zone = self.cleaned_data["time_zone"]
        if zone and zone not in available_timezones():
            raise ValidationError(
                gettext("There is no time zone “%(zone)s”. Write one like Europe/Berlin, or UTC.") % {"zone": zone}
            )
        return zone

    def clean(self):
        """The two would contradict each other: nobody may join what they may not see."""
        values = super().clean()
        policies = Course.Visibility.MEMBERS, Course.JoinPolicy.OPEN
        if (values.get("visibility"), values.get("join_policy")) == policies:
            self.add_error(
                "join_policy",
                gettext("Only members see this course, so nobody finds it to join it. Choose another; send links."),
            )
        return values


class ModuleForm(forms.ModelForm):
    class Meta:
        error_messages = _unique_error(_("Another module of this course has this address. Choose another address."))


class GlossaryTermForm(forms.ModelForm):
    def clean(self):
        """`Ebb` and `ebb` are one term. The database holds to it too, by a column that no form shows."""
        values = super().clean()
        module = values.get("module") or getattr(self.instance, "module", None)
        there = GlossaryTerm.objects.filter(module=module, key=normalise_tag(values.get("term") or ""))
        if module and there.exclude(pk=self.instance.pk).exists():
            self.add_error("term", _("This module explains the term already. Edit that one, or write another term."))
        return values


class ModuleCopyForm(forms.Form):
    course = forms.ModelChoiceField(
        Course.objects.none(),
        label=_("Copy to"),
        empty_label=None,
        error_messages={"invalid_choice": _("This course is gone, or no longer yours. Choose another.")},
    )

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["course"].queryset = Course.objects.editable_by(user)


class CourseCopyForm(forms.ModelForm):
    class Meta:
        model = Course
        fields = ["title", "slug"]
        widgets = {name: forms.TextInput(attrs={"class": "vTextField"}) for name in ("title", "slug")}
        error_messages = {
            "slug": {"unique": _("Another course has this address. Choose another, for example with the year.")}
        }
