"""Middleware that refuses requests no page accepts, cleans what forms contain, and keeps pages of a session out of
shared caches."""

from django.conf import settings
from django.core.exceptions import BadRequest
from django.http import QueryDict
from django.shortcuts import render

from lessons.markup.characters import UNCLEAN, clean_text


class RequestSizeMiddleware:
    """Refuse a body over MAX_REQUEST_BYTES with 413, unread: Django's own limits apply only once files are stored."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        length = request.META.get("CONTENT_LENGTH") or "0"
        if length.isdigit() and int(length) > settings.MAX_REQUEST_BYTES:
            megabytes = settings.MAX_REQUEST_BYTES // 1_000_000
            return render(request, "errors/413.html", {"megabytes": megabytes}, status=413)
        return self.get_response(request)


class RejectNulMiddleware:
    """Refuse a NUL in the query string with 400: PostgreSQL cannot store one, and no page sends one."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if "%00" in request.META.get("QUERY_STRING", ""):
            raise BadRequest
        return self.get_response(request)


class CleanTextMiddleware:
    """Remove from every form and query the characters that no stored text may hold.

    Passwords stay as they were typed: nothing shows or stores them. Django cleans the names of files.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return self.get_response(request)

    def process_view(self, request, view, args, kwargs):
        """Clean the data after the CSRF check, which reads it anyway; the body of an API request is not a form."""
        request.GET = _cleaned(request.GET)
        if request.method == "POST":
            request.POST = _cleaned(request.POST)


def _cleaned(data: QueryDict) -> QueryDict:
    """Return `data` itself unless something in it must be cleaned."""
    if not any(UNCLEAN.search(value) for _name, values in data.lists() for value in values):
        return data
    cleaned = data.copy()
    for name, values in data.lists():
        if "password" not in name:
            cleaned.setlist(name, [clean_text(value) for value in values])
    cleaned._mutable = False
    return cleaned


class PrivatePagesMiddleware:
    """Mark pages of a session as private and to be revalidated, even when somebody presses "Back" after signing out.

    Responses with a Cache-Control header of their own keep it.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        if settings.SESSION_COOKIE_NAME in request.COOKIES:
            response.headers.setdefault("Cache-Control", "private, no-cache")
        return response
