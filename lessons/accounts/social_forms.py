"""Forms of institutional login. Loaded only if OIDC_SERVER_URL or SAML_METADATA_URL is set."""

from allauth.socialaccount import forms as allauth_forms

from lessons.accounts.address_forms import NormalisedAddressMixin


class SocialSignupForm(NormalisedAddressMixin, allauth_forms.SignupForm):
    """Ask for what the institution did not send."""
