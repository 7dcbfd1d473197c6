"""Middleware for the user's language and time zone."""

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
