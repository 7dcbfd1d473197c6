"""One learner's participation, for the course's staff: what was counted, and what they decide."""

from uuid import uuid4

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from lessons.accounts.requests import AuthenticatedHttpRequest
from lessons.courses.models import Membership
from lessons.db.edit_conflicts import save_edit, status_of
from lessons.db.unsent_texts import fill_form, forget_submitted
from lessons.participation.contributions import Shown, contributions
from lessons.participation.forms import DecisionForm
from lessons.participation.models import ParticipationRule
from lessons.participation.services import decide, lock_rule
from lessons.participation.standings import standing_of
from lessons.participation.views.access import get_course_as_staff, get_rule
from lessons.participation.wording import describe
from lessons.permissions import can_decide_participation, require


def learner(request: AuthenticatedHttpRequest, slug: str, pk: int, membership: int) -> HttpResponse:
    """Show what counts of one learner, with a form to decide about them."""
    course = get_course_as_staff(request.user, slug)
    rule = get_rule(course, pk)
    learners = course.memberships.filter(role=Membership.Role.LEARNER).select_related("user", "group")
    member = get_object_or_404(learners.active(), pk=membership)
    standing = standing_of(rule, member)
    form = DecisionForm(request.POST or None, row=member, rule=rule, is_met=standing.is_met)
    if request.method == "POST":
        require(can_decide_participation(request.user, course))
        if form.is_valid() and _decide(request, rule, member, form):
            forget_submitted(request)
            return redirect("participation:learner", course.slug, rule.pk, member.pk)
    work = contributions(rule, member.user, request.user, standing.done, Shown.of_query(request.GET))
    draft_key = f"decision-{rule.pk}-{member.pk}"
    context = {
        "course": course,
        "draft_key": draft_key,
        "is_draft": fill_form(form, request.user.pk, draft_key),
        "rule": rule,
        "sentence": describe(rule),
        "member": member,
        "standing": standing,
        "work": work,
        "sections": work.render(course.zone),
        "form": form,
        "can_decide": can_decide_participation(request.user, course),
    }
    return render(request, "participation/learner.html", context, status=status_of(form))


def _decide(
    request: AuthenticatedHttpRequest, rule: ParticipationRule, member: Membership, form: DecisionForm
) -> bool:
    """Save the decision and offer to undo it, unless it holds already; return False after a conflict."""
    data, batch = form.cleaned_data, uuid4()

    def lock() -> Membership:
        lock_rule(rule)
        return member

    def save(current: Membership) -> None:
        if not form.is_unchanged:
            decide(
                rule=rule,
                user=current.user,
                outcome=data["outcome"],
                reason=data["reason"],
                by=request.user,
                batch=batch,
            )

    if not save_edit(form, lock=lock, save=save):
        return False
    if not form.is_unchanged:
        undo = reverse("participation:undo", args=[rule.course.slug, rule.pk, batch])
        messages.success(request, _("The decision is saved."), extra_tags=undo)
    return True
