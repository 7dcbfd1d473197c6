"""Changing one's own note, on one plain page: its label, its words, who reads it, and away with it."""

from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _

from lessons.annotations.forms import NO_SUCH_KIND, NoteForm, ReadersForm
from lessons.annotations.models import HIGHLIGHT, Annotation, kinds_of
from lessons.annotations.services.annotate import relabel, remove, say, share
from lessons.annotations.views.access import (
    Audience,
    NotesClosed,
    annotation_for,
    done,
    keep,
    readers_of,
    sentences,
    tells_of_closing,
    vanished,
    wants_json,
)
from lessons.courses.models import ReadingGroup
from lessons.discussions.models import Draft, Post
from lessons.discussions.services.errors import Refused
from lessons.discussions.views.access import gives_words_back
from lessons.discussions.views.compose_api import begun
from lessons.permissions import can_be_anonymous, can_change_annotation, require


class NotAsked(Refused):
    """The page offers no such act for this note as it stands now."""


@gives_words_back
@tells_of_closing
def edit(request, pk):
    """GET shows what can be changed; POST does it: `act` is say, relabel, share or delete."""
    try:
        note = annotation_for(request.user, pk)
    except Http404:
        return vanished(request, _("This note is not there any more. Your words are kept."))
    if note.author_id == request.user.pk and note.lesson.module.course.is_closed:
        raise NotesClosed(note.lesson)
    require(can_change_annotation(request.user, note))
    if request.method != "POST":
        return _shown(request, note)
    act = ACTS.get(request.POST.get("act", ""))
    return act(request, note) if act else _refused(request, note, [_("Choose what to do with this note.")], 400)


def _say(request, note: Annotation) -> HttpResponse:
    """Puts words to a bare mark. Words are given back whatever happens."""
    form = _form(request, note, data=_readable(request.POST), files=request.FILES)
    if note.thread_id:
        words = [_("There are words with this note already. Edit those, or answer there.")]
        return _refused(request, note, words, 409, form)
    if not form.is_valid():
        return _refused(request, note, sentences(form), 400, form)
    if "preview" in request.POST:
        return _shown(request, note, form=form, preview=form.words.html)
    given = form.cleaned_data
    try:
        note = say(
            annotation=note,
            by=request.user,
            words=form.words,
            audience=given["audience"],
            group=form.own_group,
            kind=form.chosen,
            tags=given["tags"],
            anonymous=bool(given.get("anonymous")),
        )
    except Refused as refusal:
        keep(request, _place_of(note))
        form.add_error(None, str(refusal))
        return _refused(request, note, [str(refusal)], 409, form)
    return _done(request, note, _("Your note is made."))


def _relabel(request, note: Annotation) -> HttpResponse:
    kinds = {kind.key: kind for kind in kinds_of(note.lesson.module.course)}
    kind = kinds.get(request.POST.get("kind", ""))
    if kind is None:
        return _refused(request, note, [str(NO_SUCH_KIND)], 400)
    note = relabel(annotation=note, by=request.user, kind=kind)
    return _done(request, note, _("It is labelled “%(label)s” now.") % {"label": kind.name})


def _share(request, note: Annotation) -> HttpResponse:
    """Who reads a bare mark is changed as one likes; what has words is opened once, because others then answer."""
    form = ReadersForm(request.POST, **readers_of(request.user, note.lesson))
    if not form.is_valid():
        return _refused(request, note, sentences(form), 400)
    try:
        if note.thread_id and (note.thread.audience != Audience.ME or form.cleaned_data["audience"] == Audience.ME):
            raise NotAsked(_("Others read this already, so its readers stay as they are. You can delete it."))
        share(annotation=note, by=request.user, audience=form.cleaned_data["audience"], group=form.own_group)
    except Refused as refusal:
        return _refused(request, note, [str(refusal)], 409)
    return _done(request, note, _who_reads(form.cleaned_data["audience"], form.own_group))


def _who_reads(audience: str, group: ReadingGroup | None) -> str:
    return {
        Audience.ME: _("Only you see it now."),
        Audience.STAFF: _("The instructors read it now."),
        Audience.GROUP: _("%(group)s reads it now.") % {"group": group and group.name},
        Audience.COURSE: _("Everybody in the course reads it now."),
    }[audience]


def _delete(request, note: Annotation) -> HttpResponse:
    answered = _is_answered(note)
    said = {"id": note.pk, "uid": str(note.uid)}
    remove(annotation=note, by=request.user)
    words = _("Your words are deleted; the answers stay.") if answered else _("It is deleted.")
    return done(request, f"{note.lesson.get_absolute_url()}#text", words, **said)


def _is_answered(note: Annotation) -> bool:
    return bool(note.thread_id) and note.thread.posts.filter(state=Post.State.SHOWN).exclude(seq=1).exists()


ACTS = {"say": _say, "relabel": _relabel, "share": _share, "delete": _delete}


def _done(request, note: Annotation, words: str) -> HttpResponse:
    return done(request, note, words, id=note.pk, uid=str(note.uid))


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
        "shares": _shares(note, form.buttons, is_mine_alone),
        "errors": errors,
        "preview": mark_safe(preview),
        "course": note.lesson.module.course,
        "lesson": note.lesson,
        "place": _place_of(note),
    }
    return render(request, "annotations/edit.html", context, status=status)


def _shares(note: Annotation, buttons, is_mine_alone: bool) -> list[tuple[str, str]]:
    """The readers that a button offers: none where it takes words first, or where others have read the words."""
    if note.thread_id:
        return [(value, words) for value, words in buttons if value != Audience.ME] if is_mine_alone else []
    return [(value, words) for value, words in buttons if value != note.audience] if note.asks else []


def _place_of(note: Annotation) -> str:
    return f"mark-{note.pk}"


def _kept(user, note: Annotation) -> dict[str, str]:
    """The draft of words for a bare mark."""
    return begun(Draft.objects.filter(user=user, place=_place_of(note)).first())


def _form(request, note: Annotation, **kwargs) -> NoteForm:
    lesson = note.lesson
    may_hide = can_be_anonymous(request.user, lesson.module.course)
    kinds = kinds_of(lesson.module.course)
    return NoteForm(lesson=lesson, kinds=kinds, may_hide=may_hide, **readers_of(request.user, lesson), **kwargs)


def _readable(data):
    """A preview need not say who reads; putting words to a mark leaves its label."""
    data = data.copy()
    data.pop("bare", None)
    if "preview" in data:
        data.setdefault("audience", Audience.ME)
    return data
