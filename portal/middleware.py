"""Requests that no page can take are refused by their header, before a byte of them is read or stored."""

from django.conf import settings
from django.core.exceptions import BadRequest
from django.shortcuts import render


class RequestSizeMiddleware:
    """Answers 413 to a body over MAX_REQUEST_BYTES. Django's own limits apply only after files are on the disk."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        length = request.META.get("CONTENT_LENGTH") or "0"
        if length.isdigit() and int(length) > settings.MAX_REQUEST_BYTES:
            megabytes = settings.MAX_REQUEST_BYTES // 1_000_000
            return render(request, "errors/413.html", {"megabytes": megabytes}, status=413)
        return self.get_response(request)


class RejectNulMiddleware:
    """Answers 400 to NUL in a query: PostgreSQL knows no text with it, and no page of ours asks for it."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if "%00" in request.META.get("QUERY_STRING", ""):
            raise BadRequest
        return self.get_response(request)


class PrivatePagesMiddleware:
    """What is answered to a session is that reader's alone, and is asked for anew: also by the next one at the
    same machine who presses "back". Answers that say more of themselves keep what they say."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        if settings.SESSION_COOKIE_NAME in request.COOKIES:
            response.headers.setdefault("Cache-Control", "private, no-cache")
        return response
