"""Viewing a course as a learner of a group: for staff, read-only, without a trace.

Nobody's account is borrowed: the request gets a viewer with the id 0, which no user has, who is nothing but a learner
of the course. So nothing of the staff member's own can show, and no right is ever raised. The whole response is made
inside a transaction that is rolled back: whatever it would store about its reader is discarded.
"""

import uuid
from typing import NamedTuple

from django.contrib import messages
from django.db import transaction
from django.http import JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from lessons.accounts.models import User
from lessons.courses.models import Course, Membership, ReadingGroup
from lessons.courses.models.active_memberships import ActiveMembership, set_memberships
from lessons.courses.services import record
from lessons.db.ids import parse_id
from lessons.enrolment.rendering import option_tags
from lessons.enrolment.views.access import get_course_as_staff
from lessons.permissions import can_manage_members, can_view_as_learner, require

SESSION_KEY = "view_as_learner"
SAFE_METHODS = {"GET", "HEAD", "OPTIONS"}


class LearnerView(NamedTuple):
    """What the banner says: the course, the group and the staff member who views."""

    course: Course
    group: ReadingGroup | None
    staff: User


class ViewAsLearnerMiddleware:
    """Replace the user of a request by a learner, while staff view as one. Costs nothing for everybody else."""

    def __init__(self, get_response):
        self.get_response = get_response

    @cached_property
    def exempt_paths(self) -> set[str]:
        """Paths that the staff member reaches as themselves."""
        return {reverse("enrolment:end_learner_view"), reverse("account_logout")}

    @cached_property
    def account_prefix(self) -> str:
        """What all paths of one's own account begin with: a viewer has none."""
        return reverse("accounts:profile").removesuffix("profile/")

    def __call__(self, request):
        if SESSION_KEY not in request.session or request.path_info in self.exempt_paths:
            return self.get_response(request)
        view = current_view(request)
        if view is None:
            return self._end(request)
        name = _("A learner of %s") % view.group if view.group else _("A learner without a group")
        request.learner_view = view
        request.user = learner_viewer(view.course.pk, view.group.pk if view.group else None, name)
        return self._rolled_back(request)

    def _end(self, request):
        """Say that the view has ended. What was submitted as a learner is not done as oneself."""
        request.session.pop(SESSION_KEY)
        message = _("You’re no longer viewing as a learner: the group was deleted, or you’re no longer on the staff.")
        messages.warning(request, message)
        if request.method in SAFE_METHODS:
            return self.get_response(request)
        return _json_response(request, message) or redirect("reading:library")

    def _rolled_back(self, request):
        is_account = request.path_info.startswith(self.account_prefix)
        if request.method not in SAFE_METHODS or is_account:
            return _read_only_response(request, is_account)
        with transaction.atomic():
            response = self.get_response(request)
            transaction.set_rollback(True)
        return response


def _read_only_response(request, is_account: bool):
    """Answer 403: with a page, or with an error message for scripts."""
    message = _("You’re viewing as a learner, so nothing can be sent. Nothing was changed.")
    context = {"is_account": is_account, "back_url": _back_url(request)}
    return _json_response(request, message) or render(
        request, "enrolment/learner_view_read_only.html", context, status=403
    )


def _json_response(request, message: str) -> JsonResponse | None:
    if "application/json" in request.headers.get("Accept", ""):
        return JsonResponse({"errors": [message]}, status=403)
    return None


def _back_url(request) -> str:
    """Return the page where the button was pressed, or the course."""
    referrer = request.headers.get("Referer", "")
    is_own = url_has_allowed_host_and_scheme(referrer, {request.get_host()}, require_https=request.is_secure())
    if is_own and referrer != request.build_absolute_uri():
        return referrer
    return request.learner_view.course.get_absolute_url()


def current_view(request) -> LearnerView | None:
    """Return the view that the session holds, if the staff member may still have it: asked anew at each request."""
    course_id, group_id = request.session[SESSION_KEY]
    course = Course.objects.filter(pk=course_id).first()
    if course is None or not can_view_as_learner(request.user, course):
        return None
    group = ReadingGroup.objects.filter(pk=group_id, course=course).first() if group_id else None
    return None if group_id and group is None else LearnerView(course, group, request.user)


def learner_viewer(course_id: int, group_id: int | None, name: str) -> User:
    """Return nobody's account: a user with the id 0 who sees what a learner of the group would, and no more."""
    viewer = User(pk=0, uid=uuid.UUID(int=0), display_name=name)
    viewer.set_unusable_password()
    viewer.learner_view, viewer.unread_count = (course_id, group_id), 0
    set_memberships(viewer, {course_id: ActiveMembership(Membership.Role.LEARNER.value, group_id)})
    return viewer


def start_learner_view(request, slug):
    """Ask for a group; POST begins the view and records it in the audit log."""
    course = get_course_as_staff(request.user, slug)
    require(can_view_as_learner(request.user, course))
    if request.method != "POST":
        groups = option_tags(course.groups.values_list("pk", "name"), "")
        can_manage = can_manage_members(request.user, course)
        context = {"course": course, "groups": groups, "can_manage_members": can_manage}
        return render(request, "enrolment/view_as_learner.html", context)
    group_id = request.POST.get("group", "")
    group = get_object_or_404(course.groups, pk=parse_id(group_id)) if group_id else None
    with transaction.atomic():
        record(by=request.user, verb="view as learner", course=course, target=group or _("no group"))
        request.session[SESSION_KEY] = [course.pk, group.pk if group else None]
    return redirect(course)


@require_POST
def end_learner_view(request):
    """End the view, also where none was begun."""
    course_id = (request.session.pop(SESSION_KEY, None) or [None])[0]
    course = Course.objects.filter(pk=course_id).first()
    messages.success(request, _("You’re no longer viewing as a learner."))
    return redirect("enrolment:members", course.slug) if course else redirect("reading:library")
