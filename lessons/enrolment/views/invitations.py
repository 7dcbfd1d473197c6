"""Invitations: for staff to make and end, for others to come in by, or to ask by.

A newcomer meets three screens: the link, signing up, the course.
"""

from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from lessons.courses.models import Course, Invitation, Membership
from lessons.courses.models.active_memberships import active_memberships
from lessons.courses.services.invitations import (
    InvitationRefused,
    accept_invitation,
    create_invitation,
    refusal_reason,
    revoke_invitation,
)
from lessons.courses.services.memberships import EnrolmentRefused, leave, refuse_rejected_applicant
from lessons.db.idempotency import submit_once
from lessons.enrolment.forms import InvitationCodeForm, InvitationForm
from lessons.enrolment.views.access import get_course_to_manage

PENDING_INVITATION = "invitation"
MAX_ROWS = 200


def invitations(request, slug):
    """Those of a course, the usable ones first; POST makes one."""
    course = get_course_to_manage(request.user, slug)
    form = InvitationForm(request.POST or None, course=course, instance=Invitation(course=course))
    if request.method == "POST" and form.is_valid():
        _create(request, course, form)
        return redirect("enrolment:invitations", course.slug)
    found = list(course.invitations.select_related("group").order_by("-pk")[:MAX_ROWS])
    usable = set(course.invitations.usable().values_list("pk", flat=True))
    context = {
        "course": course,
        "form": form,
        "usable": [i for i in found if i.pk in usable],
        "ended": [i for i in found if i.pk not in usable],
        "root": request.build_absolute_uri("/")[:-1],
    }
    return render(request, "enrolment/invitations.html", context, status=400 if form.errors else 200)


def _create(request, course: Course, form: InvitationForm) -> None:
    def create() -> str:
        create_invitation(invitation=form.save(commit=False), by=request.user)
        return reverse("enrolment:invitations", args=[course.slug])

    try:
        if not submit_once(request, create).is_repeat:
            messages.success(request, _("The invitation is made. Copy its link and send it to whom it is for."))
    except EnrolmentRefused as refusal:
        messages.error(request, str(refusal))


@require_POST
def revoke(request, slug, pk):
    course = get_course_to_manage(request.user, slug)
    revoke_invitation(invitation=get_object_or_404(course.invitations, pk=pk), by=request.user)
    messages.success(request, _("This invitation is ended. Who came in by it keeps their seat."))
    return redirect("enrolment:invitations", course.slug)


@login_not_required
def enter_code(request):
    """For a code that somebody was told: asks for it and leads to its page, which says for which course it is."""
    form = InvitationCodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        if found := Invitation.objects.with_code(form.cleaned_data["code"]).first():
            return redirect(found)
        form.add_error("code", _("There is no such code. Look whether every sign is right."))
    course = Course.objects.visible_to(request.user).filter(slug=request.GET.get("course", "")[:80]).first()
    context = {"form": form, "course": course}
    return render(request, "enrolment/enter_code.html", context, status=400 if form.errors else 200)


@login_not_required
def invitation(request, code):
    """What the link gives, and a button that takes it. Who presses it without being signed in is seated on return."""
    found = get_object_or_404(Invitation.objects.with_code(code).select_related("course", "group"))
    seat = _seat_of(request.user, found.course)
    if found.requires_approval and seat and seat.state == Membership.State.PENDING:
        return _asked(request, found)
    # A view of staff as learner has no seat to take: its button is refused like any other.
    wants = request.session.pop(PENDING_INVITATION, None) == found.code if request.user.is_authenticated else False
    if request.user.is_authenticated and (request.method == "POST" or wants) and request.user.pk:
        return _accept(request, found)
    is_in = request.user.is_authenticated and found.course_id in active_memberships(request.user)
    refusal = _rejection_reason(seat, found) or refusal_reason(found)
    if refusal and not is_in:
        return _render_unusable(request, refusal)
    if request.method == "POST":
        return _redirect_to_sign_in(request, found)
    context = {"invitation": found, "course": found.course, "is_in": is_in, "seat": seat}
    context["role"] = found.get_role_display() if found.role != Membership.Role.LEARNER else ""
    return render(request, "enrolment/invitation.html", context)


def _seat_of(user, course: Course) -> Membership | None:
    if not user.is_authenticated:
        return None
    return Membership.objects.filter(course=course, user=user.pk).select_related("group").first()


def _rejection_reason(seat: Membership | None, found: Invitation) -> str:
    try:
        refuse_rejected_applicant(seat, asks=found.requires_approval)
    except EnrolmentRefused as refusal:
        return str(refusal)
    return ""


def _render_unusable(request, refusal):
    return render(request, "enrolment/invitation_unusable.html", {"refusal": refusal}, status=410)


def _asked(request, found: Invitation):
    """For who waits for an answer; `leave` withdraws the request."""
    if "leave" in request.POST:
        leave(user=request.user, course=found.course)
        messages.success(request, _("Your request is withdrawn."))
        return redirect(found)
    return render(
        request, "enrolment/invitation.html", {"invitation": found, "course": found.course, "has_asked": True}
    )


def _redirect_to_sign_in(request, found: Invitation):
    """Keeps what the visitor wants in the session, which signing in carries along, and leads to the entrance."""
    request.session[PENDING_INVITATION] = found.code
    way = "account_login" if request.POST.get("way") == "account" else "account_signup"
    return redirect(f"{reverse(way)}?{urlencode({'next': found.get_absolute_url()})}")


def _accept(request, found: Invitation):
    try:
        seat = accept_invitation(invitation=found, user=request.user)
    except (InvitationRefused, EnrolmentRefused) as refusal:
        return _render_unusable(request, refusal)
    if seat.state == Membership.State.PENDING:
        return redirect(found) if request.method == "POST" else _asked(request, found)
    messages.success(request, _("You are in. What you read here is kept for you."))
    return redirect(found.course)
