"""What the script of a lesson's page requests, positions and cards; and the permanent address of an annotation."""

from hashlib import blake2s
from uuid import UUID

from django.http import Http404, HttpResponse, HttpResponseBadRequest, HttpResponseNotModified
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _

from lessons.accounts.requests import AuthenticatedHttpRequest
from lessons.annotations.margin.cards import MAX_CARDS
from lessons.annotations.margin.context import get_lesson_context
from lessons.annotations.margin.positions import AnnotationFilter, orphaned, positions_json
from lessons.annotations.margin.rendering import render_cards
from lessons.annotations.models import Annotation
from lessons.db.ids import parse_numbers
from lessons.models import Lesson
from lessons.permissions import can_read_annotation


def positions(request: AuthenticatedHttpRequest, pk: int) -> HttpResponse:
    """Return the positions as JSON; 304 if the browser's copy is current."""
    context = get_lesson_context(request.user, pk)
    body = positions_json(context, request.user, AnnotationFilter.from_query(request.GET)).encode()
    headers = {"ETag": f'"{blake2s(body, digest_size=12).hexdigest()}"', "Cache-Control": "private, no-cache"}
    if request.headers.get("If-None-Match") == headers["ETag"]:
        return HttpResponseNotModified(headers=headers)
    return HttpResponse(body, content_type="application/json", headers=headers)


def cards(request: AuthenticatedHttpRequest, pk: int) -> HttpResponse:
    """Return the cards of `ids`, of the annotation `uid`, or of the first `orphaned` ones, as a fragment. The card of
    a single id has all its `replies` on request.
    """
    context = get_lesson_context(request.user, pk)
    ids: list[int] | None
    if request.GET.get("orphaned"):
        ids = [position.pk for position in orphaned(context, request.user, AnnotationFilter())]
    else:
        ids = parse_numbers(request.GET.get("ids"), max_count=MAX_CARDS)
        ids = ids or _ids_of_uid(context.lesson, request.GET.get("uid", ""))
    if ids is None:
        return HttpResponseBadRequest(_("Request at most fifty notes, by ids separated by commas."))
    all_replies = len(ids) == 1 and bool(request.GET.get("replies"))
    html = render_cards(context, request.user, ids, all_replies=all_replies)
    return HttpResponse(html, headers={"Cache-Control": "private, no-cache"})


def _ids_of_uid(lesson: Lesson, text: str) -> list[int] | None:
    try:
        uid = UUID(text)
    except ValueError:
        return None
    return list(Annotation.objects.filter(lesson=lesson, uid=uid).values_list("pk", flat=True))


def annotation_permalink(request: AuthenticatedHttpRequest, pk: int) -> HttpResponse:
    """Redirect to the lesson's page at the annotation. Without script that page leads to the list of annotations."""
    annotations = Annotation.objects.select_related("thread__course", "lesson__module__course").defer("lesson__body")
    annotation = get_object_or_404(annotations, pk=pk)
    if not can_read_annotation(request.user, annotation):
        raise Http404
    get_lesson_context(request.user, annotation.lesson_id)
    return redirect(f"{annotation.lesson.get_absolute_url()}?annotation={annotation.pk}#note-{annotation.uid}")
