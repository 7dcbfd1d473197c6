"""Pages that say what went wrong and what to do next."""

from django.conf import settings
from django.http import HttpResponseServerError
from django.shortcuts import render
from django.template.loader import render_to_string


def not_found(request, exception=None):
    return render(request, "errors/404.html", status=404)


def forbidden(request, exception=None):
    return render(request, "errors/403.html", status=403)


def bad_request(request, exception=None):
    return render(request, "errors/400.html", status=400)


def server_error(request):
    """Without the request: no context processor and no query can fail here a second time."""
    return HttpResponseServerError(render_to_string("errors/500.html", {"site_name": settings.SITE_NAME}))
