"""Pages in the language and time zone that a person has chosen."""

from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils import timezone, translation


class ComfortMiddleware:
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
                _turn_to(request.user.time_zone)


def _turn_to(name: str) -> None:
    """A zone that this machine does not know, or no longer, is the site's."""
    try:
        timezone.activate(ZoneInfo(name))
    except (OSError, ValueError, KeyError):
        timezone.deactivate()
