"""Publishing, scheduling and withdrawing several lessons of a module at once: all, or those that are ticked."""

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from lessons.annotations.services import prepare_publication
from lessons.authoring.access import get_module, get_user, render_page
from lessons.authoring.base import limited_text
from lessons.authoring.breadcrumbs import trail
from lessons.authoring.publishing import scheduling
from lessons.authoring.publishing.chosen_lessons import (
    DraftPreview,
    chosen_ids,
    chosen_lessons,
    combined_digest,
    draft_rows,
    drafts,
    withdrawal_rows,
)
from lessons.authoring.publishing.lesson_views import PreviewOutdated, publish_previewed
from lessons.authoring.publishing.schedule_views import Action, ScheduleForm
from lessons.courses.moments import course_moment
from lessons.db.edit_conflicts import CONFLICT_STATUS
from lessons.db.idempotency import answered_once
from lessons.indexed_texts import indexing_together
from lessons.memo import memoizing
from lessons.models import Lesson, Module
from lessons.services import NothingToPublish, set_module_state

PREVIEW_OUTDATED = _("A lesson or its notes have changed since you opened this page. Check them again.")
NONE_CHOSEN = _("Tick the lessons first, then choose what to do with them.")


def publish_module(request: HttpRequest, pk: int) -> HttpResponse:
    """Show the preview. POST publishes every draft, or those of `lesson`, and with `state` the module.

    Withdrawn lessons stay withdrawn unless they are ticked. If notes would be changed or orphaned, nothing is
    published until the preview was shown: POST has its `digest`.
    """
    module = get_module(request, pk)
    if request.method != "POST":
        if "chosen" in request.GET and not chosen_ids(request.GET):
            return _none_chosen(request, module)
        return _render_publication(request, module, chosen_ids(request.GET))
    with memoizing():
        for draft in drafts(module, get_user(request), chosen_ids(request.POST)):
            prepare_publication(draft.lesson)
        return _publish_submitted(request, module)


@answered_once
def _publish_submitted(request: HttpRequest, module: Module) -> HttpResponse:
    ids = chosen_ids(request.POST)
    state = Module.State.PUBLISHED if "publishes_module" in request.POST else request.POST.get("state", "")
    try:
        count = _publish_all(request, module, ids, state, request.POST.get("digest"))
    except PreviewOutdated:
        if "digest" in request.POST:
            messages.warning(request, PREVIEW_OUTDATED)
        query: list = [("state", state if state in Module.State.values else ""), ("lesson", ids)]
        return redirect(f"{request.path}?{urlencode(query, doseq=True)}")
    messages.success(request, _published_message(module, count))
    return redirect("admin:lessons_module_change", module.pk)


def _published_message(module: Module, count: int) -> str:
    message = ngettext("%d lesson was published.", "%d lessons were published.", count) % count
    if Module.objects.get(pk=module.pk).state == Module.State.DRAFT:
        return f"{message} {_('Readers do not see it yet: the module is a draft.')}"
    return message


@transaction.atomic
def _publish_all(request: HttpRequest, module: Module, ids: list[int], state: str, digest: str | None) -> int:
    """Publish all drafts or none; return how many. Raise PreviewOutdated if the user must see the preview first."""
    user = get_user(request)
    # While the lessons are locked nobody annotates or publishes them.
    list(module.lessons.select_for_update().order_by("pk").values_list("pk"))
    previews = drafts(module, user, ids)
    is_harmless = all(draft.preview.is_harmless for draft in previews)
    if digest != combined_digest(previews) and not (digest is None and is_harmless):
        raise PreviewOutdated
    change_summary = limited_text(request.POST, "change_summary")
    with indexing_together():
        count = sum(_publish(request, draft, change_summary) for draft in previews)
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


@require_POST
def schedule_lessons(request: HttpRequest, pk: int) -> HttpResponse:
    """Publish or withdraw the lessons of `lesson` at a time, all of them or none. `action`: which of the two."""
    module = get_module(request, pk)
    action = Action.WITHDRAW if request.POST.get("action") == Action.WITHDRAW else Action.PUBLISH
    ids = chosen_ids(request.POST)
    if not ids:
        return _none_chosen(request, module)
    form, status = ScheduleForm(request.POST, course=module.course, action=action), 400
    if form.is_valid():
        try:
            return _schedule_submitted(request, module, action, form)
        except scheduling.CannotSchedule as refusal:
            form.add_error("due_at", str(refusal))
        except scheduling.ScheduleChanged as conflict:
            form.add_error("due_at", str(conflict))
            form.show_version(scheduling.combined_version(chosen_lessons(module, ids), action))
            status = CONFLICT_STATUS
    show = _render_publication if action == Action.PUBLISH else _render_withdrawal
    return show(request, module, ids, form, status)


@answered_once
def _schedule_submitted(request: HttpRequest, module: Module, action: Action, form: ScheduleForm) -> HttpResponse:
    user = get_user(request)
    lessons = chosen_lessons(module, chosen_ids(request.POST))
    expected = request.POST.get("shown")
    scheduling.schedule_together(
        lessons=lessons, action=action, by=user, now=timezone.now(), expected=expected, **form.values
    )
    count, time = len(lessons), course_moment(form.cleaned_data["due_at"], module.course, user).text
    if action == Action.PUBLISH:
        text = ngettext(
            "%(n)s lesson will be published at %(time)s, with the draft it has then.",
            "%(n)s lessons will be published at %(time)s, with the drafts they have then.",
            count,
        )
    else:
        text = ngettext(
            "%(n)s lesson will be withdrawn at %(time)s.", "%(n)s lessons will be withdrawn at %(time)s.", count
        )
    messages.success(request, text % {"n": count, "time": time})
    return redirect("admin:lessons_module_change", module.pk)


def withdraw_lessons(request: HttpRequest, pk: int) -> HttpResponse:
    """Show which of the lessons of `lesson` readers would no longer see. POST withdraws them."""
    module = get_module(request, pk)
    ids = chosen_ids(request.POST if request.method == "POST" else request.GET)
    if not ids:
        return _none_chosen(request, module)
    if request.method != "POST":
        return _render_withdrawal(request, module, ids)
    return _withdraw_submitted(request, module, ids)


@answered_once
@transaction.atomic
def _withdraw_submitted(request: HttpRequest, module: Module, ids: list[int]) -> HttpResponse:
    user, reason = get_user(request), limited_text(request.POST, "change_summary")
    published = [lesson for lesson in chosen_lessons(module, ids) if lesson.state == Lesson.State.PUBLISHED]
    with indexing_together():
        for lesson in sorted(published, key=lambda lesson: lesson.pk):
            scheduling.withdraw_now(lesson=lesson, by=user, reason=reason)
    count = len(published)
    text = ngettext("%d lesson was withdrawn.", "%d lessons were withdrawn.", count) % count
    messages.success(request, f"{text} {_('Publish them to show them again.')}")
    return redirect("admin:lessons_module_change", module.pk)


def _none_chosen(request: HttpRequest, module: Module) -> HttpResponse:
    messages.warning(request, NONE_CHOSEN)
    return redirect("admin:lessons_module_change", module.pk)


def _render_publication(
    request: HttpRequest, module: Module, ids: list[int], form: ScheduleForm | None = None, status: int = 200
) -> HttpResponse:
    user = get_user(request)
    previews = drafts(module, user, ids)
    state = request.GET.get("state", "")
    is_module_draft = module.state == Module.State.DRAFT
    shown_ids = [draft.lesson.pk for draft in previews]
    context = {
        "rows": draft_rows(previews, module, user),
        "unchanged": [lesson for lesson in chosen_lessons(module, ids) if ids and lesson.pk not in shown_ids],
        "digest": combined_digest(previews),
        "state": state if state in Module.State.values else "",
        "is_for_later": form is not None or request.GET.get("when") == "later",
        "title": _("Publish lessons") if ids else _("Publish all drafts"),
    }
    initial = {"publishes_module": is_module_draft}
    form = form or _schedule_form(module, ids or shown_ids, Action.PUBLISH, initial)
    return _render(request, "authoring/publish_module.html", module, ids or shown_ids, form, context, status)


def _render_withdrawal(
    request: HttpRequest, module: Module, ids: list[int], form: ScheduleForm | None = None, status: int = 200
) -> HttpResponse:
    rows = withdrawal_rows(chosen_lessons(module, ids), module, get_user(request))
    context = {
        "rows": rows,
        "published_count": sum(row.is_published for row in rows),
        "title": _("Withdraw lessons"),
    }
    form = form or _schedule_form(module, ids, Action.WITHDRAW, {})
    return _render(request, "authoring/withdraw_lessons.html", module, ids, form, context, status)


def _schedule_form(module: Module, ids: list[int], action: Action, initial: dict) -> ScheduleForm:
    initial |= {"shown": scheduling.combined_version(chosen_lessons(module, ids), action)}
    return ScheduleForm(None, course=module.course, action=action, initial=initial)


def _render(
    request: HttpRequest,
    template: str,
    module: Module,
    ids: list[int],
    form: ScheduleForm,
    context: dict,
    status: int,
) -> HttpResponse:
    context |= {"module": module, "parents": trail(module)}
    context |= {"chosen_ids": ids, "form": form, "action": form.action}
    return render_page(request, template, context, status)
