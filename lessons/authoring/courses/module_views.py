"""The buttons on the page of a module. Each is a POST and works without scripts."""

from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from lessons.authoring.access import get_module, get_user
from lessons.db.edit_conflicts import CONFLICT_STATUS
from lessons.db.ids import parse_id, parse_numbers
from lessons.models import Module
from lessons.services import OrderConflict, reorder_lessons, set_module_state

MAX_LESSONS = 2000
STATE_MESSAGES = {
    Module.State.PUBLISHED: _("“%s” is published. Readers of the course see its published lessons."),
    Module.State.DRAFT: _("“%s” is a draft again. Readers no longer see it."),
    Module.State.ARCHIVED: _("“%s” is archived. Readers can still read it."),
}


@require_POST
def reorder(request: HttpRequest, pk: int) -> HttpResponse:
    """Move a lesson by one (`up` or `down` with its id), or set the order of all (`lesson`, repeated).

    `version` is the order that the page showed: ids, separated by commas.
    """
    module = get_module(request, pk)
    shown = parse_numbers(request.POST.get("version"), max_count=MAX_LESSONS)
    current = list(module.lessons.order_by("position", "pk").values_list("pk", flat=True))
    try:
        reorder_lessons(module=module, lesson_ids=_new_order(request.POST, shown or current), shown_ids=shown)
    except OrderConflict as conflict:
        context = {"module": module, "conflict": conflict, "title": _("Order of the lessons")}
        context = admin.site.each_context(request) | context
        return render(request, "authoring/order_conflict.html", context, status=CONFLICT_STATUS)
    return redirect("admin:lessons_module_change", pk)


def _new_order(data: QueryDict, lesson_ids: list[int]) -> list[int]:
    for button, step in (("up", -1), ("down", 1)):
        moved = parse_id(data.get(button, ""))
        if moved in lesson_ids:
            return _moved(lesson_ids, moved, step)
    return [pk for pk in map(parse_id, data.getlist("lesson")) if pk in lesson_ids] or lesson_ids


def _moved(lesson_ids: list[int], pk: int, step: int) -> list[int]:
    old_index = lesson_ids.index(pk)
    new_index = min(max(old_index + step, 0), len(lesson_ids) - 1)
    order = list(lesson_ids)
    order[old_index], order[new_index] = order[new_index], order[old_index]
    return order


@require_POST
def set_state(request: HttpRequest, pk: int) -> HttpResponse:
    """Publish, archive or hide the module; an unknown state changes nothing."""
    module = get_module(request, pk)
    if request.POST.get("state") in Module.State.values:
        state = Module.State(request.POST["state"])
        set_module_state(module=module, state=state, by=get_user(request))
        messages.success(request, STATE_MESSAGES[state] % module)
    return redirect("admin:lessons_module_change", pk)
