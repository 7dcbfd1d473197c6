"""Save the text of a draft while somebody types, by script. What readers see stays as it is."""

from contextlib import suppress

from django.db import transaction
from django.http import HttpRequest, JsonResponse
from django.views.decorators.http import require_POST

from lessons.accounts.models import User
from lessons.authoring.access import get_lesson, get_user
from lessons.authoring.lessons.drafts import save_draft
from lessons.authoring.lessons.forms import BaseLessonForm, text_form
from lessons.authoring.status import lesson_status
from lessons.db.edit_conflicts import status_of
from lessons.db.unsent_texts import forget_submitted
from lessons.markup.sanitise import InvalidText, sanitise
from lessons.memo import memoizing
from lessons.models import DraftVersion, Lesson
from lessons.services import resolve_subclass


@require_POST
def save_text(request: HttpRequest, pk: int) -> JsonResponse:
    """Save title, summary, text and facts over the version that was opened, and answer with the new version.

    409 says that somebody else has saved the lesson meanwhile; any other refusal has its reasons in `errors`.
    """
    get_lesson(request, pk)
    with memoizing():
        with suppress(InvalidText):
            sanitise(sanitise(request.POST.get("body", "")))  # slow, hence before the transaction
        with transaction.atomic():
            Lesson.objects.select_for_update(no_key=True).filter(pk=pk).values_list("pk").first()
            lesson = resolve_subclass(get_lesson(request, pk))
            form = text_form(lesson, request.POST)
            if form.is_valid():
                _save(form, by=get_user(request))
                forget_submitted(request)
        if form.errors:
            return JsonResponse({"errors": _messages(form)}, status=status_of(form))
        status = lesson_status(lesson)
    saved = {"version": str(lesson.version), "status": {"value": status.value, "label": str(status.label)}}
    return JsonResponse(saved)


def _save(form: BaseLessonForm, *, by: User) -> None:
    lesson, fields = form.instance, form.model_field_names
    if form.has_changed():
        save_draft(lesson=lesson, version=lesson.version, fields=fields, by=by, origin=DraftVersion.Origin.AUTOSAVE)


def _messages(form: BaseLessonForm) -> list[str]:
    """Return the errors as sentences, each with the name of its field."""
    return [
        f"{form[name].label}: {message}" if name in form.fields else str(message)
        for name, messages in form.errors.items()
        for message in messages
    ]
