"""Groups of a course: made, renamed, filled by hand and by dealing."""

import secrets

from django.contrib import messages
from django.db.models import Count
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from lessons.courses.models import Course, ReadingGroup
from lessons.courses.services.groups import (
    GroupError,
    apply_allocation,
    check_deletable,
    create_group,
    delete_group,
    member_count,
    move_members,
    rename_group,
)
from lessons.db.idempotency import submit_once
from lessons.enrolment.forms import AllocationForm, GroupForm, MoveMembersForm
from lessons.enrolment.group_allocation import AllocationPlan, plan_allocation
from lessons.enrolment.rendering import group_board, option_tags
from lessons.enrolment.views.access import get_course_as_staff, get_course_to_manage
from lessons.permissions import can_manage_members, require

MAX_SHOWN = 500
SEED_ALPHABET = "abcdefghkmnpqrstuvwxyz23456789"


def groups(request, slug):
    """The board: every group with its members, at most MOST of them; POST makes a group."""
    course = get_course_as_staff(request.user, slug)
    form = GroupForm(request.POST or None)
    if request.method == "POST":
        require(can_manage_members(request.user, course))
        if form.is_valid() and _made(request, course, form):
            return redirect("enrolment:groups", course.slug)
    return _board(request, course, form)


def _made(request, course: Course, form: GroupForm) -> bool:
    def create() -> str:
        create_group(course=course, name=form.cleaned_data["name"], by=request.user)
        return reverse("enrolment:groups", args=[course.slug])

    try:
        submit_once(request, create)
    except GroupError as refusal:
        form.add_error("name", str(refusal))
        return False
    return True


def _board(request, course: Course, form: GroupForm) -> HttpResponse:
    """Three queries, however many groups and members; one more where not all members are shown."""
    named, may_seat = list(course.groups.all()), can_manage_members(request.user, course)
    rows = course.memberships.active().order_by("handle").values_list("pk", "group", "user__display_name", "role")
    rows = list(rows[: MAX_SHOWN + 1])
    is_cut = len(rows) > MAX_SHOWN
    context = {
        "course": course,
        "form": form,
        "board": group_board(course, named, rows[:MAX_SHOWN], _sizes(course) if is_cut else {}, may_seat),
        "groups": option_tags(((group.pk, group.name) for group in named), ""),
        "may_seat": may_seat,
        "is_cut": is_cut,
        "most": MAX_SHOWN,
        "deal": AllocationForm(initial={"size": 5, "seed": _new_seed()}),
    }
    return render(request, "enrolment/groups.html", context, status=400 if form.errors else 200)


def _sizes(course: Course) -> dict[int | None, int]:
    counted = course.memberships.active().order_by().values("group").annotate(n=Count("pk"))
    return dict(counted.values_list("group", "n"))


@require_POST
def moves(request, slug):
    """Ticked members go into a group. The page's script posts here too, and is answered with 204."""
    course = get_course_to_manage(request.user, slug)
    form, is_script = MoveMembersForm(request.POST, course=course), "script" in request.POST
    if not form.is_valid():
        words = _("Tick at least one member of this course, and choose one of its groups.")
        if is_script:
            return HttpResponse(words, status=400, content_type="text/plain; charset=utf-8")
        messages.error(request, words)
        return redirect("enrolment:groups", course.slug)
    given = form.cleaned_data
    moved = move_members(course=course, seats=given["seats"], group=given["group"], by=request.user)
    if is_script:
        return HttpResponse(status=204)
    messages.success(request, ngettext("%(n)s member moved.", "%(n)s members moved.", moved) % {"n": moved})
    return redirect("enrolment:groups", course.slug)


def group(request, slug, pk):
    """A group's name; with `remove` it goes, if nothing was written in it: first asked, where members lose it."""
    course = get_course_to_manage(request.user, slug)
    found = get_object_or_404(course.groups.select_related("course"), pk=pk)
    if "remove" in request.POST:
        return _removed(request, course, found)
    form = GroupForm(request.POST or None, initial={"name": found.name})
    if request.method == "POST" and form.is_valid() and _renamed(request, found, form):
        return redirect("enrolment:groups", course.slug)
    return _about(request, course, found, form, status=400 if form.errors else 200)


def _about(request, course: Course, found: ReadingGroup, form: GroupForm, status: int) -> HttpResponse:
    return render(request, "enrolment/group.html", {"course": course, "group": found, "form": form}, status=status)


def _renamed(request, found: ReadingGroup, form: GroupForm) -> bool:
    try:
        rename_group(group=found, name=form.cleaned_data["name"], by=request.user)
    except GroupError as refusal:
        form.add_error("name", str(refusal))
        return False
    messages.success(request, _("The group is called “%(name)s” now.") % {"name": found.name})
    return True


def _removed(request, course: Course, found: ReadingGroup) -> HttpResponse:
    try:
        check_deletable(found)
        if (members := member_count(found)) and "confirm" not in request.POST:
            context = {"course": course, "group": found, "members": members}
            return render(request, "enrolment/group_delete.html", context)
        delete_group(group=found, by=request.user)
    except GroupError as refusal:
        messages.error(request, str(refusal))
        return _about(request, course, found, GroupForm(initial={"name": found.name}), status=409)
    messages.success(request, _("“%(name)s” is removed.") % {"name": found.name})
    return redirect("enrolment:groups", course.slug)


def allocate_groups(request, slug):
    """GET shows what the seed deals; POST does exactly that, or shows it anew if people have changed meanwhile."""
    course = get_course_to_manage(request.user, slug)
    form = AllocationForm(request.POST or request.GET)
    if not form.is_valid():
        return render(request, "enrolment/group_allocation.html", {"course": course, "form": form}, status=400)
    deal = plan_allocation(course, **form.cleaned_data)
    if request.method == "POST" and _apply(request, course, deal):
        return redirect("enrolment:groups", course.slug)
    context = {"course": course, "form": form, "deal": deal, "again": _reshuffle_url(course, form.cleaned_data)}
    return render(request, "enrolment/group_allocation.html", context)


def _apply(request, course: Course, deal: AllocationPlan) -> bool:
    def apply() -> str:
        if request.POST.get("shown") != deal.digest:
            raise GroupError(_("People or groups have changed since this was dealt. Look at it again."))
        hands = [(hand.group, hand.membership_ids) for hand in deal.allocations if hand.membership_ids]
        apply_allocation(course=course, hands=hands, by=request.user, seed=deal.seed)
        return reverse("enrolment:groups", args=[course.slug])

    try:
        outcome = submit_once(request, apply)
    except GroupError as refusal:
        messages.error(request, str(refusal))
        return False
    if not outcome.is_repeat:
        messages.success(request, _("The groups are made."))
    return True


def _reshuffle_url(course: Course, given: dict) -> str:
    """The address of the same deal with another seed."""
    address = reverse("enrolment:allocate_groups", args=[course.slug])
    return f"{address}?whom={given['whom']}&size={given['size']}&seed={_new_seed()}"


def _new_seed() -> str:
    return "".join(secrets.choice(SEED_ALPHABET) for _n in range(6))
