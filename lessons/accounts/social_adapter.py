"""Institutional login. Loaded only if OIDC_SERVER_URL or SAML_METADATA_URL is set."""

from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.helpers import render_authentication_error
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy

from lessons.accounts.addresses import normalise_address
from lessons.accounts.names import clean_display_name


class SocialAccountAdapter(DefaultSocialAccountAdapter):
    error_messages = DefaultSocialAccountAdapter.error_messages | {
        "no_password": gettext_lazy("This is how you sign in. Set a password first, then disconnect the account."),
    }

    def pre_social_login(self, request, sociallogin):
        """Refuse what an OpenID provider says of somebody else than its ID token does (OpenID Connect Core, 5.3.2)."""
        said = sociallogin.account.extra_data
        subjects = {said[part]["sub"] for part in ("id_token", "userinfo") if isinstance(said.get(part), dict)}
        if len(subjects) > 1:
            provider = sociallogin.account.get_provider(request)
            raise ImmediateHttpResponse(render_authentication_error(request, provider))

    def populate_user(self, request, sociallogin, data):
        """Use the name that the institution sends or, if it has nothing visible, the local part of the address.

        Its addresses are normalised before an account is looked for.
        """
        data = {**data, "email": normalise_address(data.get("email") or "")}
        user = super().populate_user(request, sociallogin, data)
        user.email = user.email or None
        for address in sociallogin.email_addresses:
            address.email = normalise_address(address.email)
        parts = (data.get("first_name"), data.get("last_name"))
        name = data.get("name") or " ".join(filter(None, parts))
        try:
            user.display_name = clean_display_name(name or "")
        except ValidationError:
            user.display_name = (user.email or "").partition("@")[0][:80]
        return user
