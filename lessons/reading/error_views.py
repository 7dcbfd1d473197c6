"""Error pages: each says what went wrong and what to do next."""

from django.conf import settings
from django.http import HttpResponseServerError, JsonResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.views.csrf import csrf_failure as django_csrf_failure

JSON_LD = "application/ld+json"


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
    """Render without the request, so that no context processor and no query can fail a second time."""
    return HttpResponseServerError(render_to_string("errors/500.html", {"site_name": settings.SITE_NAME}))
