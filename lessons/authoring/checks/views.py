"""The form of a check, its deletion and restoration, and the list beside the text. All of it works without script."""

from collections.abc import Callable
from typing import Any
from uuid import UUID, uuid4

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe
from django.views.decorators.vary import vary_on_headers

from lessons.authoring.access import admin_url, get_lesson, get_user, render_lesson_page
from lessons.authoring.checks.forms import CheckForm, initial_values, moved_up
from lessons.authoring.checks.lists import listed_checks
from lessons.authoring.checks.services import add_to_lesson, edit_check, prepare_text
from lessons.authoring.status import lesson_status
from lessons.db.edit_conflicts import save_edit, status_of
from lessons.db.idempotency import earlier_result, submit_once
from lessons.db.ids import parse_id
from lessons.db.unsent_texts import forget_submitted
from lessons.markup.sanitise import InvalidText
from lessons.memo import memoizing
from lessons.models import Lesson
from lessons.practice.models import KnowledgeCheck
from lessons.practice.publishing import check_uids
from lessons.practice.writing import delete_check, restore_check
from lessons.services import resolve_subclass

MOVE = "move_up"
"""The button of an option that puts it before the one above it; nothing is saved."""


def urls(guard: Callable, prefix: str) -> list:
    """Return the URL patterns below a lesson's. guard: the admin site's `admin_view`."""
    return [
        path("<int:pk>/checks/", guard(show_list), name=f"{prefix}_checks"),
        path("<int:pk>/checks/new/", guard(new_check), name=f"{prefix}_newcheck"),
        path("<int:pk>/checks/<uuid:uid>/", guard(saved_check), name=f"{prefix}_check"),
        path("<int:pk>/checks/<uuid:uid>/deletion/", guard(delete), name=f"{prefix}_checkdeletion"),
        path("<int:pk>/checks/<uuid:uid>/restoration/", guard(restore), name=f"{prefix}_checkrestoration"),
    ]


@require_safe
def show_list(request: HttpRequest, pk: int) -> HttpResponse:
    """Return the list of the checks of the draft as it was saved last, for the page that is open meanwhile."""
    lesson = get_lesson(request, pk)
    context = {"lesson": lesson, "opts": resolve_subclass(lesson)._meta, "checks": listed_checks(lesson)}
    return render(request, "authoring/_check_list.html", context)


@vary_on_headers("Accept")
def new_check(request: HttpRequest, pk: int) -> HttpResponse:
    """Show the form; with `copy`, that of a check like another. POST adds the check, and puts it into the draft."""
    lesson = get_lesson(request, pk)
    if done := earlier_result(request):
        return _leave(request, lesson, done, "")
    initial = _copied(request, lesson)
    form = CheckForm(_sent(request), draft_body=_draft_body(request, lesson), initial=initial)
    if MOVE in request.POST or not form.is_valid():
        return _show_form(request, lesson, form)
    uid, place, check = uuid4(), form.cleaned_data.get("place", ""), form.cleaned_data["check"]

    def add() -> str:
        add_to_lesson(lesson=lesson, check=check, uid=uid, place=place, by=get_user(request))
        forget_submitted(request)
        return f"{admin_url(lesson, 'change')}#check-{uid}"

    with memoizing():
        if not _has_room(form, lesson, uid):
            return _show_form(request, lesson, form)
        outcome = submit_once(request, add)
    message = "" if outcome.is_repeat else _("The check was added. Readers see it once the lesson is published.")
    return _leave(request, lesson, outcome.address, message)


@vary_on_headers("Accept")
def saved_check(request: HttpRequest, pk: int, uid: UUID) -> HttpResponse:
    """Show the form of a check; POST saves the edit, and puts it into the draft if a place was chosen."""
    lesson = get_lesson(request, pk)
    row = get_object_or_404(lesson.checks, uid=uid)
    is_placed = str(uid) in check_uids(lesson.body)
    body = None if is_placed else _draft_body(request, lesson)
    form = CheckForm(_sent(request), draft_body=body, row=row, initial=initial_values(row.parsed))
    if MOVE in request.POST or not form.is_valid():
        return _show_form(request, lesson, form, row)
    place, check = form.cleaned_data.get("place", ""), form.cleaned_data["check"]

    def save(locked: KnowledgeCheck) -> None:
        edit_check(row=locked, check=check, place=place, by=get_user(request))
        forget_submitted(request)

    with memoizing():
        if not _has_room(form, lesson, uid) or not save_edit(form, lock=lambda: _locked(row), save=save):
            return _show_form(request, lesson, form, row)
    return _leave(request, lesson, f"{admin_url(lesson, 'change')}#check-{uid}", _("The check was saved."))


@require_POST
def delete(request: HttpRequest, pk: int, uid: UUID) -> HttpResponse:
    """Delete a check, and offer to undo it. Its place stays in the draft, for the undoing."""
    lesson = get_lesson(request, pk)
    row = get_object_or_404(lesson.checks, uid=uid)
    delete_check(row=row)
    if _is_in_editor(request):
        return _tell_editor(request, lesson, str(uid))
    text = _("The check “%(question)s” was deleted. Readers lose it once the lesson is published again.")
    undo = admin_url(lesson, "checkrestoration", uid)
    messages.success(request, text % {"question": row}, extra_tags=undo)
    return redirect(f"{admin_url(lesson, 'change')}#checks")


@require_POST
def restore(request: HttpRequest, pk: int, uid: UUID) -> HttpResponse:
    """Undo the deletion of a check."""
    lesson = get_lesson(request, pk)
    row = get_object_or_404(lesson.checks, uid=uid)
    restore_check(row=row)
    if _is_in_editor(request):
        return _tell_editor(request, lesson, str(uid))
    messages.success(request, _("The check “%(question)s” was restored.") % {"question": row})
    return redirect(f"{admin_url(lesson, 'change')}#check-{uid}")


def _has_room(form: CheckForm, lesson: Lesson, uid: UUID) -> bool:
    """Return whether the text can have one more check at the chosen place; if not, the form says why."""
    try:
        prepare_text(lesson, uid, form.cleaned_data.get("place", ""))
    except InvalidText as refusal:
        form.add_error("place", str(refusal))
        return False
    return True


def _locked(row: KnowledgeCheck) -> KnowledgeCheck:
    Lesson.objects.select_for_update(no_key=True).filter(pk=row.lesson_id).values_list("pk").first()
    return KnowledgeCheck.objects.select_for_update().get(pk=row.pk)


def _sent(request: HttpRequest):
    """Return what was sent; after MOVE, with an option moved."""
    if request.method != "POST":
        return None
    return moved_up(request.POST, parse_id(request.POST[MOVE])) if MOVE in request.POST else request.POST


def _copied(request: HttpRequest, lesson: Lesson) -> dict:
    """Return the values of the check of this lesson that the new one is to be like."""
    uid = request.GET.get("copy", "")
    row = next((row for row in lesson.checks.all() if str(row.uid) == uid), None) if uid else None
    return initial_values(row.parsed) if row else {}


def _draft_body(request: HttpRequest, lesson: Lesson) -> str | None:
    """Return the text in which a place is chosen; None for the editor, which puts the check where its cursor is."""
    return None if _is_in_editor(request) else lesson.body


def _is_in_editor(request: HttpRequest) -> bool:
    return "application/json" in request.headers.get("Accept", "")


def _leave(request: HttpRequest, lesson: Lesson, address: str, message: str) -> HttpResponse:
    """Return to the lesson, or tell the editor which check was saved."""
    if _is_in_editor(request):
        return _tell_editor(request, lesson, address.rpartition("#check-")[2])
    if message:
        messages.success(request, message)
    return redirect(address)


def _tell_editor(request: HttpRequest, lesson: Lesson, uid: str) -> JsonResponse:
    """Say which check has changed, and what that makes of the lesson's status."""
    return JsonResponse({"uid": uid, "status": lesson_status(get_lesson(request, lesson.pk)).as_json})


def _show_form(
    request: HttpRequest, lesson: Lesson, form: CheckForm, row: KnowledgeCheck | None = None
) -> HttpResponse:
    is_moving = MOVE in request.POST
    context: dict[str, Any] = {
        "form": form,
        "check": row,
        "shows_errors": form.is_bound and not is_moving,
        "draft_key": f"edit-check-{row.pk}" if row else f"add-check-{lesson.pk}",
    }
    status = 200 if is_moving else status_of(form)
    if _is_in_editor(request):
        context |= {"lesson": lesson, "opts": resolve_subclass(lesson)._meta}
        return render(request, "authoring/_check_form.html", context, status=status)
    return render_lesson_page(request, "authoring/check.html", lesson, context, status)
