"""One person's seat, and giving somebody one by hand."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from lessons.courses import emails
from lessons.courses.models import Course, Membership
from lessons.courses.models.active_memberships import forget_memberships
from lessons.courses.services.bulk_enrol import bulk_enrol
from lessons.courses.services.memberships import (
    EnrolmentRefused,
    MembershipChanged,
    change_membership,
    decide_request,
    reinstate,
    remove_member,
)
from lessons.db.idempotency import submit_once
from lessons.enrolment.forms import AddMemberForm, MembershipForm
from lessons.enrolment.views.access import get_course_to_manage, site_url
from lessons.permissions import can_view_members


def membership(request, slug, pk):
    """A member's role and group; removing them, seating them again, answering their request."""
    course = get_course_to_manage(request.user, slug)
    membership = get_object_or_404(Membership.objects.select_related("user", "group", "course"), pk=pk, course=course)
    form = MembershipForm(
        request.POST or None,
        course=course,
        initial={"role": membership.role, "group": membership.group_id},
    )
    status = 200
    if request.method == "POST":
        try:
            if _apply_action(request, membership, form):
                return _redirect_after(request, course)
            status = 400
        except (MembershipChanged, EnrolmentRefused) as refusal:
            membership = Membership.objects.select_related("user", "group").get(pk=pk)
            form = MembershipForm(course=course, initial={"role": membership.role, "group": membership.group_id})
            messages.error(request, str(refusal))
            status = 409
    return render(
        request, "enrolment/membership.html", {"course": course, "seat": membership, "form": form}, status=status
    )


def _apply_action(request, membership: Membership, form: MembershipForm) -> bool:
    """Does what the pressed button says; False where the form has errors. Raises SeatChanged, SeatRefused."""
    act, by, shown = request.POST.get("act", "save"), request.user, request.POST.get("shown", "")
    if act in ("approve", "refuse"):
        decide_request(membership=membership, approve=act == "approve", by=by)
    elif act == "remove":
        remove_member(membership=membership, version_token=shown, by=by)
    elif act == "again":
        reinstate(membership=membership, version_token=shown, by=by)
    elif form.is_valid():
        given = form.cleaned_data
        change_membership(membership=membership, version_token=shown, role=given["role"], group=given["group"], by=by)
    else:
        return False
    name = membership.user.display_name
    done = {
        "approve": _("%(name)s has a seat now, and is told by mail."),
        "refuse": _("%(name)s is told that there is no seat."),
        "remove": _("%(name)s has no seat any more. What they wrote stays theirs."),
        "again": _("%(name)s has their seat back, and is told by mail."),
    }
    messages.success(request, done.get(act, _("The seat of %(name)s is saved.")) % {"name": name})
    return True


def _redirect_after(request, course):
    emails.send_first(course, site_url(request))
    forget_memberships(request.user)
    return redirect("enrolment:members", course.slug) if can_view_members(request.user, course) else redirect(course)


def add_member(request, slug):
    """Somebody by hand, by their address: with an account or without."""
    course = get_course_to_manage(request.user, slug)
    form = AddMemberForm(request.POST or None, course=course, initial={"role": Membership.Role.LEARNER})
    if request.method == "POST" and form.is_valid() and _is_new(request, course, form):
        return _redirect_after(request, course)
    return render(
        request, "enrolment/add_member.html", {"course": course, "form": form}, status=400 if form.errors else 200
    )


def _is_new(request, course: Course, form: AddMemberForm) -> bool:
    """Gives the seat, and says so; what stands against it is said in the form."""

    def enrol() -> str:
        entry = bulk_enrol(course=course, lines=[form.line], by=request.user).entries[0]
        if entry.kind == "wrong":
            raise EnrolmentRefused(entry.message)
        words = _("Nothing changed: %(name)s has this seat already.")
        if entry.kind != "same":
            words = _("%(name)s has a seat now, and is told by mail.")
        messages.success(request, words % {"name": entry.user.display_name})
        return reverse("enrolment:members", args=[course.slug])

    try:
        submit_once(request, enrol)
    except EnrolmentRefused as refusal:
        form.add_error(None, str(refusal))
        return False
    return True
