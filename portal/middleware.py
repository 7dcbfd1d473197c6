"""Middleware that refuses requests no page accepts, cleans what forms contain, and tells caches what to do."""

import re
import time
from hashlib import blake2b
from threading import Lock

from django.conf import settings
from django.core.exceptions import BadRequest
from django.http import Http404, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.cache import get_conditional_response, patch_vary_headers

from lessons.db.ids import MAX_DIGITS
from lessons.markup.characters import UNCLEAN, clean_text
from lessons.models import GlossaryTerm, Lesson, Module, Prompt, TimelineEvent
from lessons.unsent.signed_out import unavailable

DELETED_MEANWHILE = tuple(model.DoesNotExist for model in (Module, Lesson, GlossaryTerm, TimelineEvent, Prompt))


class RequestSizeMiddleware:
    """Refuse a body that is too large with 413, unread: Django's own limits apply only once files are stored.

    That is one over MAX_REQUEST_BYTES, and over MAX_ARTICLE_REQUEST_BYTES for the form that imports an article.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        length = request.META.get("CONTENT_LENGTH") or "0"
        is_number = length.isascii() and length.isdecimal()
        is_article = request.path == reverse("admin:import_article")
        limit = settings.MAX_ARTICLE_REQUEST_BYTES if is_article else settings.MAX_REQUEST_BYTES
        if is_number and (len(length) > MAX_DIGITS or int(length) > limit):
            megabytes = limit // 1_000_000
            return render(request, "errors/413.html", {"megabytes": megabytes}, status=413)
        return self.get_response(request)


SEARCHES = ("/search/", "/search/suggestions/", "/search/answers/")


class RejectNulMiddleware:
    """Refuse a NUL in the query string with 400: PostgreSQL cannot store one, and no page sends one.

    A search takes whatever is pasted: CleanTextMiddleware removes it there.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if "%00" in request.META.get("QUERY_STRING", "") and not request.path.endswith(SEARCHES):
            raise BadRequest
        return self.get_response(request)


class UnavailableServiceMiddleware:
    """Answer 503 at once while the database or the cache is away, as a request has found out that waited in vain.

    After PAUSE_SECONDS one request may try again, and the others still do not wait. Otherwise all threads would wait
    for the service, and later requests for the threads. /health/live/ is always answered.
    """

    PAUSE_SECONDS = 0.5

    def __init__(self, get_response):
        self.get_response = get_response
        self.paused_until = 0.0
        self.is_away = False
        self.trying = Lock()

    def __call__(self, request):
        if request.path == reverse("operations:health_live"):
            return self.get_response(request)
        if not self.is_away:
            return self._try(request)
        if time.monotonic() < self.paused_until or not self.trying.acquire(blocking=False):
            return unavailable(request)
        try:
            return self._try(request)
        finally:
            self.trying.release()

    def _try(self, request):
        response = self.get_response(request)
        self.is_away = getattr(response, "is_service_unavailable", False)
        if self.is_away:
            self.paused_until = time.monotonic() + self.PAUSE_SECONDS
        return response


# Masked anew each time it is printed.
CSRF_TOKEN = re.compile(rb'name="csrfmiddlewaretoken" value="[^"]*"')


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


class WrongMethodMiddleware:
    """Answer with a page if an address that only takes a submitted form is opened: Django's answer is blank."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        if response.status_code != 405 or request.method != "GET" or response.content:
            return response
        page = render(request, "errors/405.html", status=405)
        page["Allow"] = response["Allow"]
        return page


class ConcurrentDeletionMiddleware:
    """Answer 404 if a lesson or the like was deleted after the request found it and before it locked it."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return self.get_response(request)

    def process_exception(self, request, exception):
        if isinstance(exception, DELETED_MEANWHILE):
            raise Http404 from exception


class PrivatePagesMiddleware:
    """Mark responses to a session as private and to be revalidated, and pages with an ETag.

    The browser keeps pages for “Back”, with what was typed in them; pages that show a secret forbid it by `no-store`,
    and keep a Cache-Control header of their own, as others do. A file opened by itself, in a tab, is not kept at all:
    unlike a page it has no script to notice that somebody else has signed in.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        if settings.SESSION_COOKIE_NAME in request.COOKIES or settings.SESSION_COOKIE_NAME in response.cookies:
            response.headers.setdefault("Cache-Control", "private, no-cache")
            if response.headers.get("Content-Type", "").startswith("text/html"):
                return _with_etag(request, response)
            if "public" not in response.headers["Cache-Control"]:
                patch_vary_headers(response, ["Accept"])
                if "text/html" in request.headers.get("Accept", ""):
                    response.headers["Cache-Control"] = "private, no-store"
        return response


def _with_etag(request, response):
    """Return a page with an ETag of its content except CSRF tokens, which stay valid; 304 if the browser has it."""
    is_page = request.method == "GET" and response.status_code == 200 and not response.streaming
    if not is_page or "ETag" in response.headers or "no-store" in response.headers["Cache-Control"]:
        return response
    digest = blake2b(request.META.get("CSRF_COOKIE", "").encode(), digest_size=16)
    digest.update(CSRF_TOKEN.sub(b"", response.content))
    response.headers["ETag"] = f'W/"{digest.hexdigest()}"'
    return get_conditional_response(request, etag=response.headers["ETag"], response=response)
