"""What a note's form takes: discussions' own fields for words, and the passage they are said of."""

from django import forms
from django.utils.translation import gettext_lazy as _

from lessons.annotations.models import HIGHLIGHT, Label
from lessons.courses.models import ReadingGroup
from lessons.discussions.forms import ThreadForm
from lessons.discussions.models import Thread
from lessons.models import Lesson

LARGEST = 2**31 - 1
AUDIENCE_UNAVAILABLE = _("You cannot show it to these readers. Choose one of the buttons; your words are kept.")
GROUP_CHANGED = _(
    "Your group has changed meanwhile: look again at the buttons, they say who reads it. Your words are kept."
)
NO_SUCH_LABEL = _("This course has no such label. Choose another one; your words are kept.")


class AudienceForm(forms.Form):
    """Who reads it: an audience of `buttons`, and for a group the one that stood on the button when it was pressed."""

    audience = forms.ChoiceField(
        error_messages={"required": AUDIENCE_UNAVAILABLE, "invalid_choice": AUDIENCE_UNAVAILABLE}
    )
    group = forms.IntegerField(required=False, min_value=1, max_value=LARGEST)

    def __init__(self, *args, buttons: list[tuple[str, str]], group: ReadingGroup | None, **kwargs):
        super().__init__(*args, **kwargs)
        self.buttons, self.own_group = buttons, group
        self.fields["audience"].choices = buttons

    def clean(self):
        given = super().clean()
        shown = given.get("group")
        if given.get("audience") == Thread.Audience.GROUP and shown and shown != self.own_group.pk:
            self.add_error(None, GROUP_CHANGED)
        return given


class AnnotationForm(AudienceForm, ThreadForm):
    """A note on a passage. `bare` marks it without words, which then are not asked for."""

    kind = forms.ChoiceField(
        label=_("Label"), error_messages={"required": NO_SUCH_LABEL, "invalid_choice": NO_SUCH_LABEL}
    )
    bare = forms.BooleanField(required=False)

    def __init__(self, *args, kinds: tuple[Label, ...], lesson: Lesson, buttons, may_hide: bool, **kwargs):
        of_threads = {"course": lesson.module.course, "lesson": lesson, "audiences": buttons, "can_announce": False}
        super().__init__(*args, buttons=buttons, may_hide=may_hide, **of_threads, **kwargs)
        self.kinds = {kind.key: kind for kind in kinds}
        self.is_bare = self.is_bound and bool(self.data.get("bare"))
        offered = kinds if self.is_bare else [kind for kind in kinds if kind.key != HIGHLIGHT]
        self.fields["kind"].choices = [(kind.key, kind.name) for kind in offered]
        self.fields["source"].required = not self.is_bare

    def clean(self):
        """A bare mark has no words to render; those that were written anyway are given back."""
        if self.is_bare:
            self.cleaned_data.pop("source", None)
        return super().clean()

    @property
    def chosen_label(self) -> Label:
        return self.kinds[self.cleaned_data["kind"]]


class PassageForm(forms.Form):
    """The passage as a page sends it: offsets in code points of a revision's text, and the words there."""

    revision = forms.IntegerField(required=False, min_value=1, max_value=LARGEST)
    block = forms.IntegerField(required=False, min_value=0, max_value=LARGEST)
    start = forms.IntegerField(required=False, min_value=0, max_value=LARGEST)
    end = forms.IntegerField(required=False, min_value=0, max_value=LARGEST)
    exact = forms.CharField(required=False, strip=False)
    prefix = forms.CharField(required=False, strip=False, max_length=200)
    suffix = forms.CharField(required=False, strip=False, max_length=200)

    def text_field(self, name: str) -> str:
        """A form sends every line end as two characters, a text has one."""
        return self.cleaned_data.get(name, "").replace("\r\n", "\n").replace("\r", "\n")
