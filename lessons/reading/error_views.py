"""Error pages: each says what went wrong and what to do next.

Those that return submitted text are in `unsent/signed_out.py`.
"""

from django.shortcuts import render


def not_found(request, exception=None):
    return render(request, "errors/404.html", status=404)


def forbidden(request, exception=None):
    return render(request, "errors/403.html", status=403)


def bad_request(request, exception=None):
    return render(request, "errors/400.html", status=400)
