"""The forms of lessons and case studies."""

import re

from django import forms
from django.http import QueryDict
from django.utils.functional import cached_property
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from lessons.authoring.base import SingleLineField
from lessons.authoring.lessons.merge import MergingForm
from lessons.authoring.moving.services import MoveRefused, refuse_if_members_have_data
from lessons.courses.moments import CourseDateTimeField
from lessons.db.ids import parse_id
from lessons.discussions.models import CommentPolicy
from lessons.discussions.services.comment_policy import comment_policy_of
from lessons.markup import sanitise
from lessons.models import CaseStudy, Lesson, Module
from lessons.progress.completion import rule_of
from lessons.progress.models import CompletionRule

# An <img> as the sanitiser writes it, without alt or with an empty one.
IMAGE_WITHOUT_ALT = re.compile(r"<img(?![^>]*\balt=\"[^\"]*[^\"\s])[^>]*>")
SOURCE = re.compile(r"\bsrc=\"([^\"]*)")
MISSING_ALT = _(
    "An image in the text has no alternative text for people who cannot see it. "
    "Select the image, press the image button and describe what it shows."
)
# What a revision takes from a draft, saved as somebody types. The settings, which readers see at once, are not.
TEXT_FIELDS = ["title", "summary", "body", "location", "began", "ended", "parties", "outcome", "questions"]
# The fields that stand in the sheet above the text: rows, class and placeholder of each.
SHEET_FIELDS = {
    "title": (1, "editor-title", _("Title")),
    "summary": (1, "editor-summary", _("One sentence, shown under the title")),
}


class BaseLessonForm(MergingForm, forms.ModelForm):
    """A draft. If somebody else has saved it in the meantime, it is merged with theirs, see `MergingForm`."""

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
        if self.module:
            field.use_course(self.module.course)
        else:
            field.help_text = _("In the time zone of the module’s course.")

    @cached_property
    def module(self) -> Module | None:
        """The lesson's module; of a new lesson the chosen one, in one query."""
        if self.instance.pk:
            return self.instance.module
        chosen = parse_id(self.data.get(self.add_prefix("module"), self.initial.get("module")))
        return Module.objects.select_related("course").filter(pk=chosen).first() if chosen else None

    @property
    def model_field_names(self) -> list[str]:
        """Return the names of the fields that are columns of the lesson and are saved by the form."""
        columns = {field.name for field in self.instance._meta.concrete_fields if field.editable}
        return [name for name in self.fields if name in columns]

    def clean_module(self) -> Module:
        """Refuse another course if members of this one have notes, discussions or progress in the lesson."""
        module = self.cleaned_data["module"]
        if self.instance.pk and module.course_id != self.instance.module.course_id:
            try:
                refuse_if_members_have_data([self.instance.pk], self.instance.module.course)
            except MoveRefused as refusal:
                raise forms.ValidationError(str(refusal)) from None
        return module

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
    """The text of a lesson and its settings."""

    comments = forms.ChoiceField(label=_("Comments"), choices=CommentPolicy.Rule, required=False)
    completed_by = forms.ChoiceField(
        label=_("Completed by"),
        choices=CompletionRule.Rule,
        required=False,
        help_text=_("Readers see what is still to do. Those who have completed the lesson keep it."),
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self._lay_out_sheet()
        saved = self._saved_values if self.saved_row else {}
        rules = {"comments": CommentPolicy.Rule.OPEN, "completed_by": CompletionRule.Rule.MARKED}
        self.initial = {**rules, **{name: saved[name] for name in rules if name in saved}, **self.initial}

    def _lay_out_sheet(self) -> None:
        """Let title and summary stand above the text, all in the language of the course."""
        language = {"lang": self.module.course.language} if self.module else {}
        for name, (rows, css_class, placeholder) in SHEET_FIELDS.items():
            field = self.fields[name]
            attrs = {"rows": rows, "class": css_class, "placeholder": placeholder, "dir": "auto"}
            if max_length := getattr(field, "max_length", None):
                attrs["maxlength"] = max_length
            field.widget = forms.Textarea(attrs | language)
        self.fields["body"].widget.attrs |= language
        self.fields["slug"].widget.attrs["placeholder"] = _("from the title")

    def saved_values(self, row):
        return super().saved_values(row) | {"comments": comment_policy_of(row), "completed_by": rule_of(row)}

    def clean_comments(self):
        return self.cleaned_data["comments"] or self.initial["comments"]

    def clean_completed_by(self):
        return self.cleaned_data["completed_by"] or self.initial["completed_by"]

    class Meta:
        model = Lesson
        fields = ["module", "title", "slug", "summary", "body", "due_at", "tags"]
        field_classes = {"due_at": CourseDateTimeField}


class CaseStudyForm(LessonForm):
    class Meta:
        model = CaseStudy
        field_classes = LessonForm.Meta.field_classes
        fields = [*LessonForm.Meta.fields, "location", "began", "ended", "parties", "outcome", "questions"]


class LessonTextForm(BaseLessonForm):
    """The text of a lesson without its settings."""

    class Meta:
        model = Lesson
        fields = TEXT_FIELDS[:3]
        field_classes = {"title": SingleLineField}


class CaseStudyTextForm(BaseLessonForm):
    class Meta:
        model = CaseStudy
        fields = TEXT_FIELDS
        field_classes = {"title": SingleLineField, "location": SingleLineField}


def text_form(lesson: Lesson, data: QueryDict) -> BaseLessonForm:
    """Return the form of the text of a lesson or case study."""
    return (CaseStudyTextForm if isinstance(lesson, CaseStudy) else LessonTextForm)(data, instance=lesson)
