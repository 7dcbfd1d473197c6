"""Buttons of the module's page. Each is a POST and works without a script."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from lessons.authoring.access import get_module
from lessons.db.ids import parse_id
from lessons.models import Module
from lessons.services import reorder_lessons, set_module_state

STATE_MESSAGES = {
    Module.State.PUBLISHED: _("“%s” is published: readers of the course see its published lessons."),
    Module.State.DRAFT: _("“%s” is a draft again: readers do not see it."),
    Module.State.ARCHIVED: _("“%s” is archived: it stays readable."),
}


@require_POST
def reorder(request: HttpRequest, pk: int) -> HttpResponse:
    """`up` or `down` with a lesson's number moves it one place; `lesson`, many, gives the whole order."""
    module = get_module(request, pk)
    here = list(module.lessons.order_by("position", "pk").values_list("pk", flat=True))
    reorder_lessons(module=module, lesson_ids=_wanted(request.POST, here))
    return redirect("admin:lessons_module_change", pk)


def _wanted(form, here: list[int]) -> list[int]:
    for button, step in (("up", -1), ("down", 1)):
        moved = parse_id(form.get(button, ""))
        if moved in here:
            return _moved(here, moved, step)
    return [pk for pk in map(parse_id, form.getlist("lesson")) if pk in here] or here


def _moved(here: list[int], pk: int, step: int) -> list[int]:
    at = here.index(pk)
    to = min(max(at + step, 0), len(here) - 1)
    here[at], here[to] = here[to], here[at]
    return here


@require_POST
def set_state(request: HttpRequest, pk: int) -> HttpResponse:
    module = get_module(request, pk)
    wanted = request.POST.get("state")
    if wanted in Module.State.values:
        set_module_state(module=module, state=wanted, by=request.user)
        messages.success(request, STATE_MESSAGES[wanted] % module)
    return redirect("admin:lessons_module_change", pk)
