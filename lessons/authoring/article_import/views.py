"""From an article to a module in three steps: the article, the review, the module. All of it works without scripts."""

from contextlib import suppress

from django.contrib import admin, messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from lessons.authoring.access import get_user
from lessons.authoring.article_import.forms import ArticleForm
from lessons.authoring.article_import.review_page import review_context
from lessons.authoring.article_import.update_preview import NEW_MODULE, update_preview
from lessons.db.edit_conflicts import ConflictingField
from lessons.db.idempotency import answered_once, submit_once
from lessons.db.ids import parse_number
from lessons.importing.models import ArticleImport
from lessons.importing.reimport.apply import PlanOutdated, apply_reimport
from lessons.importing.reimport.messages import kept_messages, plan_summary
from lessons.importing.reimport.plan import module_to_update
from lessons.importing.review.form import UnknownAction, apply_form, form_texts, is_text_field
from lessons.importing.review.texts import ReviewIncomplete
from lessons.importing.services import (
    ReviewConflict,
    create_module_from_review,
    prepare_import,
    prepare_module,
    save_review,
)
from lessons.memo import memoizing

REVIEW_UPDATE = gettext_lazy(
    "Nothing has changed yet. Below you see what the update will do: check it, then press the button again."
)
REVIEW_NEW = gettext_lazy(
    "Nothing has been created yet. This will create a new module: check its title, then press the button again."
)


def urls(guard) -> list:
    """Return the URL patterns. guard: the admin site's `admin_view`."""
    return [
        path("articles/new/", guard(import_article), name="import_article"),
        path("articles/<int:pk>/", guard(review), name="article_review"),
        path("articles/<int:pk>/discard/", guard(discard_import), name="discard_import"),
    ]


def import_article(request: HttpRequest) -> HttpResponse:
    data = (request.POST, request.FILES) if request.method == "POST" else ()
    form = ArticleForm(*data, user=request.user, initial={"course": request.GET.get("course")})
    if form.is_bound and form.is_valid():
        article = prepare_import(
            by=get_user(request), course=form.cleaned_data["course"], name=form.name, parsed=form.parsed
        )
        return redirect(submit_once(request, lambda: _start(article)).address)
    context = {"title": _("New module from an article"), "form": form}
    return _render(request, "authoring/import_article.html", context, status=422 if form.is_bound else 200)


def _start(article: ArticleImport) -> str:
    """Save the import; return the URL of its review."""
    article.save()
    return reverse("admin:article_review", args=[article.pk])


@answered_once
def review(request: HttpRequest, pk: int) -> HttpResponse:
    """Show the review. POST applies the whole form and the button that was pressed, and saves."""
    article = _get_article(request, pk)
    if article.module_id:
        return redirect("admin:lessons_module_change", article.module_id)
    if request.method != "POST":
        return _render_review(request, article)
    return _save(request, article)


def _save(request: HttpRequest, article: ArticleImport) -> HttpResponse:
    action = request.POST.get("action", "")
    version = parse_number(request.POST.get("version", "0"))
    try:
        changed = apply_form(article.review, _clean_post_data(request.POST, "" if action == "create" else action))
        with memoizing():
            if action == "create":
                prepare_module(article, changed)
            refusal = _save_and_create(request, article, changed, -1 if version is None else version, action)
    except UnknownAction:
        return _render_conflict(request, article, _("That is no longer possible: the review has changed."))
    except ReviewConflict:
        return _render_conflict(request, article, _("This review was saved in another window in the meantime."))
    if isinstance(refusal, ReviewIncomplete):
        return _render_review(request, article, problems=refusal.problems, status=422)
    if refusal:
        messages.warning(request, REVIEW_UPDATE if module_to_update(article) else REVIEW_NEW)
        return _render_review(request, article, status=409)
    if action == "create":
        article.refresh_from_db()
        return redirect("admin:lessons_module_change", article.module_id)
    return redirect(f"{reverse('admin:article_review', args=[article.pk])}#{_fragment(action, article)}")


def _render_conflict(request: HttpRequest, article: ArticleImport, reason: str) -> HttpResponse:
    """Show what is saved, with the texts of this window in the fields, so that saving again keeps them.

    If the module was created in the meantime, redirect to it.
    """
    article.refresh_from_db()
    if article.module_id:
        return redirect("admin:lessons_module_change", article.module_id)
    data = _clean_post_data(request.POST)
    conflicts = _conflicts(article.review, data)
    with suppress(UnknownAction):
        article.review = apply_form(article.review, data)
    messages.error(request, f"{reason} {_('What you typed is in the form: check it and save again.')}")
    return _render_review(request, article, status=409, conflicts=conflicts)


def _conflicts(saved: dict, data: dict[str, str]) -> list[ConflictingField]:
    """Return the texts of the form that differ from what is saved, including those of parts that are gone."""
    texts = form_texts(saved)
    own = {name: text.strip() for name, text in data.items() if is_text_field(name)}
    return [
        ConflictingField(name, name.rpartition("-")[2], texts.get(name, ""), text)
        for name, text in own.items()
        if text and text != texts.get(name, "").strip()
    ]


@transaction.atomic
def _save_and_create(
    request: HttpRequest, article: ArticleImport, review: dict, version: int, action: str
) -> ReviewIncomplete | PlanOutdated | None:
    """Save the review and, with the action `create`, make the module; if that is refused, return why.

    Raise ReviewConflict.
    """
    save_review(article=article, review=review, version=version)
    if action == "create":
        try:
            messages.success(request, _create(request, article))
        except (ReviewIncomplete, PlanOutdated) as refusal:
            return refusal
    return None


def _create(request: HttpRequest, article: ArticleImport) -> str:
    """Create or update the module, if the page showed which of the two would happen; return a message.

    Raise ReviewIncomplete and PlanOutdated.
    """
    module, digest = module_to_update(article), request.POST.get("digest", NEW_MODULE)
    if not module and digest != NEW_MODULE:
        raise PlanOutdated
    return _update_module(request, article, digest) if module else _create_module(request, article)


def _create_module(request: HttpRequest, article: ArticleImport) -> str:
    create_module_from_review(by=get_user(request), article=article)
    return _("The module was created as a draft. Check it, then publish it.")


def _update_module(request: HttpRequest, article: ArticleImport, digest: str) -> str:
    plan = apply_reimport(by=get_user(request), article=article, expected_digest=digest)
    return " ".join([plan_summary(plan, article), *kept_messages(plan)])


@require_POST
@answered_once
def discard_import(request: HttpRequest, pk: int) -> HttpResponse:
    """Delete an import; a module that was made from it stays."""
    _get_article(request, pk).delete()
    messages.success(request, _("The import was discarded."))
    return redirect("admin:index")


def _fragment(action: str, article: ArticleImport) -> str:
    """Return the id of the element that contains the button: a section, or a group of suggestions."""
    subject = action.partition(":")[2].partition(":")[0]
    ids = {section["id"] for section in article.review["sections"]} | set(article.review)
    return subject if subject in ids else "review"


def _clean_post_data(data: QueryDict, action: str = "") -> dict[str, str]:
    """Return the fields with plain line feeds and without NUL, which PostgreSQL rejects, and with `action`."""
    return {name: data.get(name, "").replace("\r\n", "\n").replace("\x00", "") for name in data} | {"action": action}


def _get_article(request: HttpRequest, pk: int) -> ArticleImport:
    articles = ArticleImport.objects.editable_by(request.user)
    return get_object_or_404(articles.select_related("course", "previous__module"), pk=pk)


def _render_review(request: HttpRequest, article: ArticleImport, status=200, **context) -> HttpResponse:
    context |= {"title": _("Review the article"), "article": article}
    context |= review_context(article.review) | update_preview(article, module_to_update(article))
    return _render(request, "authoring/article_review.html", context, status)


def _render(request: HttpRequest, template: str, context: dict, status=200) -> HttpResponse:
    return render(request, template, admin.site.each_context(request) | context, status=status)
