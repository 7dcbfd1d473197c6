"""Placing a note by hand: in the draft before it is published, or in the published text."""

from collections.abc import Callable
from dataclasses import dataclass

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect
from django.utils.safestring import SafeString
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from lessons.accounts.models import User
from lessons.annotations.models import Annotation, Placement
from lessons.annotations.passages import Passage, PassageNotFound, PassageTooLong, locate_passage
from lessons.annotations.services.publishing import place_manually
from lessons.authoring.access import admin_url, get_lesson, get_user, render_lesson_page
from lessons.authoring.publishing import placement_session
from lessons.authoring.publishing.annotation_rows import PAGE_SIZE, annotation_summaries
from lessons.authoring.publishing.passage_search import (
    MAX_CANDIDATES,
    BlockText,
    Candidate,
    Span,
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
    "This passage is not in the text below. Copy it from there, or enter less of it. Accents and punctuation matter."
)
TEXT_CHANGED = _("The text has changed since you opened this page. Choose the passage again in the text below.")
State = Placement.State
NEEDS_PLACEMENT = (State.REMOVED, State.CHANGED, State.MANUAL)


class PlacementForm(forms.Form):
    """The passage of a note, as its text or as the offsets of one of the candidates.

    checksum: the digest of the text that the offsets refer to. After a valid form `passage` is set; after an invalid
    one `candidates` are the passages where the text occurs.
    """

    passage: Passage

    search_text = forms.CharField(
        label=_("Passage"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Select the passage in the text below, or copy it here."),
    )
    start = forms.IntegerField(required=False, min_value=0)
    end = forms.IntegerField(required=False, min_value=0)
    checksum = forms.CharField(required=False, max_length=64, widget=forms.HiddenInput)

    def __init__(self, data: QueryDict | None, *, revision: Revision):
        checksum = plain_text.text_digest(revision.text)
        self.is_same_text = data is None or data.get("checksum") == checksum
        bound = None if data is None else _with_offsets(data, checksum)
        super().__init__(bound, initial={"checksum": checksum})
        self.revision = revision
        self.candidates: list[Candidate] = []

    def clean(self):
        super().clean()
        start, end = self.cleaned_data.get("start"), self.cleaned_data.get("end")
        if start is None or end is None:
            spans = find_text(self.cleaned_data.get("search_text", ""), self.revision.text)
        elif self.is_same_text:
            spans = [(start, end)]
        else:
            raise forms.ValidationError(TEXT_CHANGED)
        if len(spans) > 1:
            self.candidates = candidates(spans, _block_text(self.revision))
            raise forms.ValidationError(_ambiguity_message(len(spans)))
        self.passage = self._passage(spans[0] if spans else (0, 0))
        return self.cleaned_data

    def _passage(self, span: Span) -> Passage:
        start, end = span
        try:
            if end > len(self.revision.text):
                raise PassageNotFound
            return locate_passage(self.revision, start=start, end=end, exact=self.revision.text[start:end])
        except PassageNotFound:
            raise forms.ValidationError(TEXT_NOT_FOUND) from None
        except PassageTooLong as error:
            raise forms.ValidationError(str(error)) from None


def _with_offsets(data: QueryDict, checksum: str) -> QueryDict:
    """Return a copy of `data` with the current checksum, and with the offsets of a candidate's button (`12-34`)."""
    data = data.copy()
    start, _dash, end = data.get("candidate", "").partition("-")
    if parse_id(start) < parse_id(end):
        data["start"], data["end"] = start, end
    data["checksum"] = checksum
    return data


def _ambiguity_message(count: int) -> str:
    if count > MAX_CANDIDATES:
        return gettext("This text occurs too many times. Enter more of the passage.")
    return ngettext(
        "This text occurs %(n)d time. Choose the passage.",
        "This text occurs %(n)d times. Choose the passage, or enter more of it.",
        count,
    ) % {"n": count}


@dataclass(frozen=True)
class PlacementTarget:
    """Where a note is placed.

    revision: has the text to choose from. place: stores the passage. back_url: the page to return to.
    """

    revision: Revision
    place: Callable[[Passage], None]
    back_url: str


def place_in_draft(request: HttpRequest, pk: int, annotation_id: int) -> HttpResponse:
    """Choose a passage in the draft; it is kept until the draft is published."""
    lesson = get_lesson(request, pk)
    html = prepare_html(lesson.body)
    target = PlacementTarget(
        Revision(lesson=lesson, html=html, text=plain_text.plain_text(html)),
        lambda passage: placement_session.save_placement(request.session, lesson, annotation_id, passage),
        f"{admin_url(lesson, 'publication')}#note-{annotation_id}",
    )
    return _render_placement(request, lesson, annotation_id, target)


def place_in_published(request: HttpRequest, pk: int, annotation_id: int) -> HttpResponse:
    """Choose a passage in the current revision; the note is placed there at once."""
    lesson, user = get_lesson(request, pk), get_user(request)
    if lesson.current_revision is None:
        raise Http404

    def place(passage: Passage) -> None:
        if _place(lesson, annotation_id, passage, user):
            messages.success(request, _("The note was placed."))
        else:
            messages.warning(request, TEXT_CHANGED)

    target = PlacementTarget(lesson.current_revision, place, admin_url(lesson, "annotations"))
    return _render_placement(request, lesson, annotation_id, target)


@transaction.atomic
def _place(lesson: Lesson, annotation_id: int, passage: Passage, by: User) -> bool:
    """Place the note unless another revision was published since; return whether it was placed."""
    current = Lesson.objects.select_for_update().get(pk=lesson.pk)
    if current.current_revision_id != lesson.current_revision_id:
        return False
    place_manually(annotation=Annotation.objects.get(pk=annotation_id), span=(passage.start, passage.end), by=by)
    return True


def _render_placement(
    request: HttpRequest, lesson: Lesson, annotation_id: int, target: PlacementTarget
) -> HttpResponse:
    user = get_user(request)
    annotations = Annotation.objects.visible_to(user).displayed().select_related("revision")
    annotation = get_object_or_404(annotations, pk=annotation_id, lesson=lesson)
    form = PlacementForm(request.POST if request.method == "POST" else None, revision=target.revision)
    if request.method == "POST" and form.is_valid():
        target.place(form.passage)
        return redirect(target.back_url)
    context = {
        "annotation": annotation_summaries([annotation_id], lesson, user)[annotation_id],
        "before": passage_in_context(_block_text(annotation.revision), (annotation.start, annotation.end)),
        "form": form,
        "html": target.revision.html,
        "back_url": target.back_url,
    }
    return render_lesson_page(request, "authoring/place_annotation.html", lesson, context)


def diverged_annotations(request: HttpRequest, pk: int) -> HttpResponse:
    """List the notes whose passage was changed or removed by a revision, the newest first, to be placed by hand."""
    lesson, user = get_lesson(request, pk), get_user(request)
    before = KEYSET.parse_cursor(request.GET.get("before"))
    readable = Annotation.objects.visible_to(user).displayed().filter(lesson=lesson)
    placements = Placement.objects.filter(
        revision=lesson.current_revision_id, annotation__in=readable, state__in=NEEDS_PLACEMENT
    )
    placements = placements.filter(KEYSET.after(before)) if before else placements
    rows = list(placements.select_related("annotation", "placed_by").order_by(*KEYSET.order_by)[: PAGE_SIZE + 1])
    page, older, _newer = make_page(rows, PAGE_SIZE, lambda placement: placement.annotation_id)
    summaries = annotation_summaries([placement.annotation_id for placement in page], lesson, user)
    texts = _block_texts([placement.revision_id for placement in page] + [p.annotation.revision_id for p in page])
    context = {
        "rows": [
            (summaries[placement.annotation_id], placement, *_before_and_after(placement, texts)) for placement in page
        ],
        "older": older,
    }
    return render_lesson_page(request, "authoring/diverged_annotations.html", lesson, context)


def _block_text(revision: Revision) -> BlockText:
    return BlockText(revision.text, revision.html)


def _block_texts(revision_ids: list[int]) -> dict[int, BlockText]:
    """Return the texts of revisions by their ids. One query."""
    return {revision.pk: _block_text(revision) for revision in Revision.objects.filter(pk__in=revision_ids)}


def _before_and_after(placement: Placement, texts: dict[int, BlockText]) -> tuple[SafeString, SafeString | None]:
    """Return the passage as it was annotated, and as it is now; None if it is gone."""
    annotation = placement.annotation
    old_text, span = texts[annotation.revision_id], (annotation.start, annotation.end)
    before = passage_in_context(old_text, span)
    if placement.start is None or placement.end is None:
        return before, None
    new_span = (placement.start, placement.end)
    return before, diff_in_context(old_text.text_between(*span), texts[placement.revision_id], new_span)
