"""Error pages: each says what went wrong and what to do next, within the course that its address names.

Those that return submitted text are in `unsent/signed_out.py`.
"""

import re

from django.shortcuts import render

from lessons.courses.models import Course
from lessons.courses.models.active_memberships import remember_membership

COURSE_PATH = re.compile(r"/courses/([-\w]+)/")


def not_found(request, exception=None):
    return render(request, "errors/404.html", _course_context(request), status=404)


def forbidden(request, exception=None):
    return render(request, "errors/403.html", _course_context(request), status=403)


def bad_request(request, exception=None):
    return render(request, "errors/400.html", status=400)


def _course_context(request) -> dict:
    """Return the course in the address, so that the page has its bar; nothing if the user may not read it.

    A lesson or a thread in the address names no course: whether there is one must not show.
    """
    match = COURSE_PATH.match(request.path_info)
    if not match or not hasattr(request, "user"):
        return {}
    course = Course.objects.visible_to(request.user).filter(slug=match[1]).first()
    if course is None:
        return {}
    remember_membership(request.user, course.pk, course)
    return {"course": course}
