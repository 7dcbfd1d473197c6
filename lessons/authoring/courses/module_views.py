"""The buttons that change the state of a module. Each is a POST and works without scripts."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from lessons.authoring.access import get_module, get_user
from lessons.models import Module
from lessons.services import set_module_state

STATE_MESSAGES = {
    Module.State.PUBLISHED: _("“%s” is published. Readers of the course see its published lessons."),
    Module.State.DRAFT: _("“%s” is a draft again. Readers no longer see it."),
    Module.State.ARCHIVED: _("“%s” is archived. Readers can still read it."),
}


@require_POST
def set_state(request: HttpRequest, pk: int) -> HttpResponse:
    """Publish, archive or hide the module; an unknown state changes nothing."""
    module = get_module(request, pk)
    if request.POST.get("state") in Module.State.values:
        state = Module.State(request.POST["state"])
        set_module_state(module=module, state=state, by=get_user(request))
        messages.success(request, STATE_MESSAGES[state] % module)
    return redirect("admin:lessons_module_change", pk)
