"""The form of a note: a thread's own fields, a label and a passage."""

from typing import Any, cast
from uuid import UUID, uuid4

from django import forms
from django.utils.translation import gettext_lazy as _

from lessons.annotations.models import HIGHLIGHT, Label
from lessons.courses.models import ReadingGroup
from lessons.db.edit_conflicts import VersionedForm
from lessons.db.idempotency import submission_key
from lessons.discussions.forms import AudienceForm, ThreadForm
from lessons.models import Lesson

MAX_INTEGER = 2**31 - 1
NO_SUCH_LABEL = _("This course has no such label. Choose another one; your text is still here.")


class AnnotationAudienceForm(AudienceForm):
    """The audience of an annotation: one of `buttons`; of the groups only the author's own, `group`."""

    def __init__(self, *args, buttons: list[tuple[str, str]], group: ReadingGroup | None, **kwargs):
        groups = [group] if group else []
        super().__init__(*args, audiences=buttons, groups=groups, own_group=group, **kwargs)
        self.buttons = buttons


class ShareForm(VersionedForm, AnnotationAudienceForm):
    """The audience of an annotation that exists."""

    def saved_values(self, row) -> dict[str, Any]:
        return {"audience": (row.thread or row).audience}


class AnnotationForm(AnnotationAudienceForm, ThreadForm):
    """A note on a passage. With `highlight_only` it needs no text. `kind` is the key of its label."""

    kind = forms.ChoiceField(
        label=_("Label"), error_messages={"required": NO_SUCH_LABEL, "invalid_choice": NO_SUCH_LABEL}
    )
    highlight_only = forms.BooleanField(required=False)

    def __init__(self, *args, labels: tuple[Label, ...], lesson: Lesson, **kwargs):
        super().__init__(*args, course=lesson.module.course, lesson=lesson, can_announce=False, **kwargs)
        self.labels = {label.key: label for label in labels}
        self.is_highlight_only = self.is_bound and bool(self.data.get("highlight_only"))
        offered = labels if self.is_highlight_only else [label for label in labels if label.key != HIGHLIGHT]
        set_choices(self, "kind", [(label.key, label.name) for label in offered])
        self.fields["source"].required = not self.is_highlight_only

    def clean(self):
        """Ignore the text of a highlight, which a form that is shown again still contains."""
        if self.is_highlight_only:
            self.cleaned_data.pop("source", None)
        return super().clean()

    def _submission_key(self, data, images) -> UUID | None:
        key = super()._submission_key(data, images)
        passage = [self.data.get(name, "") for name in ("revision", "block", "start", "end", "exact")]
        return key and submission_key(key, data.get("kind"), *passage)

    @property
    def idempotency_key(self) -> UUID:
        """Return the key that identifies this valid submission, note or highlight: see `db.idempotency`."""
        return self.prepared.key if self.prepared else self._submission_key(self.cleaned_data, []) or uuid4()

    @property
    def chosen_label(self) -> Label:
        return self.labels[self.cleaned_data["kind"]]


def set_choices(form: forms.Form, name: str, choices: list) -> None:
    cast(forms.ChoiceField, form.fields[name]).choices = choices


class RelabelForm(VersionedForm, forms.Form):
    """A new label for the annotation `row`; `kind` is its key."""

    kind = forms.ChoiceField(
        label=_("Label"), error_messages={"required": NO_SUCH_LABEL, "invalid_choice": NO_SUCH_LABEL}
    )

    def __init__(self, *args, labels: tuple[Label, ...], **kwargs):
        super().__init__(*args, **kwargs)
        self.labels = {label.key: label for label in labels}
        set_choices(self, "kind", [(label.key, label.name) for label in labels])

    def saved_values(self, row) -> dict[str, Any]:
        return {"kind": row.label}

    @property
    def chosen_label(self) -> Label:
        return self.labels[self.cleaned_data["kind"]]


class PassageForm(forms.Form):
    """A passage as a page sends it: offsets in code points of a revision's text, and its quote and context."""

    revision = forms.IntegerField(required=False, min_value=1, max_value=MAX_INTEGER)
    block = forms.IntegerField(required=False, min_value=0, max_value=MAX_INTEGER)
    start = forms.IntegerField(required=False, min_value=0, max_value=MAX_INTEGER)
    end = forms.IntegerField(required=False, min_value=0, max_value=MAX_INTEGER)
    exact = forms.CharField(required=False, strip=False)
    # Django takes declared fields off the class, so this does not become `Form.prefix`.
    prefix = forms.CharField(required=False, strip=False, max_length=200)  # type: ignore[assignment]
    suffix = forms.CharField(required=False, strip=False, max_length=200)

    def text_field(self, name: str) -> str:
        """Return a field with "\\n" for each line break, as in stored texts; browsers send "\\r\\n"."""
        return self.cleaned_data.get(name, "").replace("\r\n", "\n").replace("\r", "\n")
