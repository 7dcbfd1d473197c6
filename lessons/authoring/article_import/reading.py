"""Views for articles read in the background: the progress page, and reading an article again."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from lessons.authoring.access import render_page
from lessons.authoring.article_import.responses import encoding_choices
from lessons.authoring.breadcrumbs import trail
from lessons.importing.background_reading import read_again
from lessons.importing.models import ArticleImport
from lessons.importing.review_steps import keep_review
from lessons.importing.uploads import is_kept
from lessons.markup import decoding

State = ArticleImport.State
RELOAD_AFTER = 3
"""Seconds after which the page reloads itself, without scripts."""


def is_waiting(article: ArticleImport) -> bool:
    """Return whether the article has no review, because it is yet to be read or is being read again."""
    return not article.is_ready


def render_reading(request: HttpRequest, article: ArticleImport) -> HttpResponse:
    """Show the progress, or why the article could not be read and what to do."""
    has_failed = article.state == State.FAILED
    context = {
        "title": _("This article could not be read") if has_failed else _("Reading the article"),
        "article": article,
        "parents": trail(article.course),
        "has_failed": has_failed,
        "has_review": "sections" in article.review,
        "is_kept": is_kept(article),
        "encodings": encoding_choices(article),
        "reload_after": RELOAD_AFTER,
    }
    return render_page(request, "authoring/article_reading.html", context)


def read_progress(request: HttpRequest, pk: int) -> HttpResponse:
    """Return the progress of reading the article, for the script of the page."""
    article = _get_article(request, pk)
    return JsonResponse(
        {"isReading": not article.is_ready and article.state != State.FAILED, "progress": article.progress}
        | {"state": article.get_state_display()}
    )


@require_POST
def reading(request: HttpRequest, pk: int) -> HttpResponse:
    """Read the file again, with the encoding that was chosen; with `keep`, go back to the review as it was."""
    article = _get_article(request, pk)
    if "keep" in request.POST:
        keep_review(article)
    else:
        encoding = request.POST.get("encoding", "")
        read_again(article=article, encoding=encoding if encoding in decoding.ENCODINGS else "")
    return redirect("admin:article_review", article.pk)


def _get_article(request: HttpRequest, pk: int) -> ArticleImport:
    return get_object_or_404(ArticleImport.objects.editable_by(request.user).defer("review"), pk=pk)
