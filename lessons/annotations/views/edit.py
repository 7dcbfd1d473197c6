"""Editing the user's own annotation on a plain page: its label, its comment, its audience, and deleting it."""

from collections.abc import Sequence
from typing import Any

from django.http import Http404, HttpResponse, JsonResponse, QueryDict
from django.shortcuts import render
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _

from lessons.accounts.models import User
from lessons.accounts.requests import AuthenticatedHttpRequest
from lessons.annotations.forms import AnnotationForm, RelabelForm, ShareForm
from lessons.annotations.models import HIGHLIGHT, Annotation, labels_for
from lessons.annotations.passages import quoted_text
from lessons.annotations.services.annotate import (
    add_comment,
    change_label,
    delete_annotation,
    lock_annotation,
    set_audience,
)
from lessons.annotations.views.access import (
    AnnotationsClosed,
    Audience,
    audience_options,
    error_messages,
    get_annotation,
    handle_closed_course,
    not_found,
    respond,
    wants_json,
)
from lessons.annotations.views.restore import undo_url
from lessons.courses.models import ReadingGroup
from lessons.db.edit_conflicts import VersionedForm, save_edit, status_of
from lessons.db.idempotency import answered_once
from lessons.db.unsent_texts import Fields, find_unsent_text, forget_submitted, initial_values
from lessons.discussions.models import Post
from lessons.discussions.selectors.audience_readers import readers_of, with_readers
from lessons.discussions.services.errors import ActionRefused
from lessons.discussions.views.access import preserve_submitted_text
from lessons.discussions.views.compose_api import keep_refused
from lessons.permissions import can_edit_annotation, can_post_anonymously, require


class ActionUnavailable(ActionRefused):
    """The page does not offer this action for the annotation as it is now."""


@preserve_submitted_text
@handle_closed_course
@answered_once
def edit(request: AuthenticatedHttpRequest, pk: int) -> HttpResponse:
    """Show what can be changed, or do what `action` says: comment, relabel, share or delete."""
    try:
        annotation = get_annotation(request.user, pk)
    except Http404:
        return not_found(request, _("This note no longer exists. Your text is still here."))
    if annotation.author_id == request.user.pk and annotation.lesson.module.course.is_closed:
        raise AnnotationsClosed(annotation.lesson)
    require(can_edit_annotation(request.user, annotation))
    if request.method != "POST":
        return _render_page(request, annotation)
    action = ACTIONS.get(request.POST.get("action", ""))
    if action is None:
        return _render_errors(request, annotation, [_("Choose what to do with this note.")], 400)
    return action(request, annotation)


def _add_comment(request: AuthenticatedHttpRequest, annotation: Annotation) -> HttpResponse:
    """Make a highlight a note; save the text as a draft or show it again, whatever goes wrong."""
    form = _form(request, annotation, data=_with_defaults(request.POST), files=request.FILES)
    if not form.is_valid() or form.prepared is None:
        return _render_errors(request, annotation, error_messages(form), 400, form)
    if "preview" in request.POST and not annotation.thread_id:
        return _render_page(request, annotation, form=form, preview=form.prepared.html)
    data = form.cleaned_data
    try:
        annotation = add_comment(
            annotation=annotation,
            by=request.user,
            prepared=form.prepared,
            audience=data["audience"],
            group=form.own_group,
            label=form.chosen_label,
            tags=data["tags"],
            anonymous=bool(data.get("anonymous")),
        )
    except ActionRefused as refusal:
        keep_refused(request, _draft_key(annotation), refusal)
        form.add_error(None, str(refusal))
        return _render_errors(request, annotation, [str(refusal)], 409, form)
    forget_submitted(request)  # the margin's form is that of a new note
    return _respond(request, annotation, _("Note created."))


def _relabel(request: AuthenticatedHttpRequest, annotation: Annotation) -> HttpResponse:
    form = _relabel_form(annotation, request.POST)
    if not form.is_valid() or not save_edit(
        form,
        lock=lambda: lock_annotation(annotation),
        save=lambda current: change_label(annotation=current, label=form.chosen_label),
    ):
        return _render_refused(request, annotation, form, relabel_form=form)
    annotation.refresh_from_db()
    label = form.chosen_label
    return _respond(request, annotation, _("Label changed to “%(label)s”.") % {"label": label.name})


def _set_audience(request: AuthenticatedHttpRequest, annotation: Annotation) -> HttpResponse:
    """Change the audience of a highlight at any time, that of a note only once: others may have replied since."""
    form = ShareForm(request.POST, row=annotation, **audience_options(request.user, annotation.lesson))
    if not form.is_valid():
        return _render_refused(request, annotation, form, audience_form=form)
    audience = form.cleaned_data["audience"]

    def save(current: Annotation) -> None:
        if current.thread and (current.thread.audience != Audience.ME or audience == Audience.ME):
            raise ActionUnavailable(
                _("Others can already read this note, so its audience stays as it is. You can delete it.")
            )
        set_audience(annotation=current, by=request.user, audience=audience, group=form.own_group)

    try:
        if not save_edit(form, lock=lambda: lock_annotation(annotation), save=save):
            return _render_refused(request, annotation, form, audience_form=form)
    except ActionRefused as refusal:
        return _render_errors(request, annotation, [str(refusal)], 409)
    return _respond(request, annotation, _audience_message(audience, form.own_group))


def _audience_message(audience: str, group: ReadingGroup | None) -> str:
    return {
        Audience.ME: _("Only you can see it now."),
        Audience.STAFF: _("The instructors can read it now."),
        Audience.GROUP: _("%(group)s can read it now.") % {"group": group and group.name},
        Audience.COURSE: _("Everybody in the course can read it now."),
    }[Audience(audience)]


def _delete(request: AuthenticatedHttpRequest, annotation: Annotation) -> HttpResponse:
    """Delete it, and offer to undo that."""
    undo, message = undo_url(request.user, annotation), _deletion_message(annotation)
    data: dict[str, Any] = {"id": annotation.pk, "uid": str(annotation.uid)}
    delete_annotation(annotation=annotation, by=request.user)
    return respond(request, f"{annotation.lesson.get_absolute_url()}#text", message, undo_url=undo, **data)


def _deletion_message(annotation: Annotation) -> str:
    if annotation.thread is None:
        return _("Highlight deleted.")
    return _("Your text is deleted; the replies stay.") if _has_replies(annotation) else _("Note deleted.")


def _has_replies(annotation: Annotation) -> bool:
    if annotation.thread is None:
        return False
    return annotation.thread.posts.filter(state=Post.State.SHOWN).exclude(seq=1).exists()


ACTIONS = {"comment": _add_comment, "relabel": _relabel, "share": _set_audience, "delete": _delete}


def _respond(request: AuthenticatedHttpRequest, annotation: Annotation, message: str) -> HttpResponse:
    return respond(request, annotation, message, id=annotation.pk, uid=str(annotation.uid))


def _relabel_form(annotation: Annotation, data: QueryDict | None = None) -> RelabelForm:
    return RelabelForm(data, row=annotation, labels=labels_for(annotation.lesson.module.course))


def _render_refused(
    request: AuthenticatedHttpRequest, annotation: Annotation, form: RelabelForm | ShareForm, **forms: Any
) -> HttpResponse:
    """Show the errors of a form that has only buttons or, after a conflict, what is saved now and what was pressed."""
    if wants_json(request):
        return JsonResponse({"errors": error_messages(form)}, status=status_of(form))
    fresh = get_annotation(request.user, annotation.pk)
    return _render_page(request, fresh, errors=error_messages(form), status=status_of(form), **forms)


def _render_errors(
    request: AuthenticatedHttpRequest,
    annotation: Annotation,
    errors: list[str],
    status: int,
    form: AnnotationForm | None = None,
) -> HttpResponse:
    if wants_json(request):
        return JsonResponse({"errors": errors}, status=status)
    # For a note that has text already, the page has no form to show the errors.
    has_form = form is not None and not annotation.thread_id
    return _render_page(request, annotation, form=form, errors=() if has_form else errors, status=status)


def _render_page(
    request: AuthenticatedHttpRequest,
    annotation: Annotation,
    *,
    form: AnnotationForm | None = None,
    errors: Sequence[str] = (),
    preview: str = "",
    status: int = 200,
    **button_forms: VersionedForm,
) -> HttpResponse:
    draft = {} if form else _draft(request.user, annotation)
    form = form or _form(request, annotation, initial={"kind": annotation.label} | draft)
    thread, lesson = annotation.thread, annotation.lesson
    opening = thread.posts.order_by("pk").first() if thread else None
    context: dict[str, Any] = {
        "annotation": annotation,
        "quote": quoted_text(annotation.revision, annotation.start, annotation.exact),
        "opening": opening,
        "opening_html": mark_safe(opening.html) if opening else "",
        "has_replies": _has_replies(annotation),
        "form": form,
        "buttons": with_readers(form.buttons, readers_of(lesson.module.course, form.own_group)),
        "group": form.own_group,
        "labels": [label for label in form.labels.values() if not (thread and label.key == HIGHLIGHT)],
        "audience_buttons": _audience_buttons(annotation, form.buttons),
        "errors": errors,
        "submitted_text": form.data.get("source", "") if form.is_bound and opening else "",
        "preview": mark_safe(preview),
        "course": lesson.module.course,
        "lesson": lesson,
        "draft_key": _draft_key(annotation),
        "is_draft": bool(draft),
        "relabel_form": _relabel_form(annotation),
        "audience_form": ShareForm(row=annotation, buttons=form.buttons, group=form.own_group),
    } | button_forms
    return render(request, "annotations/edit.html", context, status=status)


def _audience_buttons(annotation: Annotation, buttons: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """Return the audiences it can be shared with: none if it needs a comment first, or others can already
    read it."""
    if annotation.thread:
        is_private = annotation.thread.audience == Audience.ME
        return [(value, text) for value, text in buttons if value != Audience.ME] if is_private else []
    return [(value, text) for value, text in buttons if value != annotation.audience] if annotation.is_question else []


def _draft_key(annotation: Annotation) -> str:
    return f"mark-{annotation.pk}"


def _draft(user: User, annotation: Annotation) -> Fields:
    """Return the draft of a comment on a highlight."""
    return initial_values(find_unsent_text(user.pk, _draft_key(annotation)))


def _form(request: AuthenticatedHttpRequest, annotation: Annotation, **kwargs) -> AnnotationForm:
    lesson = annotation.lesson
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
    """Return the data of a comment, with an audience for a preview, which needs none."""
    data = data.copy()
    data.pop("highlight_only", None)
    if "preview" in data:
        data.setdefault("audience", Audience.ME)
    return data
