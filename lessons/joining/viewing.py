"""Seeing a course as a learner of a group does: for staff, reading only, without a trace.

Nobody else's account is entered: the request is given to a viewer with the id 0, which is no person's, who has nothing
but a learner's seat. So nothing may show that is the staff's own, and no right is ever raised. The whole page is made
inside a transaction that is rolled back: whatever it would note of its reader is never kept.
"""

from typing import NamedTuple

from django.contrib import messages
from django.db import transaction
from django.http import JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _

from lessons.people.models import Course, ReadingGroup, User, learner_of
from lessons.permissions import can_view_as_learner

KEY = "view_as_learner"
SAFE = {"GET", "HEAD", "OPTIONS"}


class View(NamedTuple):
    """What the banner says. `staff` is who looks."""

    course: Course
    group: ReadingGroup | None
    staff: User


class ViewAsLearnerMiddleware:
    """Gives the request of staff who look as a learner to a viewer. Costs nothing where nobody looks."""

    def __init__(self, get_response):
        self.get_response = get_response

    @cached_property
    def ways_out(self) -> set[str]:
        return {reverse("enrolment:end_learner_view"), reverse("account_logout")}

    @cached_property
    def accounts(self) -> str:
        """What all addresses of one's own account begin with: a viewer has none."""
        return reverse("accounts:profile").removesuffix("profile/")

    def __call__(self, request):
        if KEY not in request.session or request.path_info in self.ways_out:
            return self.get_response(request)
        view = view_of(request)
        if view is None:
            return self._ended(request)
        name = _("A learner of %s") % view.group if view.group else _("A learner without a group")
        request.view = view
        request.user = learner_of(view.course.pk, view.group and view.group.pk, name)
        return self._without_a_trace(request)

    def _ended(self, request):
        """Says so. What was pressed as a learner is not done as oneself."""
        request.session.pop(KEY)
        words = _("You no longer see as a learner: that group is gone, or you are not of the staff any more.")
        messages.warning(request, words)
        if request.method in SAFE:
            return self.get_response(request)
        return _answered_in_words(request, words) or redirect("reading:library")

    def _without_a_trace(self, request):
        is_account = request.path_info.startswith(self.accounts)
        if request.method not in SAFE or is_account:
            return _refused(request, is_account)
        with transaction.atomic():
            response = self.get_response(request)
            transaction.set_rollback(True)
        return response


def _refused(request, is_account: bool):
    """403: a page, or for the scripts that send notes a sentence."""
    words = _("You see as a learner, so nothing can be sent. Nothing was changed.")
    page = {"is_account": is_account, "back": _back(request)}
    return _answered_in_words(request, words) or render(
        request, "enrolment/learner_view_read_only.html", page, status=403
    )


def _answered_in_words(request, words: str) -> JsonResponse | None:
    if "application/json" in request.headers.get("Accept", ""):
        return JsonResponse({"errors": [words]}, status=403)
    return None


def _back(request) -> str:
    """The page where the button was pressed, or the course."""
    before = request.headers.get("Referer", "")
    is_here = url_has_allowed_host_and_scheme(before, {request.get_host()}, require_https=request.is_secure())
    return before if is_here and before != request.build_absolute_uri() else request.view.course.get_absolute_url()


def view_of(request) -> View | None:
    """What the session says that its person looks at, if they still may: they are asked anew at each request."""
    course_id, group_id = request.session[KEY]
    staff = request.user
    course = Course.objects.filter(pk=course_id).first()
    if course is None or not can_view_as_learner(staff, course):
        return None
    group = ReadingGroup.objects.filter(pk=group_id, course=course).first() if group_id else None
    return None if group_id and group is None else View(course, group, staff)
