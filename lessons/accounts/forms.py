from functools import cache
from itertools import groupby
from zoneinfo import available_timezones

from django import forms
from django.conf import settings
from django.conf.locale import LANG_INFO
from django.utils.translation import gettext_lazy as _

from lessons.accounts.models import User
from lessons.accounts.names import clean_display_name, clean_single_line

MAX_ABOUT_LINES = 5


class DisplayNameField(forms.CharField):
    """A person's name, cleaned. Longer ones reach the server, which says what is wrong with them."""

    def clean(self, value):
        return clean_display_name(super().clean(value))


class BaseSignupForm(forms.Form):
    """What sign-up asks beside address and password."""

    display_name = DisplayNameField(
        label=_("Your name"),
        help_text=_("Shown to the people you read with."),
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    field_order = ["display_name", "email", "password1"]

    def signup(self, request, user):
        user.display_name = self.cleaned_data["display_name"]
        user.save(update_fields=["display_name"])


class ProfileForm(forms.ModelForm):
    """How one appears to others, and how the portal appears to oneself."""

    display_name = DisplayNameField(label=_("Name"), widget=forms.TextInput(attrs={"autocomplete": "name"}))
    pronouns = forms.CharField(label=_("Pronouns"), required=False, help_text=_("For example she/her, they/them."))
    about = forms.CharField(
        label=_("About you"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("A sentence or two; at most 400 characters."),
    )
    language = forms.ChoiceField(label=_("Language"), required=False)
    time_zone = forms.ChoiceField(label=_("Time zone"), required=False)

    class Meta:
        model = User
        fields = ["display_name", "pronouns", "about", "language", "time_zone", "theme", "text_size"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["language"].choices = [("", _("The site's language")), *languages()]
        self.fields["time_zone"].choices = [("", _("The site's: %s") % settings.TIME_ZONE), *time_zones()]

    def clean_pronouns(self):
        return self._check_length("pronouns", clean_single_line(self.cleaned_data["pronouns"]))

    def clean_about(self):
        """On at most ABOUT_LINES lines, none of them empty: the last takes what would be on more."""
        lines = [line for line in map(clean_single_line, self.cleaned_data["about"].splitlines()) if line]
        kept, rest = lines[: MAX_ABOUT_LINES - 1], lines[MAX_ABOUT_LINES - 1 :]
        return self._check_length("about", "\n".join([*kept, " ".join(rest)]).strip())

    def _check_length(self, name: str, words: str) -> str:
        most = User._meta.get_field(name).max_length
        if len(words) > most:
            refusal = _("At most %(most)s characters fit here; these are %(length)s.")
            raise forms.ValidationError(refusal, params={"most": most, "length": f"{len(words):,}"})
        return words


def languages() -> list[tuple[str, str]]:
    """Those of LANGUAGES, each by its own name, as somebody who reads no other would look for it."""
    return [(code, LANG_INFO.get(code, {}).get("name_local", name)) for code, name in settings.LANGUAGES]


@cache
def time_zones() -> list[tuple[str, list[tuple[str, str]]]]:
    """This machine's zones named after a region and a place, by region: what `<optgroup>` shows."""
    old = ("Etc/", "SystemV/", "US/", "Canada/", "Brazil/", "Chile/", "Mexico/", "posix/", "right/")
    names = sorted(name for name in available_timezones() if "/" in name and not name.startswith(old))
    regions = groupby(names, key=lambda name: name.partition("/")[0])
    return [("UTC", [("UTC", "UTC")]), *((region, [(n, _place(n)) for n in of]) for region, of in regions)]


def _place(name: str) -> str:
    return name.partition("/")[2].replace("_", " ").replace("/", " – ")
