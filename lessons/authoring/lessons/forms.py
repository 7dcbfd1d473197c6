"""The forms of lessons and case studies."""

import re

from django import forms
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from lessons.courses.moments import CourseDateTimeField
from lessons.db.edit_conflicts import VersionedForm
from lessons.db.ids import parse_id
from lessons.markup import sanitise
from lessons.models import CaseStudy, Lesson, Module

# An <img> as the sanitiser writes it, without alt or with an empty one.
IMAGE_WITHOUT_ALT = re.compile(r"<img(?![^>]*\balt=\"[^\"]*[^\"\s])[^>]*>")
SOURCE = re.compile(r"\bsrc=\"([^\"]*)")
MISSING_ALT = _(
    "An image in the text has no alternative text for people who cannot see it. "
    "Select the image, press the image button and describe what it shows."
)


class BaseLessonForm(VersionedForm, forms.ModelForm):
    """A draft. Its version is the lesson's own, which also changes with what is not a field of the form."""

    change_summary = forms.CharField(
        label=_("What changed"), max_length=300, required=False, help_text=_("For readers; kept with the revision.")
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self._use_course_time_zone()

    def _use_course_time_zone(self) -> None:
        """Read the due date in the time zone that the page names: that of the lesson's course.

        A new lesson is in the course of the module that is chosen.
        """
        field = self.fields.get("due_at")
        if not isinstance(field, CourseDateTimeField):
            return
        module = self.instance.module if self.instance.pk else self._chosen_module()
        if module:
            field.use_course(module.course)
        else:
            field.help_text = _("In the time zone of the module’s course.")

    def _chosen_module(self) -> Module | None:
        chosen = parse_id(self.data.get(self.add_prefix("module"), self.initial.get("module")))
        return Module.objects.select_related("course").filter(pk=chosen).first() if chosen else None

    def row_version(self, row) -> str:
        return str(row.version)

    @property
    def model_field_names(self) -> list[str]:
        """Return the names of the fields that are columns of the lesson and are saved by the form."""
        columns = {field.name for field in self.instance._meta.concrete_fields if field.editable}
        return [name for name in self.fields if name in columns]

    def clean_slug(self):
        return self.cleaned_data["slug"] or slugify(self.cleaned_data.get("title", ""), allow_unicode=True)[:80]

    def clean_due_at(self):
        """Return what is stored if what the page shows of it is unchanged: a page shows no seconds."""
        return self.cleaned_data["due_at"] if "due_at" in self.changed_data else self.instance.due_at

    def clean_body(self):
        """Sanitise the text before it is saved: after a conflict the page shows it next to the other version.

        An image without a description may stay if the draft already has it: it came with an article, or is decorative.
        """
        body = sanitise.clean_html(self.cleaned_data["body"])
        if _undescribed_images(body) - _undescribed_images(self.instance.body):
            raise forms.ValidationError(MISSING_ALT)
        return body


def _undescribed_images(body: str) -> set[str]:
    """Return the URLs of the images without a description."""
    return {address for image in IMAGE_WITHOUT_ALT.findall(body) for address in SOURCE.findall(image)}


class LessonForm(BaseLessonForm):
    class Meta:
        model = Lesson
        fields = ["module", "title", "slug", "summary", "body", "due_at", "tags"]
        field_classes = {"due_at": CourseDateTimeField}


class CaseStudyForm(BaseLessonForm):
    class Meta:
        model = CaseStudy
        field_classes = LessonForm.Meta.field_classes
        fields = [*LessonForm.Meta.fields, "location", "began", "ended", "parties", "outcome", "questions"]
