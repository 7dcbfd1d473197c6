"""View a course as a learner of a group: for staff, read-only, without leaving a trace.

No real account is impersonated: the request gets a viewer with the id 0, which no user has, who is only a learner in
the course. So nothing of the staff member's own shows, and no rights are gained. The response is made inside a
transaction that is rolled back, so that nothing is stored about its reader; what is slow comes before it.
"""

import uuid
from contextlib import suppress
from typing import NamedTuple

from django.contrib import messages
from django.db import transaction
from django.http import JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import Resolver404, resolve, reverse
from django.utils.functional import cached_property
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from lessons.accounts.models import User
from lessons.courses.descriptions import description_html
from lessons.courses.models import Course, Membership, ReadingGroup
from lessons.courses.models.active_memberships import ActiveMembership, set_memberships
from lessons.courses.services import record
from lessons.db.ids import parse_id
from lessons.enrolment.rendering import option_tags
from lessons.enrolment.views.access import get_course_as_staff
from lessons.permissions import can_manage_members, can_view_as_learner, require

SESSION_KEY = "view_as_learner"
SAFE_METHODS = {"GET", "HEAD", "OPTIONS"}
DESCRIBING_PAGES = {"reading:library", "reading:course", "reading:lessons"}


class LearnerView(NamedTuple):
    """The course, the group and the staff member who is viewing, for the banner."""

    course: Course
    group: ReadingGroup | None
    staff: User


class ViewAsLearnerMiddleware:
    """Replace the request's user with a learner while staff view as one. Runs no query for anybody else."""

    def __init__(self, get_response):
        self.get_response = get_response

    @cached_property
    def exempt_paths(self) -> set[str]:
        """Return the paths that the staff member opens as themselves."""
        return {reverse("enrolment:end_learner_view"), reverse("account_logout")}

    @cached_property
    def account_prefix(self) -> str:
        """Return the prefix of all paths of a user's own account, which a viewer does not have."""
        return reverse("accounts:profile").removesuffix("profile/")

    def __call__(self, request):
        if SESSION_KEY not in request.session or self._is_exempt(request):
            return self.get_response(request)
        view = current_view(request)
        if view is None:
            return self._end(request)
        name = _("A learner of %s") % view.group if view.group else _("A learner without a group")
        request.learner_view = view
        request.user = learner_viewer(view.course.pk, view.group.pk if view.group else None, name)
        return self._rolled_back(request)

    def _is_exempt(self, request) -> bool:
        """Return whether the staff member acts as themselves: to end the view or, in another tab, to choose anew."""
        return request.path_info in self.exempt_paths or (request.method == "POST" and _is_start(request))

    def _end(self, request):
        """Tell the user that the view has ended. A form submitted as a learner is not processed as staff."""
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
        _render_descriptions(request)
        with transaction.atomic():
            response = self.get_response(request)
            transaction.set_rollback(True)
        return response


def _is_start(request) -> bool:
    with suppress(Resolver404):
        return resolve(request.path_info).view_name == "enrolment:start_learner_view"
    return False


def _render_descriptions(request) -> None:
    """Render the descriptions of courses that the page may show, once in each process: they are slow."""
    with suppress(Resolver404):
        page = resolve(request.path_info)
        if page.view_name in DESCRIBING_PAGES:
            courses = Course.objects.visible_to(request.user).filter(**page.kwargs)  # that of the page, or all
            for source in courses.values_list("description", flat=True):
                description_html(source)


def _read_only_response(request, is_account: bool):
    """Return a 403: a page, or an error message for scripts."""
    message = _("You’re viewing as a learner, so you can’t submit anything. Nothing was changed.")
    context = {"is_account": is_account, "back_url": _back_url(request)}
    return _json_response(request, message) or render(
        request, "enrolment/learner_view_read_only.html", context, status=403
    )


def _json_response(request, message: str) -> JsonResponse | None:
    if "application/json" in request.headers.get("Accept", ""):
        return JsonResponse({"errors": [message]}, status=403)
    return None


def _back_url(request) -> str:
    """Return the URL of the page with the form, or of the course."""
    referrer = request.headers.get("Referer", "")
    is_own = url_has_allowed_host_and_scheme(referrer, {request.get_host()}, require_https=request.is_secure())
    if is_own and referrer != request.build_absolute_uri():
        return referrer
    return request.learner_view.course.get_absolute_url()


def current_view(request) -> LearnerView | None:
    """Return the view stored in the session, if the staff member is still allowed it. Checked on every request."""
    course_id, group_id = request.session[SESSION_KEY]
    course = Course.objects.filter(pk=course_id).first()
    if course is None or not can_view_as_learner(request.user, course):
        return None
    group = ReadingGroup.objects.filter(pk=group_id, course=course).first() if group_id else None
    return None if group_id and group is None else LearnerView(course, group, request.user)


def learner_viewer(course_id: int, group_id: int | None, name: str) -> User:
    """Return an unsaved user with the id 0, who sees exactly what a learner of the group would."""
    viewer = User(pk=0, uid=uuid.UUID(int=0), display_name=name)
    viewer.set_unusable_password()
    viewer.learner_view, viewer.unread_count = (course_id, group_id), 0
    set_memberships(viewer, {course_id: ActiveMembership(Membership.Role.LEARNER.value, group_id)})
    return viewer


def start_learner_view(request, slug):
    """Show the form to choose a group; POST starts the view and records it in the audit log."""
    course = get_course_as_staff(request.user, slug)
    require(can_view_as_learner(request.user, course))
    if request.method != "POST":
        groups = option_tags(course.groups.values_list("pk", "name"), "")
        can_manage = can_manage_members(request.user, course)
        context = {"course": course, "groups": groups, "can_manage_members": can_manage}
        return render(request, "enrolment/view_as_learner.html", context)
    group_id = request.POST.get("group", "")
    group = get_object_or_404(course.groups, pk=parse_id(group_id)) if group_id else None
    chosen = [course.pk, group.pk if group else None]
    if request.session.get(SESSION_KEY) != chosen:  # a double click is recorded once
        with transaction.atomic():
            record(by=request.user, verb="view as learner", course=course, target=group or _("no group"))
            request.session[SESSION_KEY] = chosen
    return redirect(course)


@require_POST
def end_learner_view(request):
    """End the view, if there is one."""
    course_id = (request.session.pop(SESSION_KEY, None) or [None])[0]
    course = Course.objects.filter(pk=course_id).first()
    messages.success(request, _("You’re no longer viewing as a learner."))
    return redirect("enrolment:members", course.slug) if course else redirect("reading:library")
