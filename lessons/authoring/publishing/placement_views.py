"""Placing a note by hand: in the draft before it is published, or in the text on show."""

from collections.abc import Callable
from dataclasses import dataclass

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from lessons.accounts.models import User
from lessons.annotations.models import Annotation, Placement
from lessons.annotations.passages import Passage, PassageNotFound, PassageTooLong, locate_passage
from lessons.annotations.services.publishing import place_manually
from lessons.authoring.access import admin_url, get_lesson, render_lesson_page
from lessons.authoring.publishing import placement_session
from lessons.authoring.publishing.annotation_rows import PAGE_SIZE, annotation_summaries
from lessons.authoring.publishing.passage_search import (
    MAX_CANDIDATES,
    BlockText,
    Candidate,
    candidates,
    diff_in_context,
    find_text,
    passage_in_context,
)
from lessons.db.ids import parse_id
from lessons.db.pagination import Keyset, make_page
from lessons.markup import plain_text
from lessons.models import Lesson, Revision
from lessons.services import prepare_html

KEYSET = Keyset("-annotation")
TEXT_NOT_FOUND = _(
    "These words do not stand in the text below. Copy them from it, or write fewer of them; accents and signs count."
)
TEXT_CHANGED = _("The text has changed since this page was opened. Choose the words again in the text as it is now.")
State = Placement.State
NEEDS_PLACEMENT = (State.REMOVED, State.CHANGED, State.MANUAL)


class PlacementForm(forms.Form):
    """The words that the note belongs to now, or the place of one of the candidates. `checksum` is that of the text.

    After a valid form `passage` is the place; after one that is not, `candidates` are where the words stand.
    """

    words = forms.CharField(
        label=_("Its words now"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Copied from the text below. With script, select them there."),
    )
    start = forms.IntegerField(required=False, min_value=0)
    end = forms.IntegerField(required=False, min_value=0)
    checksum = forms.CharField(required=False, max_length=64, widget=forms.HiddenInput)
    candidates: list[Candidate] = ()

    def __init__(self, data, *, revision: Revision):
        here = plain_text.text_digest(revision.text)
        super().__init__(data if data is None else _readable(data), initial={"checksum": here})
        self.revision, self.is_same = revision, data is None or data.get("checksum") == here
        if not self.is_same:
            self.data["checksum"] = here

    def clean(self):
        given = super().clean()
        span = (given.get("start"), given.get("end"))
        if None not in span and not self.is_same:
            raise forms.ValidationError(TEXT_CHANGED)
        spans = [span] if None not in span else find_text(given.get("words", ""), self.revision.text)
        if len(spans) > 1:
            self.candidates = candidates(spans, _block_text(self.revision))
            raise forms.ValidationError(_ambiguity_message(len(spans)))
        self.passage = self._passage(spans[0] if spans else (0, 0))
        return given

    def _passage(self, span: tuple[int, int]) -> Passage:
        start, end = span
        try:
            if end > len(self.revision.text):
                raise PassageNotFound
            return locate_passage(self.revision, start=start, end=end, exact=self.revision.text[start:end])
        except PassageNotFound:
            raise forms.ValidationError(TEXT_NOT_FOUND) from None
        except PassageTooLong as refusal:
            raise forms.ValidationError(str(refusal)) from None


def _readable(data):
    """The form as it was sent; a place that a button of a candidate names (`12-34`) as its two numbers."""
    data = data.copy()
    start, _dash, end = data.get("here", "").partition("-")
    if parse_id(start) < parse_id(end):
        data["start"], data["end"] = start, end
    return data


def _ambiguity_message(count: int) -> str:
    if count > MAX_CANDIDATES:
        return _("These words stand in very many places. Write more of them.")
    return ngettext(
        "These words stand in %(n)d place. Choose which.",
        "These words stand in %(n)d places. Choose which, or write more of them.",
        count,
    ) % {"n": count}


@dataclass(frozen=True)
class PlacementTarget:
    """Where a note is put: the `revision` whose text is chosen from, what `put` does with the place, and the way
    `back`."""

    revision: Revision
    put: Callable[[Passage], None]
    back: str


def place_in_draft(request: HttpRequest, pk: int, note: int) -> HttpResponse:
    """The place is kept until the draft is published."""
    lesson = get_lesson(request, pk)
    html = prepare_html(lesson.body)
    desk = PlacementTarget(
        Revision(lesson=lesson, html=html, text=plain_text.plain_text(html)),
        lambda there: placement_session.save_placement(request.session, lesson, note, there),
        f"{admin_url(lesson, 'publication')}#note-{note}",
    )
    return _desk(request, lesson, note, desk)


def place_in_published(request: HttpRequest, pk: int, note: int) -> HttpResponse:
    """The note stands there at once, in the revision on show."""
    lesson = get_lesson(request, pk)
    if lesson.current_revision is None:
        raise Http404

    def put(there: Passage) -> None:
        if _place(lesson, note, there, request.user):
            messages.success(request, _("The note stands at these words now."))
        else:
            messages.warning(request, TEXT_CHANGED)

    return _desk(
        request, lesson, note, PlacementTarget(lesson.current_revision, put, admin_url(lesson, "annotations"))
    )


@transaction.atomic
def _place(lesson: Lesson, note: int, there: Passage, by: User) -> bool:
    """Whether the text was still the one that the place was chosen in."""
    now = Lesson.objects.select_for_update().get(pk=lesson.pk)
    if now.current_revision_id != lesson.current_revision_id:
        return False
    place_manually(annotation=Annotation.objects.get(pk=note), span=(there.start, there.end), by=by)
    return True


def _desk(request, lesson: Lesson, note: int, desk: PlacementTarget) -> HttpResponse:
    notes = Annotation.objects.visible_to(request.user).displayed().select_related("revision")
    annotation = get_object_or_404(notes, pk=note, lesson=lesson)
    form = PlacementForm(request.POST if request.method == "POST" else None, revision=desk.revision)
    if request.method == "POST" and form.is_valid():
        desk.put(form.passage)
        return redirect(desk.back)
    context = {
        "note": annotation_summaries([note], lesson, request.user)[note],
        "before": passage_in_context(_block_text(annotation.revision), (annotation.start, annotation.end)),
        "form": form,
        "html": desk.revision.html,
        "back": desk.back,
    }
    return render_lesson_page(request, "authoring/place_annotation.html", lesson, **context)


def diverged_annotations(request: HttpRequest, pk: int) -> HttpResponse:
    """Notes whose words changed or went with a revision, the newest first, each to be placed by hand."""
    lesson = get_lesson(request, pk)
    before = KEYSET.parse_cursor(request.GET.get("before"))
    readable = Annotation.objects.visible_to(request.user).displayed().filter(lesson=lesson)
    placed = Placement.objects.filter(
        revision=lesson.current_revision_id, annotation__in=readable, state__in=NEEDS_PLACEMENT
    )
    placed = placed.filter(KEYSET.after(before)) if before else placed
    some = list(placed.select_related("annotation", "placed_by").order_by(*KEYSET.order_by)[: PAGE_SIZE + 1])
    page, older, _newer = make_page(some, PAGE_SIZE, lambda place: place.annotation_id)
    by_id = annotation_summaries([place.annotation_id for place in page], lesson, request.user)
    prose = _proses([lesson.current_revision_id, *(place.annotation.revision_id for place in page)])
    context = {
        "rows": [(by_id[place.annotation_id], place, *_before_and_after(place, prose)) for place in page],
        "older": older,
    }
    return render_lesson_page(request, "authoring/diverged_annotations.html", lesson, **context)


def _block_text(revision: Revision) -> BlockText:
    return BlockText(revision.text, revision.html)


def _proses(revisions: list[int]) -> dict[int, BlockText]:
    """By the id of the revision. One query."""
    return {revision.pk: _block_text(revision) for revision in Revision.objects.filter(pk__in=revisions)}


def _before_and_after(place: Placement, prose: dict[int, BlockText]) -> tuple[SafeString, SafeString | None]:
    note = place.annotation
    made_on, span = prose[note.revision_id], (note.start, note.end)
    then = passage_in_context(made_on, span)
    if place.start is None:
        return then, None
    return then, diff_in_context(made_on.text_between(*span), prose[place.revision_id], (place.start, place.end))
