"""Middleware that refuses requests no page accepts, and keeps pages of a session out of shared caches."""

import time

from django.conf import settings
from django.core.exceptions import BadRequest
from django.shortcuts import render
from django.urls import reverse

from lessons.reading.error_views import unavailable


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


class ServiceAwayMiddleware:
    """While the database or the cache is away, answer 503 at once for PAUSE_SECONDS after each request that waited.

    Otherwise all threads would wait for it, and whoever comes next would wait for the threads. /health/live/ answers.
    """

    PAUSE_SECONDS = 0.5

    def __init__(self, get_response):
        self.get_response = get_response
        self.paused_until = 0.0

    def __call__(self, request):
        if time.monotonic() < self.paused_until and request.path != reverse("reading:health_live"):
            return unavailable(request)
        response = self.get_response(request)
        if getattr(response, "is_service_away", False):
            self.paused_until = time.monotonic() + self.PAUSE_SECONDS
        return response


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
