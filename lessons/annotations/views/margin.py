"""What the script of a lesson's page asks for: places and cards; and the address of a note for good."""

from hashlib import blake2s
from uuid import UUID

from django.http import Http404, HttpResponse, HttpResponseBadRequest, HttpResponseNotModified
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _

from lessons.annotations.margin import positions as found
from lessons.annotations.margin.cards import MAX_CARDS
from lessons.annotations.margin.cards import render_cards as written
from lessons.annotations.margin.context import get_lesson_context
from lessons.annotations.models import Annotation
from lessons.db.ids import parse_numbers
from lessons.permissions import can_read_annotation


def positions(request, pk):
    """Where the notes stand; 304 while that is as the reader has it."""
    body = found.positions_json(
        get_lesson_context(request.user, pk), request.user, found.AnnotationFilter.from_query(request.GET)
    ).encode()
    headers = {"ETag": f'"{blake2s(body, digest_size=12).hexdigest()}"', "Cache-Control": "private, no-cache"}
    if request.headers.get("If-None-Match") == headers["ETag"]:
        return HttpResponseNotModified(headers=headers)
    return HttpResponse(body, content_type="application/json", headers=headers)


def cards(request, pk):
    """The cards of `ids`, or of the note `uid`, or of the `gone` ones, as a fragment."""
    at = get_lesson_context(request.user, pk)
    if request.GET.get("gone"):
        ids = [row[0] for row in found.orphaned(at, request.user, found.AnnotationFilter())]
    else:
        ids = _ids(request.GET) or _of_uid(at.lesson, request.GET.get("uid", ""))
    if ids is None:
        return HttpResponseBadRequest(_("Ask for fifty notes at most, by their numbers with commas between."))
    html = "".join(written(at, request.user, ids))
    return HttpResponse(html, headers={"Cache-Control": "private, no-cache"})


def _ids(query) -> list[int] | None:
    return parse_numbers(query.get("ids"), most=MAX_CARDS)


def _of_uid(lesson, words: str) -> list[int] | None:
    try:
        uid = UUID(words)
    except ValueError:
        return None
    return list(Annotation.objects.filter(lesson=lesson, uid=uid).values_list("pk", flat=True))


def annotation_permalink(request, pk):
    """For good: the lesson's page, opened at the note. Without script that page leads to the list of notes."""
    notes = Annotation.objects.select_related("thread__course", "lesson__module__course").defer("lesson__body")
    one = get_object_or_404(notes, pk=pk)
    if not can_read_annotation(request.user, one):
        raise Http404
    get_lesson_context(request.user, one.lesson_id)
    return redirect(f"{one.lesson.get_absolute_url()}?note={one.pk}#note-{one.uid}")
