"""Writing, changing and deleting participation rules."""

from django.contrib import messages
from django.forms.models import model_to_dict
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from lessons.accounts.requests import AuthenticatedHttpRequest
from lessons.courses.models import Course
from lessons.db.edit_conflicts import save_edit, status_of
from lessons.db.idempotency import submit_once
from lessons.db.unsent_texts import fill_form, forget_submitted
from lessons.participation.feasibility import obstacles
from lessons.participation.forms import ParticipationRuleForm
from lessons.participation.models import ParticipationRule
from lessons.participation.services import delete_rule, restore_rule, save_rule
from lessons.participation.views.access import get_course_as_staff, get_rule
from lessons.participation.wording import describe
from lessons.permissions import can_set_participation_rules, require


def create_rule(request: AuthenticatedHttpRequest, slug: str) -> HttpResponse:
    """Write a rule; `preview` in the form shows it as a sentence and saves nothing. One that nobody can meet is shown
    like that first, and saved with `anyway`.
    """
    course = _get_course(request, slug)
    form = ParticipationRuleForm(request.POST or None, instance=ParticipationRule(course=course))
    reasons = _reasons(form)
    if _saves(request, form, reasons):

        def create() -> str:
            return _standings_url(save_rule(rule=form.save(commit=False), by=request.user))

        outcome = submit_once(request, create)
        forget_submitted(request)
        if not outcome.is_repeat:
            messages.success(request, _("The rule is saved. Learners see it on the course’s home."))
        return redirect(outcome.address)
    return _render(request, course, form, reasons, f"add-rule-{course.pk}")


def edit_rule(request: AuthenticatedHttpRequest, slug: str, pk: int) -> HttpResponse:
    """Change a rule, as `create_rule` makes one. What was decided about learners stays."""
    course = _get_course(request, slug)
    rule = get_rule(course, pk)
    form = ParticipationRuleForm(request.POST or None, instance=rule)
    reasons = _reasons(form)
    if _saves(request, form, reasons) and _save(request, form):
        forget_submitted(request)
        messages.success(request, _("The rule is saved. What you have confirmed stays confirmed."))
        return redirect(_standings_url(rule))
    return _render(request, course, form, reasons, f"edit-rule-{rule.pk}")


def _reasons(form: ParticipationRuleForm) -> list[str]:
    """Return why nobody can meet the rule of a valid form."""
    return obstacles(form.instance, timezone.now()) if form.is_valid() else []


def _saves(request: AuthenticatedHttpRequest, form: ParticipationRuleForm, reasons: list[str]) -> bool:
    is_sent = form.is_valid() and "preview" not in request.POST
    return is_sent and (not reasons or not form.has_changed() or "anyway" in request.POST)


def _save(request: AuthenticatedHttpRequest, form: ParticipationRuleForm) -> bool:
    def lock() -> ParticipationRule:
        rules = ParticipationRule.objects.current().select_for_update(of=["self"]).select_related("course")
        return get_object_or_404(rules, pk=form.instance.pk)

    def save(current: ParticipationRule) -> None:
        # Sent eight times at once, the form finds the rule as it wants it seven times: that is no change to record.
        if model_to_dict(current) != model_to_dict(form.instance):
            save_rule(rule=form.save(commit=False), by=request.user)

    return save_edit(form, lock=lock, save=save)


def _render(
    request: AuthenticatedHttpRequest, course: Course, form: ParticipationRuleForm, reasons: list[str], draft_key: str
) -> HttpResponse:
    """Render the form; a valid one with its sentence, and with what is in its way, another with what was not sent."""
    rule = form.instance if form.is_bound and not form.errors else None
    context = {
        "course": course,
        "form": form,
        "rule": form.saved_row,
        "sentence": describe(rule) if rule else "",
        "obstacles": reasons if rule else [],
        "draft_key": draft_key,
        "is_draft": fill_form(form, request.user.pk, draft_key),
    }
    return render(request, "participation/rule_form.html", context, status=status_of(form))


@require_POST
def delete(request: AuthenticatedHttpRequest, slug: str, pk: int) -> HttpResponse:
    """Delete a rule, and offer to undo that."""
    course = _get_course(request, slug)
    rule = get_object_or_404(ParticipationRule, course=course, pk=pk)
    delete_rule(rule=rule, by=request.user)
    undo = reverse("participation:restore_rule", args=[course.slug, rule.pk])
    messages.success(request, _("The rule “%(rule)s” is deleted.") % {"rule": rule}, extra_tags=undo)
    return redirect("participation:overview", course.slug)


@require_POST
def restore(request: AuthenticatedHttpRequest, slug: str, pk: int) -> HttpResponse:
    """Undo the deletion of a rule."""
    course = _get_course(request, slug)
    rule = get_object_or_404(ParticipationRule, course=course, pk=pk)
    restore_rule(rule=rule, by=request.user)
    messages.success(request, _("The rule “%(rule)s” is back.") % {"rule": rule})
    return redirect(_standings_url(rule))


def _get_course(request: AuthenticatedHttpRequest, slug: str) -> Course:
    course = get_course_as_staff(request.user, slug)
    require(can_set_participation_rules(request.user, course))
    return course


def _standings_url(rule: ParticipationRule) -> str:
    return reverse("participation:standings", args=[rule.course.slug, rule.pk])
