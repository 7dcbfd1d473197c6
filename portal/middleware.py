"""Middleware that refuses requests no page accepts, and keeps pages of a session out of shared caches."""

from django.conf import settings
from django.core.exceptions import BadRequest
from django.shortcuts import render

from lessons.db.ids import MAX_DIGITS


class RequestSizeMiddleware:
    """Refuse a body over MAX_REQUEST_BYTES with 413, unread: Django's own limits apply only once files are stored."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        length = request.META.get("CONTENT_LENGTH") or "0"
        is_number = length.isascii() and length.isdecimal()
        if is_number and (len(length) > MAX_DIGITS or int(length) > settings.MAX_REQUEST_BYTES):
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
