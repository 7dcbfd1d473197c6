"""Publishing every draft of a module at once."""

from hashlib import blake2b
from typing import NamedTuple

from django.contrib import admin, messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from lessons.accounts.models import User
from lessons.annotations.publish_preview import PublishPreview
from lessons.authoring.access import admin_url, get_module
from lessons.authoring.base import limited_text
from lessons.authoring.publishing.lesson_views import PreviewOutdated, preview_for, publish_previewed
from lessons.authoring.status import LessonStatus, lesson_status
from lessons.models import Lesson, Module
from lessons.services import NothingToPublish, set_module_state

PREVIEW_OUTDATED = _("A text or its notes have changed since you looked. Look again.")


class DraftPreview(NamedTuple):
    """A text that readers do not see yet as it is, and what publishing it does to its notes."""

    lesson: Lesson
    preview: PublishPreview
    address: str


def publish_module(request: HttpRequest, pk: int) -> HttpResponse:
    """POST publishes every text whose draft readers do not see yet, with `state` the module too; withdrawn ones stay
    so. Where notes change or lose their words one is shown first which: that is GET, and POST brings what was `seen`.
    """
    module = get_module(request, pk)
    if request.method != "POST":
        return _page(request, module)
    state = request.POST.get("state", "")
    try:
        count = _publish_all(request, module, state, request.POST.get("seen"))
    except PreviewOutdated:
        if "seen" in request.POST:
            messages.warning(request, PREVIEW_OUTDATED)
        return redirect(f"{request.path}?state={state if state in Module.State.values else ''}")
    messages.success(request, ngettext("%d text is published.", "%d texts are published.", count) % count)
    return redirect("admin:lessons_module_change", pk)


@transaction.atomic
def _publish_all(request, module: Module, state: str, seen: str | None) -> int:
    """How many were published: all or, where somebody must look first, none. Raises LookedAtOther."""
    # Nobody annotates the lessons meanwhile, nor publishes them.
    list(module.lessons.select_for_update().order_by("pk").values_list("pk"))
    drafts = _drafts(module, request.user)
    harmless = all(draft.preview.is_harmless for draft in drafts)
    if seen != _combined_digest(drafts) and not (seen is None and harmless):
        raise PreviewOutdated
    note = limited_text(request.POST, "note")
    done = sum(_publish(request, draft, note) for draft in drafts)
    if state == Module.State.PUBLISHED:
        set_module_state(module=module, state=state, by=request.user)
    return done


def _publish(request, draft: DraftPreview, note: str) -> bool:
    try:
        publish_previewed(request, draft.lesson, note=note, digest=draft.preview.digest)
    except NothingToPublish as refusal:
        messages.warning(request, str(refusal))
        return False
    return True


def _drafts(module: Module, user: User) -> list[DraftPreview]:
    """Seven queries a text, however many notes."""
    lessons = module.lessons.select_related("casestudy", "current_revision", "module__course")
    waiting = [
        lesson for lesson in lessons if lesson_status(lesson) in (LessonStatus.DRAFT, LessonStatus.UNPUBLISHED_CHANGES)
    ]
    return [DraftPreview(lesson, preview_for(lesson, user), admin_url(lesson, "publication")) for lesson in waiting]


def _combined_digest(drafts: list[DraftPreview]) -> str:
    return blake2b("".join(draft.preview.digest for draft in drafts).encode(), digest_size=12).hexdigest()


def _page(request, module: Module) -> HttpResponse:
    drafts, state = _drafts(module, request.user), request.GET.get("state", "")
    context = {
        "module": module,
        "drafts": drafts,
        "seen": _combined_digest(drafts),
        "state": state if state in Module.State.values else "",
        "title": _("Publish all drafts"),
    }
    return render(request, "authoring/publish_module.html", admin.site.each_context(request) | context)
