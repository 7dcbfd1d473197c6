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
    GroupRefused,
    check_removable,
    make_group,
    members_of,
    move,
    remove_group,
    rename_group,
    seat_dealt,
)
from lessons.enrolment.forms import DealForm, GroupForm, MoveForm
from lessons.enrolment.group_allocation import Deal, deal_for
from lessons.enrolment.rendering import board, options
from lessons.enrolment.views.access import course_of_staff, course_to_seat
from lessons.permissions import can_seat, require

MOST = 500
SEED_SIGNS = "abcdefghkmnpqrstuvwxyz23456789"


def groups(request, slug):
    """The board: every group with its members, at most MOST of them; POST makes a group."""
    course = course_of_staff(request.user, slug)
    form = GroupForm(request.POST or None)
    if request.method == "POST":
        require(can_seat(request.user, course))
        if form.is_valid() and _made(request, course, form):
            return redirect("enrolment:groups", course.slug)
    return _board(request, course, form)


def _made(request, course: Course, form: GroupForm) -> bool:
    try:
        make_group(course=course, name=form.cleaned_data["name"], by=request.user)
    except GroupRefused as refusal:
        form.add_error("name", str(refusal))
        return False
    return True


def _board(request, course: Course, form: GroupForm) -> HttpResponse:
    """Three queries, however many groups and members; one more where not all members are shown."""
    named, may_seat = list(course.groups.all()), can_seat(request.user, course)
    rows = course.memberships.active().order_by("handle").values_list("pk", "group", "user__display_name", "role")
    rows = list(rows[: MOST + 1])
    is_cut = len(rows) > MOST
    context = {
        "course": course,
        "form": form,
        "board": board(course, named, rows[:MOST], _sizes(course) if is_cut else {}, may_seat),
        "groups": options(((group.pk, group.name) for group in named), ""),
        "may_seat": may_seat,
        "is_cut": is_cut,
        "most": MOST,
        "deal": DealForm(initial={"size": 5, "seed": _new_seed()}),
    }
    return render(request, "enrolment/groups.html", context, status=400 if form.errors else 200)


def _sizes(course: Course) -> dict[int | None, int]:
    counted = course.memberships.active().order_by().values("group").annotate(n=Count("pk"))
    return dict(counted.values_list("group", "n"))


@require_POST
def moves(request, slug):
    """Ticked members go into a group. The page's script posts here too, and is answered with 204."""
    course = course_to_seat(request.user, slug)
    form, is_script = MoveForm(request.POST, course=course), "script" in request.POST
    if not form.is_valid():
        words = _("Tick at least one member of this course, and choose one of its groups.")
        if is_script:
            return HttpResponse(words, status=400, content_type="text/plain; charset=utf-8")
        messages.error(request, words)
        return redirect("enrolment:groups", course.slug)
    given = form.cleaned_data
    moved = move(course=course, seats=given["seats"], group=given["group"], by=request.user)
    if is_script:
        return HttpResponse(status=204)
    messages.success(request, ngettext("%(n)s member moved.", "%(n)s members moved.", moved) % {"n": moved})
    return redirect("enrolment:groups", course.slug)


def group(request, slug, pk):
    """A group's name; with `remove` it goes, if nothing was written in it: first asked, where members lose it."""
    course = course_to_seat(request.user, slug)
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
    except GroupRefused as refusal:
        form.add_error("name", str(refusal))
        return False
    messages.success(request, _("The group is called “%(name)s” now.") % {"name": found.name})
    return True


def _removed(request, course: Course, found: ReadingGroup) -> HttpResponse:
    try:
        check_removable(found)
        if (members := members_of(found)) and "confirm" not in request.POST:
            context = {"course": course, "group": found, "members": members}
            return render(request, "enrolment/group_delete.html", context)
        remove_group(group=found, by=request.user)
    except GroupRefused as refusal:
        messages.error(request, str(refusal))
        return _about(request, course, found, GroupForm(initial={"name": found.name}), status=409)
    messages.success(request, _("“%(name)s” is removed.") % {"name": found.name})
    return redirect("enrolment:groups", course.slug)


def dealing(request, slug):
    """GET shows what the seed deals; POST does exactly that, or shows it anew if people have changed meanwhile."""
    course = course_to_seat(request.user, slug)
    form = DealForm(request.POST or request.GET)
    if not form.is_valid():
        return render(request, "enrolment/group_allocation.html", {"course": course, "form": form}, status=400)
    deal = deal_for(course, **form.cleaned_data)
    if request.method == "POST" and _is_dealt(request, course, deal):
        return redirect("enrolment:groups", course.slug)
    context = {"course": course, "form": form, "deal": deal, "again": _again(course, form.cleaned_data)}
    return render(request, "enrolment/group_allocation.html", context)


def _is_dealt(request, course: Course, deal: Deal) -> bool:
    if request.POST.get("shown") != deal.digest:
        messages.error(request, _("People or groups have changed since this was dealt. Look at it again."))
        return False
    hands = [(hand.group, hand.seats) for hand in deal.hands if hand.seats]
    try:
        seat_dealt(course=course, hands=hands, by=request.user, seed=deal.seed)
    except GroupRefused as refusal:
        messages.error(request, str(refusal))
        return False
    messages.success(request, _("The groups are made."))
    return True


def _again(course: Course, given: dict) -> str:
    """The address of the same deal with another seed."""
    address = reverse("enrolment:allocate_groups", args=[course.slug])
    return f"{address}?whom={given['whom']}&size={given['size']}&seed={_new_seed()}"


def _new_seed() -> str:
    return "".join(secrets.choice(SEED_SIGNS) for _n in range(6))
