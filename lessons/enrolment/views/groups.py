"""Groups of a course: the board; create, rename and delete groups, move members, assign learners at random."""

import secrets
from collections.abc import Sequence
from urllib.parse import urlencode

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
    MembersMoved,
    apply_allocation,
    check_deletable,
    create_group,
    delete_group,
    member_count,
    move_members,
    rename_group,
)
from lessons.db.edit_conflicts import CONFLICT_STATUS, save_edit, status_of
from lessons.db.idempotency import FormInvalid, submit_once
from lessons.enrolment.forms import AllocationForm, GroupForm, MoveMembersForm
from lessons.enrolment.group_allocation import AllocationPlan, plan_allocation
from lessons.enrolment.rendering import BoardCard, group_board, option_tags
from lessons.enrolment.views.access import get_course_as_staff, get_course_to_manage
from lessons.permissions import can_manage_members, require

MAX_SHOWN = 500
SEED_ALPHABET = "abcdefghkmnpqrstuvwxyz23456789"


def groups(request, slug):
    """Show every group with its members, at most MAX_SHOWN of them; POST creates a group."""
    course = get_course_as_staff(request.user, slug)
    form = GroupForm(request.POST or None, instance=ReadingGroup(course=course))
    if request.method == "POST":
        require(can_manage_members(request.user, course))
        if _create(request, course, form):
            return redirect("enrolment:groups", course.slug)
    return _render_board(request, course, form)


def _create(request, course: Course, form: GroupForm) -> bool:
    def create() -> str:
        # Validate here and not earlier: if the form is sent twice, its own first group already has this name.
        if not form.is_valid():
            raise FormInvalid
        create_group(course=course, name=form.cleaned_data["name"], by=request.user)
        return reverse("enrolment:groups", args=[course.slug])

    try:
        submit_once(request, create)
    except FormInvalid:
        return False
    except GroupError as error:
        form.add_error("name", str(error))
        return False
    return True


def _render_board(
    request, course: Course, form: GroupForm, selected: Sequence[int] = (), target: ReadingGroup | None = None
) -> HttpResponse:
    """Render the board; after a conflict with the memberships `selected`, which were to move to `target`.

    Three queries, however many groups and members; one more if not all members are shown.
    """
    course_groups, can_manage = list(course.groups.all()), can_manage_members(request.user, course)
    rows = course.memberships.active().order_by("handle").values_list("pk", "group", "user__display_name", "role")
    cards = [BoardCard(*row) for row in rows[: MAX_SHOWN + 1]]
    is_truncated = len(cards) > MAX_SHOWN
    sizes = _group_sizes(course) if is_truncated else {}
    context = {
        "course": course,
        "form": form,
        "board": group_board(
            course, course_groups, cards[:MAX_SHOWN], sizes, is_editable=can_manage, selected=selected
        ),
        "groups": option_tags(((group.pk, group.name) for group in course_groups), str(target.pk) if target else ""),
        "can_manage_members": can_manage,
        "is_truncated": is_truncated,
        "max_shown": MAX_SHOWN,
        "allocation_form": AllocationForm(initial={"size": 5, "seed": _new_seed()}),
    }
    return render(request, "enrolment/groups.html", context, status=CONFLICT_STATUS if selected else status_of(form))


def _group_sizes(course: Course) -> dict[int | None, int]:
    counts = course.memberships.active().order_by().values("group").annotate(n=Count("pk"))
    return dict(counts.values_list("group", "n"))


@require_POST
def move(request, slug):
    """Move the selected members into a group. The page's script also posts here and gets a 204."""
    course = get_course_to_manage(request.user, slug)
    form, is_script = MoveMembersForm(request.POST, course=course), "script" in request.POST
    if not form.is_valid():
        message = _("Select at least one member of this course, and one of its groups.")
        if is_script:
            return HttpResponse(message, status=400, content_type="text/plain; charset=utf-8")
        messages.error(request, message)
        return redirect("enrolment:groups", course.slug)
    data = form.cleaned_data
    ids, target = data["memberships"], data["group"]
    try:
        moved = move_members(
            course=course, membership_ids=ids, group=target, by=request.user, shown_groups=form.shown_groups
        )
    except MembersMoved as error:
        if not is_script:
            messages.error(request, f"{error} {_('They are still selected: press “Move” to move them from there.')}")
        return _render_board(request, course, GroupForm(instance=ReadingGroup(course=course)), ids, target)
    if is_script:
        return HttpResponse(status=204)
    messages.success(request, ngettext("%(n)s member moved.", "%(n)s members moved.", moved) % {"n": moved})
    return redirect("enrolment:groups", course.slug)


def group(request, slug, pk):
    """Rename a group. With `delete`, delete it if nothing was written in it, after confirmation if it has members."""
    course = get_course_to_manage(request.user, slug)
    group = get_object_or_404(course.groups.select_related("course"), pk=pk)
    if "delete" in request.POST:
        return _delete(request, course, group)
    form = GroupForm(request.POST or None, instance=group)
    if request.method == "POST" and form.is_valid() and _rename(request, group, form):
        return redirect("enrolment:groups", course.slug)
    return _render_group(request, course, form, status=status_of(form))


def _render_group(request, course: Course, form: GroupForm, status: int) -> HttpResponse:
    return render(request, "enrolment/group.html", {"course": course, "form": form}, status=status)


def _rename(request, group: ReadingGroup, form: GroupForm) -> bool:
    name = form.cleaned_data["name"]

    def lock() -> ReadingGroup:
        return ReadingGroup.objects.select_for_update(of=["self"]).select_related("course").get(pk=group.pk)

    def save(current: ReadingGroup) -> None:
        rename_group(group=current, name=name, by=request.user)

    try:
        if not save_edit(form, lock=lock, save=save):
            return False
    except GroupError as error:
        form.add_error("name", str(error))
        return False
    messages.success(request, _("The group is now called “%(name)s”.") % {"name": name})
    return True


def _delete(request, course: Course, group: ReadingGroup) -> HttpResponse:
    try:
        check_deletable(group)
        if (members := member_count(group)) and "confirm" not in request.POST:
            context = {"course": course, "group": group, "members": members}
            return render(request, "enrolment/group_delete.html", context)
        delete_group(group=group, by=request.user)
    except GroupError as error:
        messages.error(request, str(error))
        return _render_group(request, course, GroupForm(instance=group), status=409)
    messages.success(request, _("The group “%(name)s” has been deleted.") % {"name": group.name})
    return redirect("enrolment:groups", course.slug)


def allocate_groups(request, slug):
    """Preview the groups for a seed; POST applies exactly these, or previews again if members have changed."""
    course = get_course_to_manage(request.user, slug)
    if request.method == "GET" and not request.GET:
        return redirect("enrolment:groups", course.slug)
    form = AllocationForm(request.POST or request.GET)
    if not form.is_valid():
        return render(request, "enrolment/group_allocation.html", {"course": course, "form": form}, status=400)
    plan = plan_allocation(course, **form.cleaned_data)
    if request.method == "POST" and _apply(request, course, plan):
        return redirect("enrolment:groups", course.slug)
    reshuffle_url = _reshuffle_url(course, form.cleaned_data)
    context = {"course": course, "form": form, "plan": plan, "reshuffle_url": reshuffle_url}
    return render(request, "enrolment/group_allocation.html", context)


def _apply(request, course: Course, plan: AllocationPlan) -> bool:
    def apply() -> str:
        if request.POST.get("digest") != plan.digest:
            raise GroupError(
                _("Members or groups have changed since this preview. Nobody was moved; review the groups again.")
            )
        allocations = [(a.group, a.membership_ids) for a in plan.allocations if a.membership_ids]
        apply_allocation(course=course, allocations=allocations, by=request.user, seed=plan.seed)
        return reverse("enrolment:groups", args=[course.slug])

    try:
        outcome = submit_once(request, apply)
    except GroupError as error:
        messages.error(request, str(error))
        return False
    if not outcome.is_repeat:
        messages.success(request, _("Learners have been assigned to groups."))
    return True


def _reshuffle_url(course: Course, data: dict) -> str:
    """Return the URL of the same allocation with another seed."""
    query = urlencode({"scope": data["scope"], "size": data["size"], "seed": _new_seed()})
    return f"{reverse('enrolment:allocate_groups', args=[course.slug])}?{query}"


def _new_seed() -> str:
    return "".join(secrets.choice(SEED_ALPHABET) for _n in range(6))
