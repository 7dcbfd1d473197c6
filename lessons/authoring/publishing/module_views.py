"""Publishing all drafts of a module at once."""

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
from lessons.annotations.services import prepare_publication
from lessons.authoring.access import admin_url, get_module, get_user
from lessons.authoring.base import limited_text
from lessons.authoring.publishing.lesson_views import PreviewOutdated, preview_for, publish_previewed
from lessons.authoring.status import LessonStatus, lesson_status
from lessons.db.idempotency import answered_once
from lessons.memo import memoizing
from lessons.models import Lesson, Module
from lessons.services import NothingToPublish, set_module_state

PREVIEW_OUTDATED = _("A lesson or its notes have changed since you opened this page. Check them again.")


class DraftPreview(NamedTuple):
    """A lesson with unpublished changes, and what publishing them does to its notes. url: of the lesson's preview."""

    lesson: Lesson
    preview: PublishPreview
    url: str


def publish_module(request: HttpRequest, pk: int) -> HttpResponse:
    """Show the preview. POST publishes every draft and, with `state`, the module; withdrawn lessons stay withdrawn.

    If notes would be changed or orphaned, nothing is published until the preview was shown: POST has its `digest`.
    """
    module = get_module(request, pk)
    if request.method != "POST":
        return _render_preview(request, module)
    with memoizing():
        for draft in _drafts(module, get_user(request)):
            prepare_publication(draft.lesson)
        return _publish_submitted(request, module)


@answered_once
def _publish_submitted(request: HttpRequest, module: Module) -> HttpResponse:
    state = request.POST.get("state", "")
    try:
        count = _publish_all(request, module, state, request.POST.get("digest"))
    except PreviewOutdated:
        if "digest" in request.POST:
            messages.warning(request, PREVIEW_OUTDATED)
        return redirect(f"{request.path}?state={state if state in Module.State.values else ''}")
    messages.success(request, ngettext("%d lesson was published.", "%d lessons were published.", count) % count)
    return redirect("admin:lessons_module_change", module.pk)


@transaction.atomic
def _publish_all(request: HttpRequest, module: Module, state: str, digest: str | None) -> int:
    """Publish all drafts or none; return how many. Raise PreviewOutdated if the user must see the preview first."""
    user = get_user(request)
    # While the lessons are locked nobody annotates or publishes them.
    list(module.lessons.select_for_update().order_by("pk").values_list("pk"))
    drafts = _drafts(module, user)
    is_harmless = all(draft.preview.is_harmless for draft in drafts)
    if digest != _combined_digest(drafts) and not (digest is None and is_harmless):
        raise PreviewOutdated
    change_summary = limited_text(request.POST, "change_summary")
    count = sum(_publish(request, draft, change_summary) for draft in drafts)
    if state == Module.State.PUBLISHED:
        set_module_state(module=module, state=state, by=user)
    return count


def _publish(request: HttpRequest, draft: DraftPreview, change_summary: str) -> bool:
    try:
        publish_previewed(request, draft.lesson, change_summary=change_summary, digest=draft.preview.digest)
    except NothingToPublish as error:
        messages.warning(request, str(error))
        return False
    return True


def _drafts(module: Module, user: User) -> list[DraftPreview]:
    """Return the lessons with unpublished changes. Seven queries per lesson, however many notes it has."""
    lessons = module.lessons.select_related("casestudy", "current_revision", "module__course")
    unpublished = (LessonStatus.DRAFT, LessonStatus.UNPUBLISHED_CHANGES)
    return [
        DraftPreview(lesson, preview_for(lesson, user), admin_url(lesson, "publication"))
        for lesson in lessons
        if lesson_status(lesson) in unpublished
    ]


def _combined_digest(drafts: list[DraftPreview]) -> str:
    return blake2b("".join(draft.preview.digest for draft in drafts).encode(), digest_size=12).hexdigest()


def _render_preview(request: HttpRequest, module: Module) -> HttpResponse:
    drafts, state = _drafts(module, get_user(request)), request.GET.get("state", "")
    context = {
        "module": module,
        "drafts": drafts,
        "digest": _combined_digest(drafts),
        "state": state if state in Module.State.values else "",
        "title": _("Publish all drafts"),
    }
    return render(request, "authoring/publish_module.html", admin.site.each_context(request) | context)
