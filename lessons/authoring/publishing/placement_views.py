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
from lessons.annotations.passages import NoSuchPassage, Passage, PassageTooLong, passage
from lessons.annotations.services.publishing import place_by_hand
from lessons.authoring.access import lesson_for, own_address, text_page
from lessons.authoring.publishing import placement_session
from lessons.authoring.publishing.annotation_rows import A_PAGE, described
from lessons.authoring.publishing.passage_search import (
    MOST_CANDIDATES,
    Candidate,
    Prose,
    candidates,
    changed_in_context,
    found,
    in_context,
)
from lessons.db.ids import number
from lessons.markup import plain_text
from lessons.models import Lesson, Revision
from lessons.services import publishable

NOWHERE = _(
    "These words do not stand in the text below. Copy them from it, or write fewer of them; accents and signs count."
)
OTHER_TEXT = _("The text has changed since this page was opened. Choose the words again in the text as it is now.")
State = Placement.State
UNLIKE = (State.REMOVED, State.CHANGED, State.MANUAL)


class PlacingForm(forms.Form):
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
        here = plain_text.sha256(revision.text)
        super().__init__(data if data is None else _readable(data), initial={"checksum": here})
        self.revision, self.is_same = revision, data is None or data.get("checksum") == here
        if not self.is_same:
            self.data["checksum"] = here

    def clean(self):
        given = super().clean()
        span = (given.get("start"), given.get("end"))
        if None not in span and not self.is_same:
            raise forms.ValidationError(OTHER_TEXT)
        spans = [span] if None not in span else found(given.get("words", ""), self.revision.text)
        if len(spans) > 1:
            self.candidates = candidates(spans, _prose(self.revision))
            raise forms.ValidationError(_several(len(spans)))
        self.passage = self._passage(spans[0] if spans else (0, 0))
        return given

    def _passage(self, span: tuple[int, int]) -> Passage:
        start, end = span
        try:
            if end > len(self.revision.text):
                raise NoSuchPassage
            return passage(self.revision, start=start, end=end, exact=self.revision.text[start:end])
        except NoSuchPassage:
            raise forms.ValidationError(NOWHERE) from None
        except PassageTooLong as refusal:
            raise forms.ValidationError(str(refusal)) from None


def _readable(data):
    """The form as it was sent; a place that a button of a candidate names (`12-34`) as its two numbers."""
    data = data.copy()
    start, _dash, end = data.get("here", "").partition("-")
    if number(start) < number(end):
        data["start"], data["end"] = start, end
    return data


def _several(count: int) -> str:
    if count > MOST_CANDIDATES:
        return _("These words stand in very many places. Write more of them.")
    return ngettext(
        "These words stand in %(n)d place. Choose which.",
        "These words stand in %(n)d places. Choose which, or write more of them.",
        count,
    ) % {"n": count}


@dataclass(frozen=True)
class Desk:
    """Where a note is put: the `revision` whose text is chosen from, what `put` does with the place, and the way
    `back`."""

    revision: Revision
    put: Callable[[Passage], None]
    back: str


def in_draft(request: HttpRequest, pk: int, note: int) -> HttpResponse:
    """The place is kept until the draft is published."""
    lesson = lesson_for(request, pk)
    html = publishable(lesson.body)
    desk = Desk(
        Revision(lesson=lesson, html=html, text=plain_text.plain_text(html)),
        lambda there: placement_session.keep(request.session, lesson, note, there),
        f"{own_address(lesson, 'publication')}#note-{note}",
    )
    return _desk(request, lesson, note, desk)


def in_text(request: HttpRequest, pk: int, note: int) -> HttpResponse:
    """The note stands there at once, in the revision on show."""
    lesson = lesson_for(request, pk)
    if lesson.current_revision is None:
        raise Http404

    def put(there: Passage) -> None:
        if _place(lesson, note, there, request.user):
            messages.success(request, _("The note stands at these words now."))
        else:
            messages.warning(request, OTHER_TEXT)

    return _desk(request, lesson, note, Desk(lesson.current_revision, put, own_address(lesson, "annotations")))


@transaction.atomic
def _place(lesson: Lesson, note: int, there: Passage, by: User) -> bool:
    """Whether the text was still the one that the place was chosen in."""
    now = Lesson.objects.select_for_update().get(pk=lesson.pk)
    if now.current_revision_id != lesson.current_revision_id:
        return False
    place_by_hand(annotation=Annotation.objects.get(pk=note), span=(there.start, there.end), by=by)
    return True


def _desk(request, lesson: Lesson, note: int, desk: Desk) -> HttpResponse:
    notes = Annotation.objects.visible_to(request.user).standing().select_related("revision")
    annotation = get_object_or_404(notes, pk=note, lesson=lesson)
    form = PlacingForm(request.POST if request.method == "POST" else None, revision=desk.revision)
    if request.method == "POST" and form.is_valid():
        desk.put(form.passage)
        return redirect(desk.back)
    context = {
        "note": described([note], lesson, request.user)[note],
        "before": in_context(_prose(annotation.revision), (annotation.start, annotation.end)),
        "form": form,
        "html": desk.revision.html,
        "back": desk.back,
    }
    return text_page(request, "authoring/place_annotation.html", lesson, **context)


def notes(request: HttpRequest, pk: int) -> HttpResponse:
    """Notes whose words changed or went with a revision, the newest first, each to be placed by hand."""
    lesson = lesson_for(request, pk)
    before = number(request.GET.get("before", ""))
    readable = Annotation.objects.visible_to(request.user).standing().filter(lesson=lesson)
    placed = Placement.objects.filter(revision=lesson.current_revision_id, annotation__in=readable, state__in=UNLIKE)
    placed = placed.filter(annotation__lt=before) if before else placed
    some = list(placed.select_related("annotation", "by").order_by("-annotation")[: A_PAGE + 1])
    page = some[:A_PAGE]
    by_id = described([place.annotation_id for place in page], lesson, request.user)
    prose = _proses([lesson.current_revision_id, *(place.annotation.revision_id for place in page)])
    context = {
        "rows": [(by_id[place.annotation_id], place, *_then_and_now(place, prose)) for place in page],
        "older": page[-1].annotation_id if len(some) > A_PAGE else 0,
    }
    return text_page(request, "authoring/diverged_annotations.html", lesson, **context)


def _prose(revision: Revision) -> Prose:
    return Prose(revision.text, revision.html)


def _proses(revisions: list[int]) -> dict[int, Prose]:
    """By the id of the revision. One query."""
    return {revision.pk: _prose(revision) for revision in Revision.objects.filter(pk__in=revisions)}


def _then_and_now(place: Placement, prose: dict[int, Prose]) -> tuple[SafeString, SafeString | None]:
    note = place.annotation
    made_on, span = prose[note.revision_id], (note.start, note.end)
    then = in_context(made_on, span)
    if place.start is None:
        return then, None
    return then, changed_in_context(made_on.words(*span), prose[place.revision_id], (place.start, place.end))
