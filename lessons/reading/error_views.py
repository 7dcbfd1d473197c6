"""Pages that say what went wrong and what to do next."""

from django.conf import settings
from django.http import HttpResponseServerError, JsonResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.views.csrf import csrf_failure

JSON_LD = "application/ld+json"


def not_found(request, exception=None):
    return render(request, "errors/404.html", status=404)


def forbidden(request, exception=None):
    return render(request, "errors/403.html", status=403)


def csrf_refused(request, reason=""):
    """A form without its token; to programs that send or read annotations in one sentence."""
    accepted = request.headers.get("Accept", "")
    if "text/html" not in accepted and JSON_LD in (*accepted.replace(";", ",").split(","), request.content_type):
        words = _("The token against forged requests is missing. Send the cookie of that name back as X-CSRFToken.")
        return JsonResponse({"errors": [words]}, status=403)
    return csrf_failure(request, reason)


def bad_request(request, exception=None):
    return render(request, "errors/400.html", status=400)


def server_error(request):
    """Without the request: no context processor and no query can fail here a second time."""
    return HttpResponseServerError(render_to_string("errors/500.html", {"site_name": settings.SITE_NAME}))
