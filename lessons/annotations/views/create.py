"""Create annotations: the plain form, the tools of the page's script, and what either sends."""

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpResponse, JsonResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _

from lessons.accounts.models import User
from lessons.accounts.requests import AuthenticatedHttpRequest
from lessons.annotations.forms import AnnotationForm, PassageForm
from lessons.annotations.models import Annotation, Placement, labels_for
from lessons.annotations.passages import Passage, PassageNotFound, locate_passage
from lessons.annotations.services.annotate import annotate
from lessons.annotations.views.access import (
    Audience,
    audience_options,
    draft_key,
    error_messages,
    get_annotatable_lesson,
    handle_closed_course,
    not_found,
    respond,
    wants_json,
)
from lessons.db.ids import parse_number
from lessons.db.unsent_texts import UnsentTextNotSaved, find_unsent_text, initial_values
from lessons.discussions.models import Thread
from lessons.discussions.selectors.audience_readers import readers_of, with_readers
from lessons.discussions.services.errors import ActionRefused
from lessons.discussions.views.access import preserve_submitted_text
from lessons.discussions.views.compose_api import keep_refused, save_draft_from
from lessons.markup.blocks import text_blocks
from lessons.models import Lesson, Revision
from lessons.permissions import can_post_anonymously

# Labels that highlight with one click; the others open the form.
ONE_CLICK_LABELS = {"highlight", "confused"}


@preserve_submitted_text
@handle_closed_course
def create_annotation(request: AuthenticatedHttpRequest, pk: int) -> HttpResponse:
    """Show the form for a note on `?block=` or `?start=&end=`, or with `?toolbar` the tools of the page's script;
    handle what either posts.
    """
    if request.method == "POST":
        return _create(request, pk)
    lesson = get_annotatable_lesson(request.user, pk)
    if lesson.state != Lesson.State.PUBLISHED:
        raise Http404
    if "toolbar" in request.GET:
        return render(request, "annotations/_toolbar.html", _context(request, lesson))
    return _render_form(request, lesson, request.GET)


def _create(request: AuthenticatedHttpRequest, pk: int) -> HttpResponse:
    """Create an annotation; keep the text or show it again, whatever goes wrong."""
    try:
        lesson = get_annotatable_lesson(request.user, pk)
    except Http404:
        return not_found(request, _("You can no longer open this lesson. Your text is still on this page."))
    form = _form(request, lesson, data=_with_defaults(request.POST), files=request.FILES)
    if "draft" in request.POST:
        try:
            save_draft_from(request, draft_key(pk))
        except UnsentTextNotSaved as refusal:
            form.full_clean()
            form.add_error(None, str(refusal))
            return _render_errors(request, lesson, form, 409)
        messages.success(request, _("Draft saved."))
        return redirect(f"{request.path}?{_passage_query(request.POST)}")
    if not form.is_valid():
        return _render_errors(request, lesson, form, 400)
    if "preview" in request.POST:
        return _render_form(request, lesson, request.POST, form, preview=form.prepared.html if form.prepared else "")
    try:
        annotation = _annotate(request.user, lesson, form, passage_from_form(lesson, request.POST))
    except ActionRefused as refusal:
        status = keep_refused(request, draft_key(pk), refusal)
        form.add_error(None, str(refusal))
        return _render_errors(request, lesson, form, status)
    data: dict[str, Any] = {
        "id": annotation.pk,
        "uid": str(annotation.uid),
        "edit_url": reverse("annotations:edit", args=[annotation.pk]),
    }
    return respond(request, annotation, _success_message(annotation), status=201, **data)


def _annotate(user: User, lesson: Lesson, form: AnnotationForm, passage: Passage) -> Annotation:
    data = form.cleaned_data
    return annotate(
        by=user,
        lesson=lesson,
        passage=passage,
        label=form.chosen_label,
        key=form.idempotency_key,
        prepared=form.prepared,
        audience=data["audience"],
        group=form.own_group,
        tags=data["tags"],
        anonymous=bool(data.get("anonymous")),
    )


def passage_from_form(lesson: Lesson, data: QueryDict) -> Passage:
    """Return the passage that a form names. A quote out of a block is looked for there first; one that is not at its
    offsets is found by the quote. Raise PassageNotFound or PassageTooLong.
    """
    form = PassageForm(data)
    if not form.is_valid():
        raise PassageNotFound
    fields = form.cleaned_data
    revision = _revision(lesson, fields["revision"])
    start, end = _span(revision, fields)
    exact = form.text_field("exact") or revision.text[max(start, 0) : max(end, 0)]
    inside = revision.text.find(exact, start, end) if exact and 0 <= start < end else -1
    if inside >= 0:
        start, end = inside, inside + len(exact)
    return locate_passage(
        revision, start=start, end=end, exact=exact, prefix=form.text_field("prefix"), suffix=form.text_field("suffix")
    )


def _revision(lesson: Lesson, number: int | None) -> Revision:
    current = lesson.current_revision
    if current and number in (None, current.number):
        return current
    revision = Revision.objects.filter(lesson=lesson, number=number or 0).first()
    if revision is None:
        raise PassageNotFound
    return revision


def _span(revision: Revision, fields: dict[str, Any]) -> tuple[int, int]:
    """Return the offsets as they came, those of the block where one was named, -1 where there are none."""
    if fields["block"] is not None:
        blocks = text_blocks(revision.html)[fields["block"] :][:1]
        if not blocks:
            raise PassageNotFound
        return blocks[0].start, blocks[0].end
    start, end = (-1 if fields[name] is None else fields[name] for name in ("start", "end"))
    return (start, end) if end <= len(revision.text) else (-1, -1)


def _success_message(annotation: Annotation) -> str:
    """Return the message for a new annotation, with a warning if it is held or the text has changed."""
    if annotation.thread and annotation.thread.state == Thread.State.HELD:
        return _("Your note has a link and your account is new, so staff will review it first.")
    last = annotation.placements.order_by("-revision__number").first()
    if last is None or last.revision_id == annotation.revision_id:
        return _("Note created.") if annotation.thread_id else _("Highlighted.")
    if last.state == Placement.State.REMOVED:
        return _(
            "The text changed while you were reading, and this passage is no longer in it. Your note is kept, and "
            "listed below the text with the passage as it was."
        )
    return _("The text changed while you were reading. Your note is on its passage in the new text.")


def _render_errors(
    request: AuthenticatedHttpRequest, lesson: Lesson, form: AnnotationForm, status: int
) -> HttpResponse:
    if wants_json(request):
        return JsonResponse({"errors": error_messages(form)}, status=status)
    return _render_form(request, lesson, request.POST, form, status=status)


def _render_form(
    request: AuthenticatedHttpRequest,
    lesson: Lesson,
    data: QueryDict,
    form: AnnotationForm | None = None,
    *,
    status: int = 200,
    preview: str = "",
) -> HttpResponse:
    """Render the form below the passage that `data` names; where it names none, with a field for its text."""
    names_passage = any(data.get(name) for name in ("block", "start", "exact"))
    passage, context = None, _context(request, lesson, form)
    try:
        passage = passage_from_form(lesson, data) if names_passage else None
    except ActionRefused as refusal:
        status = 400 if status == 200 else status
        # An invalid form shows its own errors.
        context["passage_error"] = "" if form and form.non_field_errors() else str(refusal)
    context |= {
        "passage": passage,
        "quote": data.get("exact") or (passage.exact if passage else ""),
        "preview": mark_safe(preview),
        "is_published": lesson.state == Lesson.State.PUBLISHED,
    }
    return render(request, "annotations/create.html", context, status=status)


def _context(request: AuthenticatedHttpRequest, lesson: Lesson, form: AnnotationForm | None = None) -> dict[str, Any]:
    """Return the form, its buttons and the unsent note. Four queries."""
    draft = None
    if form is None:
        draft = find_unsent_text(request.user.pk, draft_key(lesson.pk))
        label = request.GET.get("kind")
        form = _form(request, lesson, initial=initial_values(draft) | ({"kind": label} if label else {}))
    return {
        "form": form,
        "buttons": with_readers(form.buttons, readers_of(lesson.module.course, form.own_group)),
        "group": form.own_group,
        "labels": [(label, label.key in ONE_CLICK_LABELS) for label in form.labels.values()],
        "draft_key": draft_key(lesson.pk),
        "draft": draft,
        "is_draft": draft is not None,
        "lesson": lesson,
        "course": lesson.module.course,
        "revision": lesson.current_revision,
        "audience_buttons": [(value, text) for value, text in form.buttons if value != Audience.ME],
    }


def _form(request: AuthenticatedHttpRequest, lesson: Lesson, **kwargs) -> AnnotationForm:
    course = lesson.module.course
    return AnnotationForm(
        author=request.user,
        lesson=lesson,
        labels=labels_for(course),
        may_be_anonymous=can_post_anonymously(request.user, course),
        **audience_options(request.user, lesson),
        **kwargs,
    )


def _with_defaults(data: QueryDict) -> QueryDict:
    """Return the data with an audience, which a preview, a draft or a highlight need not name."""
    if "audience" in data or not {"preview", "draft", "highlight_only"} & set(data):
        return data
    data = data.copy()
    data["audience"] = Audience.ME
    return data


def _passage_query(data: QueryDict) -> str:
    """Return the part of a query string that names the passage."""
    numbers = {name: parse_number(data.get(name)) for name in ("revision", "block", "start", "end")}
    return urlencode({name: number for name, number in numbers.items() if number is not None})
