"""A course's own labels for notes, on the page of the course."""

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.utils.text import slugify
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from lessons.accounts.names import clean_single_line
from lessons.annotations.models import DEFAULT_LABELS, HIGHLIGHT, CourseLabel
from lessons.db.edit_conflicts import VersionedForm
from lessons.markup.characters import comparison_key
from lessons.permissions import can_edit_course, can_enter_authoring

MAX_LABELS = 10
DELETED_UNSEEN = _("Somebody has changed a label that you want to delete. Save again to delete it as it is now.")
LABEL_FIELDS = ("name", "is_question", "position")


ORDINALS = [_("First"), _("Second"), _("Third"), _("Fourth"), _("Fifth")]
ORDINALS += [_("Sixth"), _("Seventh"), _("Eighth"), _("Ninth"), _("Tenth")]


class LabelForm(VersionedForm, forms.ModelForm):
    position = forms.TypedChoiceField(label=_("order"), choices=[*enumerate(ORDINALS)], coerce=int, required=False)

    def has_changed(self) -> bool:
        """Return whether something was entered: the place alone is no new label."""
        return bool(self.changed_data) if self.instance.pk else bool({*self.changed_data} - {"position"})

    def clean_position(self) -> int:
        """Return the place; that of a new row without one is its place in the form, see `LabelFormSet`."""
        place = self.cleaned_data["position"]
        return self.fields["position"].initial or 0 if place == "" else place

    def clean_name(self) -> str:
        name = clean_single_line(self.cleaned_data["name"])
        if comparison_key(name) in (HIGHLIGHT, comparison_key(str(DEFAULT_LABELS[0].name))):
            raise ValidationError(gettext("“Highlight” is always available. Enter your other labels only."))
        return name


class LabelFormSet(forms.BaseInlineFormSet):
    """The labels of a course. A label's key is made from its first name and never changes: notes refer to it.

    Validate it while the course is locked, as `BaseAdmin` does.
    """

    def add_fields(self, form, index):
        """Name each field for screen readers, since the fields in the table have no labels of their own.

        A new label comes last.
        """
        super().add_fields(form, index)
        form.fields["position"].initial = min(index or 0, MAX_LABELS - 1)
        if "position" in form.initial:
            form.initial["position"] = min(form.initial["position"], MAX_LABELS - 1)
        for field in form.fields.values():
            if not field.widget.is_hidden:
                field.widget.attrs["aria-label"] = field.label

    def clean(self):
        super().clean()
        if any(getattr(form, "conflict", None) and form.cleaned_data.get("DELETE") for form in self.forms):
            # Errors of a form that is to be deleted do not count otherwise.
            raise ValidationError(DELETED_UNSEEN)
        added_meanwhile = {
            comparison_key(label.name): label
            for label in CourseLabel.objects.filter(course=self.instance.pk)
            if label.pk not in {form.instance.pk for form in self.forms}
        }
        self._omit_repeated(added_meanwhile)
        named = [f for f in self.forms if f.cleaned_data.get("name") and not f.cleaned_data.get("DELETE")]
        taken = {label.key for label in added_meanwhile.values()} | {form.instance.key for form in self.forms} - {""}
        names = set(added_meanwhile)
        for form in named:
            name = form.cleaned_data["name"]
            if comparison_key(name) in names:
                form.add_error("name", gettext("Another label has this name. Choose another name."))
            names.add(comparison_key(name))
            form.instance.key = form.instance.key or _unique_key(name, taken)
            taken.add(form.instance.key)

    def _omit_repeated(self, added_meanwhile: dict[str, CourseLabel]) -> None:
        """Do not add a label again that this very form has added, when it was submitted before."""
        for form in self.extra_forms:
            data = form.cleaned_data
            label = added_meanwhile.get(comparison_key(data.get("name", "")))
            if label and all(data.get(field) == getattr(label, field) for field in LABEL_FIELDS):
                del added_meanwhile[comparison_key(label.name)]
                data["DELETE"] = True


def _unique_key(name: str, taken: set[str]) -> str:
    stem = slugify(name, allow_unicode=True)[:16].strip("-") or "label"
    return next(key for key in (stem, *(f"{stem}-{n}" for n in range(2, 999))) if key not in taken | {HIGHLIGHT})


class LabelInline(admin.TabularInline):
    model = CourseLabel
    form = LabelForm
    formset = LabelFormSet
    template = "authoring/_course_labels.html"
    fields = LABEL_FIELDS
    extra = 1
    max_num = MAX_LABELS
    verbose_name_plural = _("Labels for notes (if you add none: Note, Question, Confused, Idea)")

    def get_formset(self, request, obj=None, **kwargs):
        return super().get_formset(request, obj, validate_max=True, **kwargs)

    def is_allowed(self, request, course=None) -> bool:
        """Return whether the user may edit the labels. Django asks about a course first, then without one."""
        return can_enter_authoring(request.user) if course is None else can_edit_course(request.user, course)

    def has_view_permission(self, request, obj=None):
        return self.is_allowed(request, obj)

    def has_add_permission(self, request, obj=None):
        return self.is_allowed(request, obj)

    def has_change_permission(self, request, obj=None):
        return self.is_allowed(request, obj)

    def has_delete_permission(self, request, obj=None):
        return self.is_allowed(request, obj)
