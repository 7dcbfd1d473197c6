"""One person's membership, and adding one member."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from lessons.courses.models import Course, Membership
from lessons.courses.models.active_memberships import forget_memberships
from lessons.courses.services.bulk_enrol import bulk_enrol
from lessons.courses.services.memberships import (
    EnrolmentRefused,
    MembershipChanged,
    change_membership,
    decide_request,
    lock_course,
    reinstate,
    remove_member,
)
from lessons.db.edit_conflicts import save_edit, status_of
from lessons.db.idempotency import FormInvalid, submit_once
from lessons.enrolment.forms import AddMemberForm, MembershipForm
from lessons.enrolment.views.access import get_course_to_manage
from lessons.permissions import can_view_members


def membership(request, slug, pk):
    """Show a member's role and group; POST changes them, removes or re-enrols the member, or decides their request."""
    course = get_course_to_manage(request.user, slug)
    membership = get_object_or_404(_with_relations(), pk=pk, course=course)
    form = MembershipForm(request.POST or None, course=course, row=membership, initial=_initial(membership))
    status = 200
    if request.method == "POST":
        try:
            if _apply_once(request, membership, form):
                return _redirect_after(request, course)
            status = status_of(form)
        except (MembershipChanged, EnrolmentRefused) as error:
            membership = _with_relations().get(pk=pk)
            form = MembershipForm(course=course, row=membership, initial=_initial(membership))
            messages.error(request, str(error))
            status = 409
    context = {"course": course, "membership": membership, "form": form}
    return render(request, "enrolment/membership.html", context, status=status)


def _with_relations():
    return Membership.objects.select_related("user", "group", "course")


def _initial(membership: Membership) -> dict:
    return {"role": membership.role, "group": membership.group_id}


def _apply_once(request, membership: Membership, form: MembershipForm) -> bool:
    """Do what `_apply_action` does, unless the same form was submitted before."""

    def apply() -> str:
        if not _apply_action(request, membership, form):
            raise FormInvalid
        return reverse("enrolment:members", args=[membership.course.slug])

    try:
        submit_once(request, apply)
    except FormInvalid:
        return False
    return True


def _apply_action(request, membership: Membership, form: MembershipForm) -> bool:
    """Carry out the action of the pressed button; return False if the form has errors.

    Raise MembershipChanged or EnrolmentRefused.
    """
    action, by = request.POST.get("action", "save"), request.user
    version = {"membership": membership, "version_token": request.POST.get("version_token", "")}
    if action in ("approve", "reject"):
        decide_request(membership=membership, approve=action == "approve", by=by)
    elif action == "remove":
        remove_member(**version, by=by)
    elif action == "reinstate":
        reinstate(**version, by=by)
    elif membership.state != Membership.State.ACTIVE:
        change_membership(**version, role=membership.role, group=membership.group, by=by)  # says what it is now
    elif not form.is_valid() or not _save(request, membership, form):
        return False
    messages.success(request, _success_message(action) % {"name": membership.user.display_name})
    return True


def _save(request, membership: Membership, form: MembershipForm) -> bool:
    def lock() -> Membership:
        lock_course(membership.course_id)
        return _with_relations().get(pk=membership.pk)

    def save(current: Membership) -> None:
        token = current.version_token if request.POST.get("version_token") else ""
        chosen = {name: form.cleaned_data[name] for name in ("role", "group")}
        change_membership(membership=current, version_token=token, by=request.user, **chosen)

    return save_edit(form, lock=lock, save=save)


def _success_message(action: str) -> str:
    success_messages = {
        "approve": _("%(name)s has been enrolled and will get an e-mail."),
        "reject": _("The request of %(name)s has been rejected. They will get an e-mail."),
        "remove": _("%(name)s has been removed. What they wrote stays theirs."),
        "reinstate": _("%(name)s has been re-enrolled and will get an e-mail."),
    }
    return success_messages.get(action, _("The membership of %(name)s has been saved."))


def _redirect_after(request, course: Course):
    forget_memberships(request.user)
    return redirect("enrolment:members", course.slug) if can_view_members(request.user, course) else redirect(course)


def add_member(request, slug):
    """Add one member by e-mail address, whether they have an account or not."""
    course = get_course_to_manage(request.user, slug)
    form = AddMemberForm(request.POST or None, course=course, initial={"role": Membership.Role.LEARNER})
    if request.method == "POST" and form.is_valid() and _add(request, course, form):
        return _redirect_after(request, course)
    context = {"course": course, "form": form}
    return render(request, "enrolment/add_member.html", context, status=400 if form.errors else 200)


def _add(request, course: Course, form: AddMemberForm) -> bool:
    """Enrol the person and add a success message, or add an error to the form and return False."""

    def enrol() -> str:
        row = bulk_enrol(course=course, lines=[form.line], by=request.user).rows[0]
        if row.kind == "invalid":
            raise EnrolmentRefused(row.message)
        message = _("%(name)s has been enrolled and will get an e-mail.")
        if row.kind == "same":
            message = _("Nothing changed: %(name)s is already enrolled with this role and group.")
        messages.success(request, message % {"name": row.user.display_name if row.user else row.name})
        return reverse("enrolment:members", args=[course.slug])

    try:
        submit_once(request, enrol)
    except EnrolmentRefused as error:
        form.add_error(None, str(error))
        return False
    return True
