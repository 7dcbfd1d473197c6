"""From an article to a module in three steps: the article, the review, the module. All of it works without scripts."""

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from lessons.authoring.access import get_user, render_page
from lessons.authoring.article_import.forms import ArticleForm
from lessons.authoring.article_import.reading import is_waiting, read_progress, reading, render_reading
from lessons.authoring.article_import.responses import encoding_label, render_review, window_response
from lessons.authoring.article_import.review_page import View
from lessons.authoring.article_import.submission import save
from lessons.authoring.article_import.update_preview import update_preview
from lessons.db.idempotency import submit_once
from lessons.db.ids import parse_number
from lessons.importing.background_reading import start_reading
from lessons.importing.images import PreparedImages, delete_images, unused_images, written_files
from lessons.importing.models import ArticleImport
from lessons.importing.reimport.plan import module_to_update
from lessons.importing.review.completeness import missing_texts
from lessons.importing.services import PreparedImport, prepare_import, store_import
from lessons.importing.uploads import delete_upload, discard_upload, store_upload


def urls(guard) -> list:
    """Return the URL patterns. guard: the admin site's `admin_view`."""
    return [
        path("articles/new/", guard(import_article), name="import_article"),
        path("articles/<int:pk>/", guard(review), name="article_review"),
        path("articles/<int:pk>/sections/", guard(sections), name="article_sections"),
        path("articles/<int:pk>/changes/", guard(changes), name="article_changes"),
        path("articles/<int:pk>/reading/", guard(reading), name="article_reading"),
        path("articles/<int:pk>/progress/", guard(read_progress), name="article_progress"),
        path("articles/<int:pk>/discard/", guard(discard_import), name="discard_import"),
    ]


def import_article(request: HttpRequest) -> HttpResponse:
    data = (request.POST, request.FILES) if request.method == "POST" else ()
    form = ArticleForm(*data, user=request.user, initial={"course": request.GET.get("course")})
    if form.is_bound and form.is_valid():
        return redirect(_start(request, form))
    context = {"title": _("New module from an article"), "form": form}
    return render_page(request, "authoring/import_article.html", context, 422 if form.is_bound else 200)


def _start(request: HttpRequest, form: ArticleForm) -> str:
    """Save the import, or queue it to be read in the background; return the URL of its review."""
    by, course, name = get_user(request), form.cleaned_data["course"], form.name
    prepared = prepare_import(by=by, course=course, name=name, parsed=form.parsed) if form.parsed else None
    waiting = ArticleImport(course=course, author=by, source_name=name[-200:], state=ArticleImport.State.WAITING)
    article = prepared.article if prepared else waiting
    if form.upload:
        store_upload(article, form.upload)
    try:
        with written_files(article, prepared.images if prepared else PreparedImages()):
            outcome = submit_once(request, lambda: _save_new(article, prepared))
    except BaseException:
        discard_upload(article)
        raise
    if outcome.is_repeat:
        discard_upload(article)
    return outcome.address


def _save_new(article: ArticleImport, prepared: PreparedImport | None) -> str:
    if prepared:
        store_import(prepared)
    else:
        article.save()
        transaction.on_commit(start_reading)
    return reverse("admin:article_review", args=[article.pk])


def review(request: HttpRequest, pk: int) -> HttpResponse:
    """Show the review, or the progress of reading the article. POST applies the form with its button, and saves."""
    article = _get_article(request, pk)
    if article.module_id:
        return redirect("admin:lessons_module_change", article.module_id)
    if is_waiting(article):
        return render_reading(request, article)
    return save(request, article) if request.method == "POST" else render_review(request, article, _view(request))


def _view(request: HttpRequest) -> View:
    """Return what the query string asks to show."""
    asked = request.GET
    number = parse_number(asked.get("number", "")) or 0
    return View(
        at=asked.get("at", ""),
        number=min(number, 100),
        start=asked.get("start", ""),
        editing=asked.get("edit", ""),
        whole=asked.get("whole", ""),
    )


def sections(request: HttpRequest, pk: int) -> HttpResponse:
    """Return sections of a long article for the script of the review, from section `at` on."""
    article = _get_article(request, pk)
    if article.module_id or is_waiting(article):
        return JsonResponse({}, status=409)
    return window_response(article, _view(request))


def changes(request: HttpRequest, pk: int) -> HttpResponse:
    """Return the head of the page, which lists what an update would change, for the script of the review."""
    article = _get_article(request, pk)
    if article.module_id or is_waiting(article):
        return JsonResponse({}, status=409)
    context = {"review": article.review, "missing": missing_texts(article.review, article.text.blocks)}
    context |= {"encoding_label": encoding_label(article)}
    context |= update_preview(article, module_to_update(article))
    return render_page(request, "authoring/_review_head.html", context)


@require_POST
def discard_import(request: HttpRequest, pk: int) -> HttpResponse:
    """Delete an import, its file, and images that are used nowhere else. A module made from it stays."""
    article = ArticleImport.objects.editable_by(request.user).filter(pk=pk).first()
    images = unused_images(article) if article and not article.module_id else []

    def work() -> str:
        if article is None:
            raise Http404
        delete_upload(article)
        article.delete()
        delete_images(images)
        messages.success(request, _("The import was discarded."))
        return reverse("admin:index")

    return redirect(submit_once(request, work).address)


def _get_article(request: HttpRequest, pk: int) -> ArticleImport:
    articles = ArticleImport.objects.editable_by(request.user)
    rows = articles.select_related("course", "text", "previous__module").defer("text__original", "previous__review")
    return get_object_or_404(rows, pk=pk)
