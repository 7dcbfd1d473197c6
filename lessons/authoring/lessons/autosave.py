"""Save the text of a draft while somebody types, by script. What readers see stays as it is."""

from contextlib import suppress

from django.db import transaction
from django.http import HttpRequest, JsonResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from lessons.accounts.models import User
from lessons.authoring.access import get_lesson, get_user
from lessons.authoring.lessons.drafts import save_draft
from lessons.authoring.lessons.forms import BaseLessonForm, text_form
from lessons.authoring.lessons.merge import (
    Token,
    make_token,
    merged_message,
    pasted_checks_message,
    prepare_merge,
    version_of_others,
)
from lessons.authoring.status import lesson_status
from lessons.db.edit_conflicts import status_of
from lessons.db.unsent_texts import forget_submitted
from lessons.markup.sanitise import InvalidText, sanitise
from lessons.memo import memoizing
from lessons.models import DraftVersion, Lesson
from lessons.services import resolve_subclass


@require_POST
def save_text(request: HttpRequest, pk: int) -> JsonResponse:
    """Save title, summary, text and facts, merged with what somebody else has saved since the page was opened.

    The answer has the version that the page goes on with, see `_answer`. 409 says that both have changed the same
    parts; any other refusal has its reasons in `errors`.
    """
    get_lesson(request, pk)
    user = get_user(request)
    with memoizing():
        with suppress(InvalidText):
            sanitise(sanitise(request.POST.get("body", "")))  # slow, hence before the transaction
        prepare_merge(pk, request.POST)
        with transaction.atomic():
            Lesson.objects.select_for_update(no_key=True).filter(pk=pk).values_list("pk").first()
            lesson = resolve_subclass(get_lesson(request, pk))
            form = text_form(lesson, request.POST)
            if form.is_valid():
                _save(form, by=user)
                forget_submitted(request)
        if form.errors:
            return JsonResponse({"errors": _messages(form, user)}, status=status_of(form))
        return JsonResponse(_answer(form, user))


def _save(form: BaseLessonForm, *, by: User) -> None:
    if not form.has_changed():
        return
    save_draft(
        lesson=form.instance,
        version=form.instance.version,
        fields=form.model_field_names,
        by=by,
        origin=DraftVersion.Origin.AUTOSAVE,
        own_draft=form.own_draft,
    )


def _answer(form: BaseLessonForm, user: User) -> dict:
    """Return the new version and the status; of a merged text also `merged`, its fields, and what to say.

    So has it of a text in which checks were replaced by copies. A page on which somebody has typed on meanwhile keeps
    its text, and goes on with `own_version`.
    """
    lesson, status = form.instance, lesson_status(form.instance)
    values = {name: form.cleaned_data[name] for name in form.model_field_names} | {"body": lesson.body}
    answer = {
        "version": str(_with_settings(make_token(lesson.version, values), form)),
        "status": status.as_json,
    }
    if form.is_merged:
        answer |= {
            "merged": {name: str(value) for name, value in values.items()},
            "own_version": str(_with_settings(Token.parse(form.own_token), form)),
            "message": merged_message(lesson, by=user, is_published=False),
        }
    elif lesson.body != form.cleaned_data["body"]:
        answer |= {
            "merged": {"body": lesson.body},
            "own_version": answer["version"],
            "message": pasted_checks_message(),
        }
    return answer


def _with_settings(token: Token, form: BaseLessonForm) -> Token:
    """Return the token with the settings as the page shows them still."""
    return Token(token.number, {**Token.parse(form.submitted_version()).digests, **token.digests})


def _messages(form: BaseLessonForm, user: User) -> list[str]:
    """Return the errors as sentences, each with the name of its field; of a conflict who has saved the lesson."""
    if form.conflict:
        theirs = version_of_others(form.instance, user)
        name = theirs.author if theirs else _("Somebody else, or you in another window,")
        return [
            _("%(name)s has saved this lesson in the meantime and changed the same parts as you.") % {"name": name}
        ]
    return [
        f"{form[name].label}: {message}" if name in form.fields else str(message)
        for name, messages in form.errors.items()
        for message in messages
    ]
