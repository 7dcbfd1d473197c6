"""Buttons of the module's page. Each is a POST and works without a script."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from lessons.actions import NothingToPublish, reorder, set_module_state, whole
from lessons.annotations.actions import publish
from lessons.authoring.fields import number, short_text
from lessons.authoring.texts.states import Stage, stage
from lessons.models import Module

SAID = {
    Module.State.PUBLISHED: _("“%s” is published: readers of the course see its published lessons."),
    Module.State.DRAFT: _("“%s” is a draft again: readers do not see it."),
    Module.State.ARCHIVED: _("“%s” is archived: it stays readable."),
}


@require_POST
def order(request: HttpRequest, pk: int) -> HttpResponse:
    """`up` or `down` with a lesson's number moves it one place; `lesson`, many, gives the whole order."""
    module = _module(request, pk)
    here = list(module.lessons.order_by("position", "pk").values_list("pk", flat=True))
    reorder(module=module, lesson_ids=_wanted(request.POST, here))
    return redirect("admin:lessons_module_change", pk)


def _wanted(form, here: list[int]) -> list[int]:
    for button, step in (("up", -1), ("down", 1)):
        moved = number(form.get(button, ""))
        if moved in here:
            return _moved(here, moved, step)
    return [pk for pk in map(number, form.getlist("lesson")) if pk in here] or here


def _moved(here: list[int], pk: int, step: int) -> list[int]:
    at = here.index(pk)
    to = min(max(at + step, 0), len(here) - 1)
    here[at], here[to] = here[to], here[at]
    return here


@require_POST
def state(request: HttpRequest, pk: int) -> HttpResponse:
    module = _module(request, pk)
    wanted = request.POST.get("state")
    if wanted in Module.State.values:
        set_module_state(module=module, state=wanted, by=request.user)
        messages.success(request, SAID[wanted] % module)
    return redirect("admin:lessons_module_change", pk)


@require_POST
def publication(request: HttpRequest, pk: int) -> HttpResponse:
    """Publishes every text whose draft readers do not see yet, with `state` the module too. Withdrawn ones stay so."""
    module = _module(request, pk)
    lessons = module.lessons.select_related("casestudy", "current_revision")
    done = [_publish(request, lesson) for lesson in lessons if stage(lesson) in (Stage.DRAFT, Stage.DIFFERS)]
    if request.POST.get("state") == Module.State.PUBLISHED:
        set_module_state(module=module, state=Module.State.PUBLISHED, by=request.user)
    count = sum(done)
    messages.success(request, ngettext("%d text is published.", "%d texts are published.", count) % count)
    return redirect("admin:lessons_module_change", pk)


def _publish(request, lesson) -> bool:
    try:
        publish(lesson=whole(lesson), by=request.user, note=short_text(request.POST, "note"))
    except NothingToPublish as refusal:
        messages.warning(request, str(refusal))
        return False
    return True


def _module(request, pk: int) -> Module:
    return get_object_or_404(Module.objects.authored_by(request.user).select_related("course"), pk=pk)
