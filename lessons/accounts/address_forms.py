"""django-allauth's forms that ask for an e-mail address, with our field for it."""

from allauth.account import forms as allauth_forms
from django import forms
from django.utils.translation import gettext_lazy as _

from lessons.accounts.addresses import AddressFormField


class NormalisedAddressMixin(forms.BaseForm):
    """A form whose fields for e-mail addresses normalise them, and are named as everywhere on the site."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            if isinstance(field, forms.EmailField):
                field.widget.attrs.pop("placeholder", None)
                self.fields[name] = AddressFormField(
                    required=field.required,
                    label=_("E-mail address"),
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


class ChangeEmailForm(NormalisedAddressMixin, allauth_forms.ChangeEmailForm):
    """A new address for an account whose present one is not verified yet."""
