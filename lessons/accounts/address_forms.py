"""django-allauth's forms that ask for an e-mail address or a password, with our field and labels for them."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from allauth.account import forms as allauth_forms
from django import forms
from django.utils.translation import gettext_lazy as _

from lessons.accounts.addresses import AddressFormField

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

PASSWORD_LABELS: Mapping[str, "StrOrPromise"] = {
    "oldpassword": _("Current password"),
    "password1": _("New password"),
    "password2": _("New password again"),
}
NEW_ADDRESS_LABELS: Mapping[str, "StrOrPromise"] = {"email": _("New e-mail address")}


class SiteLabelsMixin(forms.BaseForm):
    """A form whose fields are named as everywhere on the site, and not once more by placeholders."""

    labels: Mapping[str, "StrOrPromise"] = {}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            field.widget.attrs.pop("placeholder", None)
            field.label = self.labels.get(name, field.label)


class NormalisedAddressMixin(SiteLabelsMixin):
    """A form whose fields for e-mail addresses normalise them."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            if isinstance(field, forms.EmailField):
                self.fields[name] = AddressFormField(
                    required=field.required,
                    label=self.labels.get(name, _("E-mail address")),
                    help_text=field.help_text,
                    initial=field.initial,
                    widget=field.widget,
                )


class LoginForm(NormalisedAddressMixin, allauth_forms.LoginForm):
    """Sign-in with a password."""


class RequestLoginCodeForm(NormalisedAddressMixin, allauth_forms.RequestLoginCodeForm):
    """Sign-in with a code."""


class ResetPasswordForm(NormalisedAddressMixin, allauth_forms.ResetPasswordForm):
    """The request for a link to set a password."""


class AddEmailForm(NormalisedAddressMixin, allauth_forms.AddEmailForm):
    """Another address for the account."""

    labels = NEW_ADDRESS_LABELS


class ChangeEmailForm(NormalisedAddressMixin, allauth_forms.ChangeEmailForm):
    """A new address for an account whose present one is not verified yet."""

    labels = NEW_ADDRESS_LABELS


class ChangePasswordForm(SiteLabelsMixin, allauth_forms.ChangePasswordForm):
    """A new password for an account that has one."""

    labels = PASSWORD_LABELS


class FirstPasswordForm(SiteLabelsMixin, allauth_forms.SetPasswordForm):
    """A password for an account that has none."""

    labels = PASSWORD_LABELS


class ReauthenticateForm(SiteLabelsMixin, allauth_forms.ReauthenticateForm):
    """The password once more, before something that needs it."""
