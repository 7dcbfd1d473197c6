"""Seeing a course as a learner of a group does: for staff, reading only, without a trace.

Nobody else's account is entered: the request is given to a viewer with the id 0, which is no person's, who has nothing
but a learner's seat. So nothing may show that is the staff's own, and no right is ever raised. The whole page is made
inside a transaction that is rolled back: whatever it would note of its reader is never kept.
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
from lessons.courses.models import Course, ReadingGroup
from lessons.courses.models.active_memberships import ActiveMembership, set_memberships
from lessons.courses.services import record
from lessons.db.ids import parse_id
from lessons.enrolment.rendering import option_tags
from lessons.enrolment.views.access import get_course_as_staff
from lessons.permissions import can_manage_members, can_view_as_learner, require

SESSION_KEY = "view_as_learner"
SAFE_METHODS = {"GET", "HEAD", "OPTIONS"}


class LearnerView(NamedTuple):
    """What the banner says. `staff` is who looks."""

    course: Course
    group: ReadingGroup | None
    staff: User


class ViewAsLearnerMiddleware:
    """Gives the request of staff who look as a learner to a viewer. Costs nothing where nobody looks."""

    def __init__(self, get_response):
        self.get_response = get_response

    @cached_property
    def exempt_paths(self) -> set[str]:
        return {reverse("enrolment:end_learner_view"), reverse("account_logout")}

    @cached_property
    def accounts(self) -> str:
        """What all addresses of one's own account begin with: a viewer has none."""
        return reverse("accounts:profile").removesuffix("profile/")

    def __call__(self, request):
        if SESSION_KEY not in request.session or request.path_info in self.exempt_paths:
            return self.get_response(request)
        view = current_view(request)
        if view is None:
            return self._ended(request)
        name = _("A learner of %s") % view.group if view.group else _("A learner without a group")
        request.view = view
        request.user = learner_viewer(view.course.pk, view.group and view.group.pk, name)
        return self._rolled_back(request)

    def _ended(self, request):
        """Says so. What was pressed as a learner is not done as oneself."""
        request.session.pop(SESSION_KEY)
        words = _("You no longer see as a learner: that group is gone, or you are not of the staff any more.")
        messages.warning(request, words)
        if request.method in SAFE_METHODS:
            return self.get_response(request)
        return _answered_in_words(request, words) or redirect("reading:library")

    def _rolled_back(self, request):
        is_account = request.path_info.startswith(self.accounts)
        if request.method not in SAFE_METHODS or is_account:
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


def current_view(request) -> LearnerView | None:
    """What the session says that its person looks at, if they still may: they are asked anew at each request."""
    course_id, group_id = request.session[SESSION_KEY]
    staff = request.user
    course = Course.objects.filter(pk=course_id).first()
    if course is None or not can_view_as_learner(staff, course):
        return None
    group = ReadingGroup.objects.filter(pk=group_id, course=course).first() if group_id else None
    return None if group_id and group is None else LearnerView(course, group, staff)


def learner_viewer(course_id: int, group_id: int | None, name: str) -> User:
    """Nobody's account: what a learner of the group would see, and no more. Its id, 0, is no person's."""
    viewer = User(pk=0, uid=uuid.UUID(int=0), display_name=name)
    viewer.set_unusable_password()
    viewer.learner_view, viewer.unread_count = (course_id, group_id), 0
    set_memberships(viewer, {course_id: ActiveMembership("learner", group_id)})
    return viewer


def start_learner_view(request, slug):
    """Asks as whom; POST begins, and writes it into the log."""
    course = get_course_as_staff(request.user, slug)
    require(can_view_as_learner(request.user, course))
    if request.method != "POST":
        groups = option_tags(course.groups.values_list("pk", "name"), "")
        context = {"course": course, "groups": groups, "may_seat": can_manage_members(request.user, course)}
        return render(request, "enrolment/view_as_learner.html", context)
    group = _group_of(course, request.POST.get("group", ""))
    with transaction.atomic():
        record(by=request.user, verb="view as learner", course=course, target=group or _("no group"))
        request.session[SESSION_KEY] = [course.pk, group and group.pk]
    return redirect(course)


def _group_of(course: Course, given: str):
    return get_object_or_404(course.groups, pk=parse_id(given)) if given else None


@require_POST
def end_learner_view(request):
    """The way out, also where nothing was begun."""
    course = Course.objects.filter(pk=(request.session.pop(SESSION_KEY, None) or [None])[0]).first()
    messages.success(request, _("You see with your own eyes again."))
    return redirect("enrolment:members", course.slug) if course else redirect("reading:library")
