"""Middleware for the user's language and time zone, and for sign-in responses that always take the same time."""

import time
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils import timezone, translation


class UserLocaleMiddleware:
    """Activate the user's language and time zone for the view, and reset them after it: threads are reused.

    Runs no query: LoginRequiredMiddleware has already loaded the user.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        with translation.override(settings.LANGUAGE_CODE), timezone.override(None):
            return self.get_response(request)

    def process_view(self, request, view, args, kwargs):
        if request.user.is_authenticated:
            if request.user.language in dict(settings.LANGUAGES):
                translation.activate(request.user.language)
            if request.user.time_zone:
                _activate_time_zone(request.user.time_zone)


def _activate_time_zone(name: str) -> None:
    """Activate the time zone, or the site's if this machine no longer knows it."""
    try:
        timezone.activate(ZoneInfo(name))
    except (OSError, ValueError, KeyError):
        timezone.deactivate()


AUTH_URL_NAMES = {
    "account_login",
    "account_signup",
    "account_reset_password",
    "account_request_login_code",
    "account_confirm_login_code",
    "account_email_verification_sent",
}


class ConstantTimeAuthMiddleware:
    """Delay responses to sign-in and sign-up forms until AUTH_RESPONSE_SECONDS have passed.

    So the response time does not reveal whether an address has an account. A successful sign-in is not delayed.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        started = time.monotonic()
        response = self.get_response(request)
        match = request.resolver_match
        is_auth_form = request.method == "POST" and match and match.url_name in AUTH_URL_NAMES
        if is_auth_form and not request.user.is_authenticated:
            time.sleep(max(0, started + settings.AUTH_RESPONSE_SECONDS - time.monotonic()))
        return response
