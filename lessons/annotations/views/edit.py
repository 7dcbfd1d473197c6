"""Changing one's own note, on one plain page: its label, its words, who reads it, and away with it."""

from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _

from lessons.annotations.forms import NO_SUCH_LABEL, AnnotationForm, AudienceForm
from lessons.annotations.models import HIGHLIGHT, Annotation, labels_for
from lessons.annotations.services.annotate import add_comment, change_label, delete_annotation, set_audience
from lessons.annotations.views.access import (
    AnnotationsClosed,
    Audience,
    audience_options,
    error_messages,
    get_annotation,
    handle_closed_course,
    not_found,
    respond,
    save_draft,
    wants_json,
)
from lessons.courses.models import ReadingGroup
from lessons.discussions.models import Draft, Post
from lessons.discussions.services.errors import ActionRefused
from lessons.discussions.views.access import preserve_submitted_text
from lessons.discussions.views.compose_api import draft_initial
from lessons.permissions import can_edit_annotation, can_post_anonymously, require


class ActionUnavailable(ActionRefused):
    """The page offers no such act for this note as it stands now."""


@preserve_submitted_text
@handle_closed_course
def edit(request, pk):
    """GET shows what can be changed; POST does it: `action` is comment, relabel, share or delete."""
    try:
        note = get_annotation(request.user, pk)
    except Http404:
        return not_found(request, _("This note is not there any more. Your words are kept."))
    if note.author_id == request.user.pk and note.lesson.module.course.is_closed:
        raise AnnotationsClosed(note.lesson)
    require(can_edit_annotation(request.user, note))
    if request.method != "POST":
        return _shown(request, note)
    act = ACTIONS.get(request.POST.get("action", ""))
    return act(request, note) if act else _refused(request, note, [_("Choose what to do with this note.")], 400)


def _add_comment(request, note: Annotation) -> HttpResponse:
    """Puts words to a bare mark. Words are given back whatever happens."""
    form = _form(request, note, data=_readable(request.POST), files=request.FILES)
    if not form.is_valid():
        return _refused(request, note, error_messages(form), 400, form)
    if "preview" in request.POST and not note.thread_id:
        return _shown(request, note, form=form, preview=form.prepared.html)
    given = form.cleaned_data
    try:
        note = add_comment(
            annotation=note,
            by=request.user,
            prepared=form.prepared,
            audience=given["audience"],
            group=form.own_group,
            label=form.chosen_label,
            tags=given["tags"],
            anonymous=bool(given.get("anonymous")),
        )
    except ActionRefused as refusal:
        save_draft(request, _place_of(note))
        form.add_error(None, str(refusal))
        return _refused(request, note, [str(refusal)], 409, form)
    return _done(request, note, _("Your note is made."))


def _relabel(request, note: Annotation) -> HttpResponse:
    kinds = {kind.key: kind for kind in labels_for(note.lesson.module.course)}
    kind = kinds.get(request.POST.get("kind", ""))
    if kind is None:
        return _refused(request, note, [str(NO_SUCH_LABEL)], 400)
    note = change_label(annotation=note, by=request.user, label=kind)
    return _done(request, note, _("It is labelled “%(label)s” now.") % {"label": kind.name})


def _set_audience(request, note: Annotation) -> HttpResponse:
    """Who reads a bare mark is changed as one likes; what has words is opened once, because others then answer."""
    form = AudienceForm(request.POST, **audience_options(request.user, note.lesson))
    if not form.is_valid():
        return _refused(request, note, error_messages(form), 400)
    try:
        if note.thread_id and (note.thread.audience != Audience.ME or form.cleaned_data["audience"] == Audience.ME):
            raise ActionUnavailable(_("Others read this already, so its readers stay as they are. You can delete it."))
        set_audience(annotation=note, by=request.user, audience=form.cleaned_data["audience"], group=form.own_group)
    except ActionRefused as refusal:
        return _refused(request, note, [str(refusal)], 409)
    return _done(request, note, _audience_message(form.cleaned_data["audience"], form.own_group))


def _audience_message(audience: str, group: ReadingGroup | None) -> str:
    return {
        Audience.ME: _("Only you see it now."),
        Audience.STAFF: _("The instructors read it now."),
        Audience.GROUP: _("%(group)s reads it now.") % {"group": group and group.name},
        Audience.COURSE: _("Everybody in the course reads it now."),
    }[audience]


def _delete(request, note: Annotation) -> HttpResponse:
    answered = _is_answered(note)
    said = {"id": note.pk, "uid": str(note.uid)}
    delete_annotation(annotation=note, by=request.user)
    words = _("Your words are deleted; the answers stay.") if answered else _("It is deleted.")
    return respond(request, f"{note.lesson.get_absolute_url()}#text", words, **said)


def _is_answered(note: Annotation) -> bool:
    return bool(note.thread_id) and note.thread.posts.filter(state=Post.State.SHOWN).exclude(seq=1).exists()


ACTIONS = {"comment": _add_comment, "relabel": _relabel, "share": _set_audience, "delete": _delete}


def _done(request, note: Annotation, words: str) -> HttpResponse:
    return respond(request, note, words, id=note.pk, uid=str(note.uid))


def _refused(request, note: Annotation, errors: list[str], status: int, form=None) -> HttpResponse:
    if wants_json(request):
        return JsonResponse({"errors": errors}, status=status)
    return _shown(request, note, form=form, errors=() if form else errors, status=status)


def _shown(request, note: Annotation, *, form=None, errors=(), preview="", status=200) -> HttpResponse:
    form = form or _form(request, note, initial={"kind": note.label} | _kept(request.user, note))
    kinds = form.kinds.values()
    opening = note.thread and note.thread.posts.order_by("pk").first()
    is_mine_alone = (note.thread.audience if note.thread else note.audience) == Audience.ME
    context = {
        "note": note,
        "opening": opening,
        "is_answered": _is_answered(note),
        "words": mark_safe(opening.html) if opening else "",
        "form": form,
        "buttons": form.buttons,
        "group": form.own_group,
        "kinds": [kind for kind in kinds if not (note.thread_id and kind.key == HIGHLIGHT)],
        "shares": _audience_buttons(note, form.buttons, is_mine_alone),
        "errors": errors,
        "preview": mark_safe(preview),
        "course": note.lesson.module.course,
        "lesson": note.lesson,
        "draft_key": _place_of(note),
    }
    return render(request, "annotations/edit.html", context, status=status)


def _audience_buttons(note: Annotation, buttons, is_mine_alone: bool) -> list[tuple[str, str]]:
    """The readers that a button offers: none where it takes words first, or where others have read the words."""
    if note.thread_id:
        return [(value, words) for value, words in buttons if value != Audience.ME] if is_mine_alone else []
    return [(value, words) for value, words in buttons if value != note.audience] if note.is_question else []


def _place_of(note: Annotation) -> str:
    return f"mark-{note.pk}"


def _kept(user, note: Annotation) -> dict[str, str]:
    """The draft of words for a bare mark."""
    return draft_initial(Draft.objects.filter(user=user, draft_key=_place_of(note)).first())


def _form(request, note: Annotation, **kwargs) -> AnnotationForm:
    lesson = note.lesson
    may_be_anonymous = can_post_anonymously(request.user, lesson.module.course)
    kinds = labels_for(lesson.module.course)
    return AnnotationForm(
        lesson=lesson,
        kinds=kinds,
        may_be_anonymous=may_be_anonymous,
        **audience_options(request.user, lesson),
        **kwargs,
    )


def _readable(data):
    """A preview need not say who reads; putting words to a mark leaves its label."""
    data = data.copy()
    data.pop("highlight_only", None)
    if "preview" in data:
        data.setdefault("audience", Audience.ME)
    return data
