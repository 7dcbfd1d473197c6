"""Making a note: the plain form, what the page's script brings along, and taking what either sends."""

from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _

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
    save_draft,
    wants_json,
)
from lessons.db.ids import parse_number
from lessons.discussions.models import Draft, Thread
from lessons.discussions.services.errors import ActionRefused
from lessons.discussions.views.access import preserve_submitted_text
from lessons.discussions.views.compose_api import draft_initial
from lessons.markup.blocks import text_blocks
from lessons.models import Lesson, Revision
from lessons.permissions import can_post_anonymously

# Kinds that one press marks with; the others open the form.
ONE_CLICK_LABELS = {"highlight", "confused"}


@preserve_submitted_text
@handle_closed_course
def create_annotation(request, pk):
    """The form for a note on `?block=` or `?start=&end=`; with `?toolbar` what the lesson's page needs to make notes."""
    if request.method == "POST":
        return _create(request, pk)
    lesson = get_annotatable_lesson(request.user, pk)
    if lesson.state != Lesson.State.PUBLISHED:
        raise Http404
    if "toolbar" in request.GET:
        return render(request, "annotations/_toolbar.html", _context(request, lesson))
    return _render_form(request, lesson, request.GET)


def _create(request, pk: int) -> HttpResponse:
    """Words are given back whatever happens."""
    try:
        lesson = get_annotatable_lesson(request.user, pk)
    except Http404:
        save_draft(request, draft_key(pk))
        return not_found(request, _("This lesson is not there for you any more. Your words are kept."))
    form = _form(request, lesson, data=_readable(request.POST), files=request.FILES)
    if "draft" in request.POST:
        save_draft(request, draft_key(pk))
        messages.success(request, _("Your draft is kept."))
        return redirect(f"{request.path}?{_query(request.POST)}")
    if not form.is_valid():
        return _refused(request, lesson, form, 400)
    if "preview" in request.POST:
        return _render_form(request, lesson, request.POST, form, preview=form.prepared.html if form.prepared else "")
    try:
        note = _made(request.user, lesson, form, passage_from_form(lesson, request.POST))
    except ActionRefused as refusal:
        save_draft(request, draft_key(pk))
        form.add_error(None, str(refusal))
        return _refused(request, lesson, form, 409)
    edit = reverse("annotations:edit", args=[note.pk])
    return respond(request, note, _success_message(note), status=201, id=note.pk, uid=str(note.uid), edit=edit)


def _made(user, lesson: Lesson, form: AnnotationForm, where: Passage) -> Annotation:
    given = form.cleaned_data
    return annotate(
        by=user,
        lesson=lesson,
        passage=where,
        label=form.chosen_label,
        key=form.key,
        prepared=form.prepared,
        audience=given["audience"],
        group=form.own_group,
        tags=given["tags"],
        anonymous=bool(given.get("anonymous")),
    )


def passage_from_form(lesson: Lesson, data) -> Passage:
    """The passage that a form means. Words chosen out of a block are looked for in it first; words that stand
    elsewhere than the offsets say are found by the words. Raises NoSuchPassage, PassageTooLong."""
    form = PassageForm(data)
    if not form.is_valid():
        raise PassageNotFound
    given = form.cleaned_data
    revision = _revision(lesson, given["revision"])
    start, end = _span(revision, given)
    exact = form.text_field("exact") or revision.text[max(start, 0) : max(end, 0)]
    inside = revision.text.find(exact, start, end) if exact and 0 <= start < end else -1
    if inside >= 0:
        start, end = inside, inside + len(exact)
    return locate_passage(
        revision, start=start, end=end, exact=exact, prefix=form.text_field("prefix"), suffix=form.text_field("suffix")
    )


def _revision(lesson: Lesson, number: int | None) -> Revision:
    if number in (None, lesson.current_revision.number):
        return lesson.current_revision
    revision = Revision.objects.filter(lesson=lesson, number=number).first()
    if revision is None:
        raise PassageNotFound
    return revision


def _span(revision: Revision, given: dict) -> tuple[int, int]:
    """Offsets as they came, those of the block where one was named, -1 where there are none."""
    if given["block"] is not None:
        found = text_blocks(revision.html)[given["block"] :][:1]
        if not found:
            raise PassageNotFound
        return found[0].start, found[0].end
    start, end = (-1 if given[name] is None else given[name] for name in ("start", "end"))
    return (start, end) if end <= len(revision.text) else (-1, -1)


def _success_message(note: Annotation) -> str:
    """What has become of it, where that is not what one expects."""
    if note.thread_id and note.thread.state == Thread.State.HELD:
        return _("Your note has a link and your account is new: staff will look at it first.")
    last = note.placements.order_by("-revision__number").first()
    if last.revision_id == note.revision_id:
        return _("Your note is made.") if note.thread_id else _("Marked, without words.")
    if last.state == Placement.State.REMOVED:
        return _(
            "The text changed while you were reading, and these words are no longer in it. Your note is kept, and "
            "listed under the text with the words as they were."
        )
    return _("The text changed while you were reading. Your note is made, and stands at its words in the new text.")


def _refused(request, lesson: Lesson, form: AnnotationForm, status: int) -> HttpResponse:
    if wants_json(request):
        return JsonResponse({"errors": error_messages(form)}, status=status)
    return _render_form(request, lesson, request.POST, form, status=status)


def _render_form(request, lesson: Lesson, data, form=None, *, status=200, preview="") -> HttpResponse:
    """The form, with the passage that `data` names above it; without one it asks for the words."""
    named = any(data.get(name) for name in ("block", "start", "exact"))
    where, context = None, _context(request, lesson, form)
    try:
        where = passage_from_form(lesson, data) if named else None
    except ActionRefused as refusal:
        status = 400 if status == 200 else status
        # A form that was refused says it itself.
        context["lost"] = "" if form and form.non_field_errors() else str(refusal)
    context |= {
        "passage": where,
        "quote": data.get("exact") or (where.exact if where else ""),
        "preview": mark_safe(preview),
        "lesson_is_there": lesson.state == Lesson.State.PUBLISHED,
    }
    return render(request, "annotations/create.html", context, status=status)


def _context(request, lesson: Lesson, form=None) -> dict:
    """The form, its buttons and the draft. Three queries, four where the text has changed since that."""
    kept = Draft.objects.filter(user=request.user, draft_key=draft_key(lesson.pk)).first()
    if form is None:
        wanted = request.GET.get("kind")
        form = _form(request, lesson, initial=draft_initial(kept) | ({"kind": wanted} if wanted else {}))
    return {
        "form": form,
        "buttons": form.buttons,
        "group": form.own_group,
        "kinds": [(kind, kind.key in ONE_CLICK_LABELS) for kind in form.kinds.values()],
        "draft_key": draft_key(lesson.pk),
        "kept": kept,
        "kept_exact": _draft_quote(lesson, kept.title) if kept else "",
        "lesson": lesson,
        "course": lesson.module.course,
        "revision": lesson.current_revision,
        "shares": [(value, words) for value, words in form.buttons if value != Audience.ME],
    }


def _draft_quote(lesson: Lesson, title: str) -> str:
    """The words of an earlier revision that a draft is about; empty for one about the current text. One query where
    there are any."""
    numbers = [parse_number(part) for part in title.split()]
    if len(numbers) != 3 or None in numbers:
        return ""
    revision, start, end = numbers
    if revision == lesson.current_revision.number:
        return ""
    text = Revision.objects.filter(lesson=lesson, number=revision).values_list("text", flat=True).first() or ""
    return text[start:end]


def _form(request, lesson: Lesson, **kwargs) -> AnnotationForm:
    course = lesson.module.course
    readers, may_be_anonymous = audience_options(request.user, lesson), can_post_anonymously(request.user, course)
    return AnnotationForm(
        lesson=lesson, kinds=labels_for(course), may_be_anonymous=may_be_anonymous, **readers, **kwargs
    )


def _readable(data):
    """A preview, a draft and a mark without words need not say who reads."""
    if "audience" in data or not {"preview", "draft", "highlight_only"} & set(data):
        return data
    data = data.copy()
    data["audience"] = Audience.ME
    return data


def _query(data) -> str:
    """The passage's part of an address."""
    names = ("revision", "block", "start", "end")
    numbers = {name: parse_number(data.get(name)) for name in names}
    return urlencode({name: number for name, number in numbers.items() if number is not None})
