"""Confirm who somebody is before an action that cannot be undone, or that changes how they sign in."""

import time
from functools import wraps
from urllib.parse import urlencode

from allauth.account.adapter import get_adapter
from allauth.account.authentication import get_authentication_records
from allauth.account.decorators import reauthentication_required
from allauth.mfa.webauthn.views import ReauthenticateWebAuthnView
from django.conf import settings
from django.shortcuts import render
from django.urls import reverse

SAFE_METHODS = {"GET", "HEAD", "OPTIONS"}


def identity_confirmed(view):
    """Let a form through if its user has confirmed who they are within ACCOUNT_REAUTHENTICATION_TIMEOUT.

    If not, django-allauth asks for the password, a code or a passkey, at most ten times a minute, and then
    continues with the form. People who have none of these, because they sign in by e-mailed code or through their
    university, must have signed in as recently, or are asked to sign in again.
    """
    asking_view = reauthentication_required(view, allow_get=True)

    @wraps(view)
    def inner(request, *args, **kwargs):
        user = request.user
        is_exempt = request.method in SAFE_METHODS or not user.is_authenticated
        if is_exempt or get_adapter(request).get_reauthentication_methods(user) or _signed_in_recently(request):
            return asking_view(request, *args, **kwargs)
        sign_in = f"{reverse('account_login')}?{urlencode({'next': request.path})}"
        return render(request, "accounts/sign_in_again.html", {"sign_in_url": sign_in}, status=403)

    return inner


def _signed_in_recently(request) -> bool:
    records = get_authentication_records(request, request.user)
    return bool(records) and time.time() - records[-1]["at"] < settings.ACCOUNT_REAUTHENTICATION_TIMEOUT


class ConfirmByPasskeyView(ReauthenticateWebAuthnView):
    """Ask again after a passkey that was not accepted; django-allauth leads away, and what was to be done is lost."""

    def form_invalid(self, form):
        return self.render_to_response(self.get_context_data() | {"form": form})
