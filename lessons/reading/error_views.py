"""Error pages: each says what went wrong and what to do next."""

import re
import sys

from django.conf import settings
from django.core.exceptions import BadRequest, SuspiciousOperation
from django.http import HttpRequest, HttpResponse, HttpResponseServerError, JsonResponse
from django.http.multipartparser import MultiPartParserError
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.views.csrf import csrf_failure as django_csrf_failure

from lessons.db.availability import is_disk_full, is_service_away, is_temporary

JSON_LD = "application/ld+json"
RETRY_SECONDS = 2
# Fields that are not what somebody wrote.
NOT_TEXT = re.compile("password|token|key|code|credential|csrf", re.IGNORECASE)
MIN_TEXT = 20


def not_found(request, exception=None):
    return render(request, "errors/404.html", status=404)


def forbidden(request, exception=None):
    return render(request, "errors/403.html", status=403)


def csrf_failure(request, reason=""):
    """Refuse a request without a CSRF token: as a page, or as JSON to programs that exchange annotations."""
    accepted = request.headers.get("Accept", "")
    if "text/html" not in accepted and JSON_LD in (*accepted.replace(";", ",").split(","), request.content_type):
        message = _("The CSRF token is missing. Send the value of the csrftoken cookie in the X-CSRFToken header.")
        return JsonResponse({"errors": [message]}, status=403)
    return django_csrf_failure(request, reason)


def bad_request(request, exception=None):
    return render(request, "errors/400.html", status=400)


def server_error(request):
    """Render without the request, so that no context processor and no query can fail a second time.

    Django calls this while it handles the error. One that will pass, such as a database that is away, is a 503.
    """
    error = sys.exc_info()[1]
    if is_temporary(error):
        return unavailable(request, error)
    return HttpResponseServerError(render_to_string("errors/500.html", {"site_name": settings.SITE_NAME}))


def unavailable(request: HttpRequest, error: BaseException | None = None) -> HttpResponse:
    """Answer 503 without database, session and cache; give back what somebody wrote.

    A response because of a service that is away has the attribute `is_service_away`.
    """
    response = _unavailable_json() if _wants_json(request) else _unavailable_page(request, error)
    response.headers["Retry-After"] = str(RETRY_SECONDS)
    response.headers["Cache-Control"] = "no-store"
    response.is_service_away = is_service_away(error)  # type: ignore[attr-defined]
    return response


def _wants_json(request: HttpRequest) -> bool:
    accepted = request.headers.get("Accept", "")
    return "text/html" not in accepted and "json" in accepted


def _unavailable_json() -> HttpResponse:
    message = _("The site is busy, or a part of it cannot be reached. Try again in a moment.")
    return JsonResponse({"errors": [message]}, status=503)


def _unavailable_page(request: HttpRequest, error: BaseException | None) -> HttpResponse:
    context = {
        "site_name": settings.SITE_NAME,
        "is_disk_full": is_disk_full(error),
        "address": request.get_full_path() if request.method in ("GET", "HEAD") else "",
        "texts": _submitted_texts(request),
    }
    return HttpResponse(render_to_string("errors/503.html", context), status=503)


def _submitted_texts(request: HttpRequest) -> list[str]:
    """Return the texts of the form that was sent: fields that are long or have more than one word."""
    try:
        fields = request.POST.items()
    except (OSError, SuspiciousOperation, BadRequest, MultiPartParserError):
        return []
    texts = [str(value).strip() for name, value in fields if not NOT_TEXT.search(name)]
    return [text for text in texts if len(text) >= MIN_TEXT or " " in text]
