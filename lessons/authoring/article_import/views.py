"""From an article to a module in three steps: the article, the review, the module. None needs a script."""

from contextlib import suppress

from django.contrib import admin, messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from lessons.authoring.article_import.forms import ArticleForm
from lessons.authoring.article_import.review_page import review_context
from lessons.authoring.article_import.update_preview import NEW_MODULE, update_preview
from lessons.db.idempotency import submit_once
from lessons.db.ids import parse_number
from lessons.importing.models import ArticleImport
from lessons.importing.reimport.apply import PlanOutdated, apply_reimport
from lessons.importing.reimport.messages import kept_messages, plan_summary
from lessons.importing.reimport.plan import module_to_update
from lessons.importing.review.form import UnknownAction, apply_form
from lessons.importing.review.texts import ReviewIncomplete
from lessons.importing.services import ReviewConflict, create_module_from_review, save_review, start_import

REVIEW_UPDATE = gettext_lazy(
    "Nothing is written yet. This is what the update would do now: look at it, then press the button."
)
REVIEW_NEW = gettext_lazy(
    "Nothing is written yet. A new module would be made now: look at its title, then press the button."
)


def urls(guard) -> list:
    return [
        path("articles/new/", guard(import_article), name="import_article"),
        path("articles/<int:pk>/", guard(review), name="article_review"),
        path("articles/<int:pk>/discard/", guard(discard_import), name="discard_import"),
    ]


def import_article(request: HttpRequest) -> HttpResponse:
    given = (request.POST, request.FILES) if request.method == "POST" else ()
    form = ArticleForm(*given, user=request.user, initial={"course": request.GET.get("course")})
    if form.is_bound and form.is_valid():
        return redirect(submit_once(request, lambda: _start(request, form)).address)
    context = {"title": _("New module from an article"), "form": form}
    return _page(request, "authoring/import_article.html", context, status=422 if form.is_bound else 200)


def _start(request, form: ArticleForm) -> str:
    course = form.cleaned_data["course"]
    article = start_import(by=request.user, course=course, name=form.name, parsed=form.parsed)
    return reverse("admin:article_review", args=[article.pk])


def review(request: HttpRequest, pk: int) -> HttpResponse:
    """POST applies the whole form and the button that was pressed, saves, and shows the review again."""
    article = _article(request, pk)
    if article.module_id:
        return redirect("admin:lessons_module_change", article.module_id)
    if request.method != "POST":
        return _review_page(request, article)
    return _save(request, article)


def _save(request, article: ArticleImport) -> HttpResponse:
    action = request.POST.get("action", "")
    try:
        state = apply_form(article.review, _clean_post_data(request.POST, "" if action == "create" else action))
        with transaction.atomic():
            version = parse_number(request.POST.get("version", "0"))
            save_review(article=article, state=state, version=-1 if version is None else version)
            if action == "create":
                return _create(request, article)
    except UnknownAction:
        return _render_conflict(request, article, _("That cannot be done any more: look at what stands here now."))
    except (ReviewConflict, ValueError):
        return _render_conflict(request, article, _("This review was saved in another window meanwhile."))
    return redirect(f"{reverse('admin:article_review', args=[article.pk])}#{_place(action, article)}")


def _render_conflict(request, article: ArticleImport, sentence: str) -> HttpResponse:
    """What is saved, with this window's words in the fields: saving again keeps them. Once made, the module."""
    article.refresh_from_db()
    if article.module_id:
        return redirect("admin:lessons_module_change", article.module_id)
    with suppress(UnknownAction):
        article.review = apply_form(article.review, _clean_post_data(request.POST))
    messages.error(request, f"{sentence} {_('Your words stand in the form: look, and save again.')}")
    return _review_page(request, article, status=409)


def _create(request, article: ArticleImport) -> HttpResponse:
    """The module, made or updated: as the page that the form stood on has said, or else that page again."""
    module, seen = module_to_update(article), request.POST.get("seen", NEW_MODULE)
    try:
        if not module and seen != NEW_MODULE:
            raise PlanOutdated
        said = _update(request, article, seen) if module else _make(request, article)
    except ReviewIncomplete as refusal:
        return _review_page(request, article, problems=refusal.problems, status=422)
    except PlanOutdated:
        messages.warning(request, REVIEW_UPDATE if module else REVIEW_NEW)
        return _review_page(request, article, status=409)
    messages.success(request, said)
    article.refresh_from_db()
    return redirect("admin:lessons_module_change", article.module_id)


def _make(request, article: ArticleImport) -> str:
    create_module_from_review(by=request.user, article=article)
    return _("The module is made, as a draft. Look through it, then publish.")


def _update(request, article: ArticleImport, seen: str) -> str:
    plan = apply_reimport(by=request.user, article=article, expected_digest=seen)
    return " ".join([plan_summary(plan, article), *kept_messages(plan)])


@require_POST
def discard_import(request: HttpRequest, pk: int) -> HttpResponse:
    """Throws an import away; a module that was made of it stays."""
    _article(request, pk).delete()
    messages.success(request, _("The import is thrown away."))
    return redirect("admin:index")


def _place(action: str, article: ArticleImport) -> str:
    """Where on the page the button stood: its section, or the group of suggestions."""
    subject = action.partition(":")[2].partition(":")[0]
    places = {section["id"] for section in article.review["sections"]} | set(article.review)
    return subject if subject in places else "review"


def _clean_post_data(form, action: str = "") -> dict[str, str]:
    """The form's words, with the line ends of texts and without NUL, which PostgreSQL does not take."""
    return {name: form[name].replace("\r\n", "\n").replace("\x00", "") for name in form} | {"action": action}


def _article(request, pk: int) -> ArticleImport:
    return get_object_or_404(
        ArticleImport.objects.editable_by(request.user).select_related("course", "previous__module"), pk=pk
    )


def _review_page(request, article: ArticleImport, status=200, **context) -> HttpResponse:
    own = {"title": _("Review the article"), "article": article}
    own |= review_context(article.review) | update_preview(article, module_to_update(article))
    return _page(request, "authoring/article_review.html", own | context, status)


def _page(request, template: str, context: dict, status=200) -> HttpResponse:
    return render(request, template, admin.site.each_context(request) | context, status=status)
