"""Handle one submission of the review form: apply it, save the review, and respond."""

from contextlib import suppress
from typing import NamedTuple
from urllib.parse import urlencode

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse, JsonResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from lessons.authoring.access import get_user
from lessons.authoring.article_import.responses import focused_section, render_review, script_response
from lessons.authoring.article_import.review_page import View
from lessons.authoring.article_import.update_preview import NEW_MODULE
from lessons.db.edit_conflicts import ConflictingField
from lessons.db.idempotency import FORM_KEY_FIELD, earlier_result, submit_once
from lessons.db.ids import parse_number
from lessons.importing.models import ArticleImport
from lessons.importing.reimport.apply import PlanOutdated, apply_reimport
from lessons.importing.reimport.messages import kept_messages, plan_summary
from lessons.importing.reimport.plan import module_to_update
from lessons.importing.review.form import UnknownAction, apply_fields, form_texts, is_text_field, run_action
from lessons.importing.review.history import focus_after, step_name, typing_key
from lessons.importing.review.texts import problems
from lessons.importing.review_steps import ReviewConflict, Step, redo, save_review, shown_review, undo
from lessons.importing.services import create_module_from_review, prepare_module
from lessons.markup.sanitise import InvalidText
from lessons.memo import memoizing

REVIEW_UPDATE = gettext_lazy(
    "Nothing has changed yet. Below you see what the update will do: check it, then press the button again."
)
REVIEW_NEW = gettext_lazy(
    "Nothing has been created yet. This will create a new module: check its title, then press the button again."
)
GONE = gettext_lazy("That is no longer possible: the review has changed.")
SAVED_ELSEWHERE = gettext_lazy("This review was saved in another window in the meantime.")
MAX_ATTEMPTS = 3


class Submission(NamedTuple):
    """A submitted form. window: the rendering of the page that sent it. is_script: our script sent it."""

    data: dict[str, str]
    action: str
    version: int
    window: str
    view: View
    is_script: bool

    @property
    def name(self) -> str:
        return self.action.partition(":")[0]


def read_submission(request: HttpRequest) -> Submission:
    data, action = _clean(request.POST), request.POST.get("action", "")
    name, _colon, subject = action.partition(":")
    view = View(
        at=subject if name == "show" else data.get("at", ""),
        number=parse_number(data.get("shown", "")) or 0,
        start=subject.partition(":")[2] if name == "show" else data.get("start", ""),
        editing=subject if name == "edit" else "" if subject == data.get("editing") else data.get("editing", ""),
        whole=subject if name == "show-all" else data.get("whole", ""),
    )
    if name == "show":
        view = view._replace(at=subject.partition(":")[0], number=0)
    version = parse_number(request.POST.get("version", "0"))
    window = request.POST.get(FORM_KEY_FIELD, "")
    is_script = request.headers.get("Accept", "").startswith("application/json")
    return Submission(data, action, -1 if version is None else version, window, view, is_script)


def _clean(data: QueryDict) -> dict[str, str]:
    """Return the fields with plain line feeds and without NUL, which PostgreSQL rejects."""
    fields = {name: data.get(name, "").replace("\r\n", "\n").replace("\x00", "") for name in data}
    return fields | {"selected": ",".join(data.getlist("selected"))}


def save(request: HttpRequest, article: ArticleImport) -> HttpResponse:
    """Apply the whole form and its button, and save. Slow work is done before the transaction."""
    form = read_submission(request)
    if not form.is_script and form.version != article.version and (address := earlier_result(request)):
        return redirect(address)
    for _attempt in range(MAX_ATTEMPTS):
        try:
            return _save(request, article, form)
        except ReviewConflict:  # another request was quicker; if it came from this very page, all is well
            article.refresh_from_db()
        except UnknownAction:
            return _render_conflict(request, article, form, GONE)
        if article.module_id:
            return redirect("admin:lessons_module_change", article.module_id)
    return _render_conflict(request, article, form, SAVED_ELSEWHERE)


def _save(request: HttpRequest, article: ArticleImport, form: Submission) -> HttpResponse:
    """Save once. Raise ReviewConflict and UnknownAction."""
    shown = None
    if form.version != article.version:
        shown = shown_review(article, form.version, form.window)
        if shown is None or _overwrites(form.data, shown, article.review):
            return _render_conflict(request, article, form, SAVED_ELSEWHERE)
    try:
        typed = apply_fields(article.review, form.data, article.text.blocks, shown=shown)
    except InvalidText as error:
        return _refuse(request, article, form, error)
    if form.action in ("undo", "redo"):
        return _go_back(request, article, form, typed)
    if form.action == "create":
        return _create(request, article, form, typed)
    return _act(request, article, form, typed)


def _refuse(request: HttpRequest, article: ArticleImport, form: Submission, error: InvalidText) -> HttpResponse:
    if form.is_script:
        return JsonResponse({"problems": [str(error)]}, status=422)
    return render_review(request, article, form.view, problems=[str(error)], status=422)


def _act(request: HttpRequest, article: ArticleImport, form: Submission, typed: dict) -> HttpResponse:
    """Run the action of the button and save the review. Raise ReviewConflict and UnknownAction."""
    before = article.review
    changed = run_action(typed, form.data, article.text.blocks)
    focus = focus_after(form.action, before, changed, form.data["selected"])
    steps = [(typed, Step(_("Edit"), form.window, typing_key(before, typed)))]
    if changed is not typed:
        steps.append((changed, Step(step_name(form.action, form.data, before), form.window)))

    def work() -> str:
        with transaction.atomic():
            for review, step in steps:  # what was typed before the button was pressed can be kept when that is undone
                save_review(article=article, review=review, version=article.version, step=step)
        return _address(article, form, focus)

    if form.is_script:  # which sends each submission once
        work()
        return script_response(article, before, form, focus, steps[1][1].label if len(steps) > 1 else "")
    return redirect(submit_once(request, work).address)


def _overwrites(data: dict[str, str], shown: dict, saved: dict) -> bool:
    """Return whether the form would overwrite a field that was saved after the form was shown, as after “Back”."""
    before, now = form_texts(shown), form_texts(saved)
    changed = {name for name in now if name in before and before[name] != now[name]}
    return any(
        name in data and data[name].strip() not in (before[name].strip(), now[name].strip()) for name in changed
    )


def _go_back(request: HttpRequest, article: ArticleImport, form: Submission, typed: dict) -> HttpResponse:
    """Undo or redo a step; what was typed since the last one counts as a step."""
    before, go, done = article.review, undo if form.action == "undo" else redo, []

    def work() -> str:
        step = Step(_("Edit"), form.window, typing_key(article.review, typed))
        save_review(article=article, review=typed, version=article.version, step=step)
        done.append(go(article=article, version=article.version))
        return _address(article, form, "review")

    address = work() if form.is_script else submit_once(request, work).address
    label = "".join(done)
    message = (_("Undone: %(step)s") if form.action == "undo" else _("Redone: %(step)s")) % {"step": label}
    if form.is_script:
        return script_response(article, before, form, "", message if label else "")
    return redirect(address)


def _create(request: HttpRequest, article: ArticleImport, form: Submission, typed: dict) -> HttpResponse:
    """Create or update the module, provided that the page showed which of the two would happen."""
    step = Step(_("Edit"), form.window, typing_key(article.review, typed))
    changed_article = _with_review(article, typed)
    module = module_to_update(changed_article)
    if sentences := problems(typed, needs_title=module is None):
        save_review(article=article, review=typed, version=article.version, step=step)
        return render_review(request, article, form.view, problems=sentences, status=422)

    def work() -> str:
        save_review(article=article, review=typed, version=article.version, step=step)
        messages.success(request, _create_or_update(request, article))
        article.refresh_from_db()
        return reverse("admin:lessons_module_change", args=[article.module_id])

    try:
        with memoizing():
            prepare_module(article, typed)
            return redirect(submit_once(request, work).address)
    except PlanOutdated:
        article.refresh_from_db()
        save_review(article=article, review=typed, version=article.version, step=step)
        messages.warning(request, REVIEW_UPDATE if module_to_update(article) else REVIEW_NEW)
        return render_review(request, article, form.view, status=409)


def _with_review(article: ArticleImport, review: dict) -> ArticleImport:
    changed = ArticleImport(pk=article.pk, course_id=article.course_id, review=review)
    changed.previous = article.previous
    return changed


@transaction.atomic
def _create_or_update(request: HttpRequest, article: ArticleImport) -> str:
    """Return a message about what was done. Raise PlanOutdated."""
    module, digest = module_to_update(article), request.POST.get("digest", NEW_MODULE)
    if not module and digest != NEW_MODULE:
        raise PlanOutdated
    if module is None:
        create_module_from_review(by=get_user(request), article=article)
        return _("The module was created as a draft. Check it, then publish it.")
    plan = apply_reimport(by=get_user(request), article=article, expected_digest=digest)
    return " ".join([plan_summary(plan, article), *kept_messages(plan)])


def _address(article: ArticleImport, form: Submission, focus: str) -> str:
    """Return the URL to redirect to after a submission without scripts."""
    view = form.view._replace(at=focused_section(article.review, form.view, focus))
    fields = {"at": view.at, "start": view.start, "edit": view.editing, "whole": view.whole}
    query = urlencode({name: value for name, value in fields.items() if value})
    address = reverse("admin:article_review", args=[article.pk]) + (f"?{query}" if query else "")
    return f"{address}#{focus or 'review'}"


def _render_conflict(request: HttpRequest, article: ArticleImport, form: Submission, reason) -> HttpResponse:
    """Show the saved review with this window's texts in the fields, so that saving again keeps them.

    If the module was created in the meantime, redirect to it.
    """
    article.refresh_from_db()
    if article.module_id:
        return redirect("admin:lessons_module_change", article.module_id)
    conflicts = _conflicts(article.review, form.data)
    with suppress(UnknownAction, InvalidText):
        article.review = apply_fields(article.review, form.data, article.text.blocks)
    messages.error(request, f"{reason} {_('What you typed is in the form: check it and save again.')}")
    return render_review(request, article, form.view, status=409, conflicts=conflicts)


def _conflicts(saved: dict, data: dict[str, str]) -> list[ConflictingField]:
    """Return the texts of the form that differ from the saved ones, including those of deleted parts."""
    texts = form_texts(saved)
    own = {name: text.strip() for name, text in data.items() if is_text_field(name)}
    return [
        ConflictingField(name, name.rpartition("-")[2], texts.get(name, ""), text)
        for name, text in own.items()
        if text and text != texts.get(name, "").strip()
    ]
