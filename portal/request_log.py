"""A line in the log for each request: what was asked for, by whom, what was answered, and how long it took.

All events in the log that a request causes have its id, which is also in the response's header X-Request-ID.
"""

import re
import time
from contextlib import suppress
from uuid import uuid4

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.http import HttpRequest, HttpResponseBase
from structlog.contextvars import bound_contextvars

from portal.logs import request_logger

HEADER = "X-Request-ID"
GIVEN_ID = re.compile(r"[\w-]{8,64}", re.ASCII)
# Parts of addresses that let in whoever knows them.
SECRET_PARTS = ("token", "code", "key", "uidb36")
HIDDEN = "…"


class RequestLogMiddleware:
    """Log each request but successful health checks, of which there are many. The first middleware."""

    def __init__(self, get_response):
        self.get_response = get_response
        self.log = request_logger(settings.LOG_FORMAT)

    def __call__(self, request):
        started = time.perf_counter()
        request_id = _request_id(request)
        with bound_contextvars(request_id=request_id):
            response = self.get_response(request)
            if settings.ACCESS_LOG and (response.status_code != 200 or not request.path_info.startswith("/health/")):
                self._write(request, response, time.perf_counter() - started)
        response.headers[HEADER] = request_id
        return response

    def _write(self, request: HttpRequest, response: HttpResponseBase, seconds: float) -> None:
        """Write the line. If there is no room for it, the page is worth more."""
        with suppress(OSError):
            self.log.info(
                "request",
                method=request.method,
                path=logged_path(request, response),
                status=response.status_code,
                ms=round(seconds * 1000, 1),
                user=_user_id(request, response),
            )


def _request_id(request: HttpRequest) -> str:
    """Return the id that the proxy has given, if there is one that we trust, or a new one."""
    given = request.headers.get(HEADER, "") if settings.SECURE_PROXY_SSL_HEADER else ""
    return given if GIVEN_ID.fullmatch(given) else uuid4().hex


def logged_path(request: HttpRequest, response: HttpResponseBase) -> str:
    """Return the path without its secrets and, where the site has no such page, without what somebody made up."""
    path, match = request.path_info, request.resolver_match
    if match is None:
        is_static = path.startswith(settings.STATIC_URL) and response.status_code < 400
        return path if is_static else _first_part(path)
    for name, value in match.kwargs.items():
        if name in SECRET_PARTS:
            path = path.replace(str(value), HIDDEN)
    return path


def _first_part(path: str) -> str:
    first, slash, rest = path[1:].partition("/")
    known = first if re.fullmatch(r"[a-z-]{0,30}", first) else HIDDEN
    return f"/{known}{slash}{HIDDEN if rest else ''}"


def _user_id(request: HttpRequest, response: HttpResponseBase) -> int | None:
    """Return the id of who is signed in, if the page has asked for that: here it costs no query."""
    session = getattr(request, "session", None)
    if session is None or not session.accessed or response.status_code == 503:
        return None
    user_id = session.get(SESSION_KEY)
    return int(user_id) if user_id else None
