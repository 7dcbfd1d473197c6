"""Pages in the language and time zone that a person has chosen."""

import time
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils import timezone, translation


class UserLocaleMiddleware:
    """Turns to the person's language and time zone before the view, and back after it: the thread serves others too.

    Costs no query: LoginRequiredMiddleware has asked for the person already.
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
    """A zone that this machine does not know, or no longer, is the site's."""
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
    """Holds back what a form of the entrance answers, until the time is up. Who has signed in waits for nothing."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        began = time.monotonic()
        response = self.get_response(request)
        at = request.resolver_match
        if request.method == "POST" and at and at.url_name in AUTH_URL_NAMES and not request.user.is_authenticated:
            time.sleep(max(0, began + settings.ENTRANCE_ANSWER_SECONDS - time.monotonic()))
        return response
