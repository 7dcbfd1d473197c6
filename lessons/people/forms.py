from django import forms
from django.utils.translation import gettext_lazy as _


class SignupForm(forms.Form):
    """What sign-up asks beside address and password."""

    display_name = forms.CharField(
        label=_("Your name"), max_length=80, help_text=_("Shown to the people you read with.")
    )
    field_order = ["display_name", "email", "password1"]

    def signup(self, request, user):
        user.display_name = self.cleaned_data["display_name"]
        user.save(update_fields=["display_name"])
