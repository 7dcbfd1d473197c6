import re

from django import forms
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from lessons.markup import sanitise
from lessons.models import CaseStudy, Lesson
from lessons.services import resolve_subclass

CONFLICT_MESSAGE = _(
    "Somebody else has saved this text since you opened it. Nothing is lost: both versions stand below. "
    "Save again to put yours in the place of theirs, or leave this page to keep theirs."
)
# An <img> as the sanitiser writes it, without alt or with an empty one.
IMAGE_WITHOUT_ALT = re.compile(r"<img(?![^>]*\balt=\"[^\"]*[^\"\s])[^>]*>")
MISSING_ALT = _(
    "A picture in the text has no words for those who do not see it. Choose it, press the picture button, write them."
)


class BaseLessonForm(forms.ModelForm):
    """A draft. `opened` is the version that one began with: over a newer one nothing is saved without asking.

    After such a refusal `theirs` is what stands there now, and the form, sent again, saves over exactly that.
    """

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    change_summary = forms.CharField(
        label=_("What changed"), max_length=300, required=False, help_text=_("For readers; kept with the revision.")
    )
    current: Lesson | None = None

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.initial["opened"] = self.instance.version

    @property
    def model_field_names(self) -> list[str]:
        """Names of the fields that are columns of the text."""
        columns = {field.name for field in self.instance._meta.concrete_fields}
        return [name for name in self.fields if name in columns]

    def clean_slug(self):
        return self.cleaned_data["slug"] or slugify(self.cleaned_data.get("title", ""), allow_unicode=True)[:80]

    def clean_body(self):
        """Sanitised here already: a refused form shows it next to the other version."""
        body = sanitise.clean_html(self.cleaned_data["body"])
        if IMAGE_WITHOUT_ALT.search(body):
            raise forms.ValidationError(MISSING_ALT)
        return body

    def clean(self):
        values = super().clean()
        if self.instance.pk:
            self._compare(values.get("opened"))
        return values

    def _compare(self, opened: int | None) -> None:
        now = Lesson.objects.values_list("version", flat=True).get(pk=self.instance.pk)
        if opened != now:
            self.current = resolve_subclass(Lesson.objects.get(pk=self.instance.pk))
            self.data = self.data.copy()
            self.data[self.add_prefix("opened")] = str(now)
            self.add_error(None, CONFLICT_MESSAGE)


class LessonForm(BaseLessonForm):
    class Meta:
        model = Lesson
        fields = ["module", "title", "slug", "summary", "body", "due_at", "tags"]


class CaseStudyForm(BaseLessonForm):
    class Meta:
        model = CaseStudy
        fields = [*LessonForm.Meta.fields, "location", "began", "ended", "parties", "outcome", "questions"]
