"""Invitations: staff create and revoke them; others accept them or ask to join with them.

New users see three pages: the invitation, sign-up, the course.
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
    """List the course's invitations, valid ones first; POST creates one."""
    course = get_course_to_manage(request.user, slug)
    form = InvitationForm(request.POST or None, course=course, instance=Invitation(course=course))
    if request.method == "POST" and form.is_valid():
        _create(request, course, form)
        return redirect("enrolment:invitations", course.slug)
    rows = list(course.invitations.select_related("group").order_by("-pk")[:MAX_ROWS])
    usable = set(course.invitations.usable().values_list("pk", flat=True))
    context = {
        "course": course,
        "form": form,
        "usable": [invitation for invitation in rows if invitation.pk in usable],
        "ended": [invitation for invitation in rows if invitation.pk not in usable],
        "site_url": request.build_absolute_uri("/")[:-1],
    }
    return render(request, "enrolment/invitations.html", context, status=400 if form.errors else 200)


def _create(request, course: Course, form: InvitationForm) -> None:
    def create() -> str:
        create_invitation(invitation=form.save(commit=False), by=request.user)
        return reverse("enrolment:invitations", args=[course.slug])

    try:
        if not submit_once(request, create).is_repeat:
            messages.success(request, _("The invitation has been created. Copy its link and send it."))
    except EnrolmentRefused as error:
        messages.error(request, str(error))


@require_POST
def revoke(request, slug, pk):
    """Revoke an invitation."""
    course = get_course_to_manage(request.user, slug)
    revoke_invitation(invitation=get_object_or_404(course.invitations, pk=pk), by=request.user)
    messages.success(request, _("The invitation has been revoked. People who joined with it stay enrolled."))
    return redirect("enrolment:invitations", course.slug)


@login_not_required
def enter_code(request):
    """Ask for an invitation code and redirect to the invitation's page, which names the course."""
    form = InvitationCodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        if invitation := Invitation.objects.with_code(form.cleaned_data["code"]).first():
            return redirect(invitation)
        form.add_error("code", _("There’s no invitation with this code. Check that you typed it correctly."))
    course = Course.objects.visible_to(request.user).filter(slug=request.GET.get("course", "")[:80]).first()
    context = {"form": form, "course": course}
    return render(request, "enrolment/enter_code.html", context, status=400 if form.errors else 200)


@login_not_required
def invitation(request, code):
    """Show the invitation; POST accepts it. Visitors sign in first and are enrolled when they return."""
    invitation = get_object_or_404(Invitation.objects.with_code(code).select_related("course", "group"))
    course, is_signed_in = invitation.course, request.user.is_authenticated
    membership = _membership_of(request.user, course)
    if invitation.requires_approval and membership and membership.state == Membership.State.PENDING:
        return _handle_pending(request, invitation)
    is_returning = is_signed_in and request.session.pop(PENDING_INVITATION, None) == invitation.code
    # A viewer (whose id is 0, see `view_as_learner`) cannot be enrolled: the button is refused like any other.
    if is_signed_in and (request.method == "POST" or is_returning) and request.user.pk:
        return _accept(request, invitation)
    is_member = is_signed_in and invitation.course_id in active_memberships(request.user)
    reason = _rejection_reason(membership, invitation) or refusal_reason(invitation)
    if reason and not is_member:
        return _render_unusable(request, reason)
    if request.method == "POST":
        return _redirect_to_sign_in(request, invitation)
    context = {"invitation": invitation, "course": course, "is_member": is_member, "membership": membership}
    context["role"] = invitation.get_role_display() if invitation.role != Membership.Role.LEARNER else ""
    return render(request, "enrolment/invitation.html", context)


def _membership_of(user, course: Course) -> Membership | None:
    if not user.is_authenticated:
        return None
    return Membership.objects.filter(course=course, user=user.pk).select_related("group").first()


def _rejection_reason(membership: Membership | None, invitation: Invitation) -> str:
    try:
        refuse_rejected_applicant(membership, is_request=invitation.requires_approval)
    except EnrolmentRefused as error:
        return str(error)
    return ""


def _render_unusable(request, reason):
    return render(request, "enrolment/invitation_unusable.html", {"reason": reason}, status=410)


def _handle_pending(request, invitation: Invitation):
    """Show that the request is pending; `leave` withdraws it."""
    if "leave" in request.POST:
        leave(user=request.user, course=invitation.course)
        messages.success(request, _("Your request has been withdrawn."))
        return redirect(invitation)
    context = {"invitation": invitation, "course": invitation.course, "has_pending_request": True}
    return render(request, "enrolment/invitation.html", context)


def _redirect_to_sign_in(request, invitation: Invitation):
    """Store the acceptance in the session, which survives signing in, and redirect to sign-in or sign-up."""
    request.session[PENDING_INVITATION] = invitation.code
    page = "account_login" if request.POST.get("sign_in_method") == "account" else "account_signup"
    return redirect(f"{reverse(page)}?{urlencode({'next': invitation.get_absolute_url()})}")


def _accept(request, invitation: Invitation):
    try:
        membership = accept_invitation(invitation=invitation, user=request.user)
    except (InvitationRefused, EnrolmentRefused) as error:
        return _render_unusable(request, error)
    if membership.state == Membership.State.PENDING:
        return redirect(invitation) if request.method == "POST" else _handle_pending(request, invitation)
    messages.success(request, _("You’ve been enrolled. Your progress in this course is saved."))
    return redirect(invitation.course)
