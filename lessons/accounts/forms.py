"""Account forms: the fields that sign-up adds, and the profile."""

from typing import cast

from django import forms
from django.conf import settings
from django.conf.locale import LANG_INFO
from django.db.models import CharField
from django.utils.translation import gettext_lazy as _

from lessons.accounts.models import User
from lessons.accounts.names import clean_display_name, clean_single_line
from lessons.db.edit_conflicts import VersionedForm
from lessons.time_zones import time_zones

MAX_ABOUT_LINES = 5


class DisplayNameField(forms.CharField):
    """A display name, cleaned. Sets no `maxlength`, so that a name that is too long gets a helpful error message."""

    def clean(self, value):
        return clean_display_name(super().clean(value))


class BaseSignupForm(forms.Form):
    """The sign-up fields besides address and password. django-allauth builds its own sign-up form on it."""

    display_name = DisplayNameField(
        label=_("Your name"),
        help_text=_("Shown to the people you read with."),
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    field_order = ["display_name", "email", "password1"]

    def signup(self, request, user):
        user.display_name = self.cleaned_data["display_name"]
        user.save(update_fields=["display_name"])


class ProfileForm(VersionedForm, forms.ModelForm):
    """How the user appears to others, and how the site appears to the user."""

    display_name = DisplayNameField(label=_("Name"), widget=forms.TextInput(attrs={"autocomplete": "name"}))
    pronouns = forms.CharField(label=_("Pronouns"), required=False, help_text=_("For example she/her, they/them."))
    about = forms.CharField(
        label=_("About you"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("A sentence or two, at most 400 characters."),
    )
    language = forms.ChoiceField(label=_("Language"), required=False)
    time_zone = forms.ChoiceField(label=_("Time zone"), required=False)

    class Meta:
        model = User
        fields = ["display_name", "pronouns", "about", "language", "time_zone", "theme", "text_size"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        language = cast(forms.ChoiceField, self.fields["language"])
        language.choices = [("", _("The site’s language")), *languages()]
        time_zone = cast(forms.ChoiceField, self.fields["time_zone"])
        time_zone.choices = [("", _("The site’s: %s") % settings.TIME_ZONE), *time_zones()]

    def clean_pronouns(self) -> str:
        return self._check_length("pronouns", clean_single_line(self.cleaned_data["pronouns"]))

    def clean_about(self) -> str:
        """Return the text in at most MAX_ABOUT_LINES lines, none of them blank: the last takes all that follows."""
        lines = [line for line in map(clean_single_line, self.cleaned_data["about"].splitlines()) if line]
        first, rest = lines[: MAX_ABOUT_LINES - 1], lines[MAX_ABOUT_LINES - 1 :]
        return self._check_length("about", "\n".join([*first, " ".join(rest)]).strip())

    def _check_length(self, name: str, text: str) -> str:
        max_length = cast(CharField, User._meta.get_field(name)).max_length or 0
        if len(text) > max_length:
            message = _("Write at most %(max)s characters; this has %(length)s.")
            raise forms.ValidationError(message, params={"max": max_length, "length": f"{len(text):,}"})
        return text


def languages() -> list[tuple[str, str]]:
    """Return the site's languages, each by its native name, for readers who know no other language."""
    return [(code, LANG_INFO.get(code, {}).get("name_local", name)) for code, name in settings.LANGUAGES]
