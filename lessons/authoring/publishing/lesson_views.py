"""Before a text with notes is published: what becomes of them, and putting it right."""

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from lessons.accounts.models import User
from lessons.annotations.models import Annotation
from lessons.annotations.publish_preview import Change, Forecast, forecast
from lessons.annotations.services import publish
from lessons.authoring.access import lesson_for, own_address, text_page
from lessons.authoring.base import short_text
from lessons.authoring.publishing import placement_session
from lessons.authoring.publishing.annotation_rows import A_PAGE, described, rows
from lessons.db.ids import number
from lessons.models import Lesson, Revision
from lessons.services import NothingToPublish

CHANGED_MEANWHILE = _(
    "The text or its notes have changed since you looked. Look again; what you placed by hand is kept."
)


class LookedAtOther(ValueError):
    """The text or its notes are not any more what somebody looked at before publishing."""


def told(lesson: Lesson, user: User) -> Forecast:
    """What publishing the draft does to the notes that the person may read; others are not counted."""
    return forecast(lesson, Annotation.objects.visible_to(user).standing())


def begin(request: HttpRequest, lesson: Lesson, note: str) -> HttpResponse:
    """Publishes at once where no note changes or loses its words; otherwise leads to where one sees which do."""
    try:
        return _published(request, lesson, note=note)
    except LookedAtOther:
        return redirect(f"{own_address(lesson, 'publication')}?{urlencode({'note': note} if note else {})}")


def publication(request: HttpRequest, pk: int) -> HttpResponse:
    """GET shows what becomes of the notes. POST publishes what was looked at; or, with `leave` or `undo`, decides
    about one note."""
    lesson = lesson_for(request, pk)
    if request.method != "POST":
        return _page(request, lesson)
    for act, decide in (("leave", _leave), ("undo", placement_session.take_back)):
        if act in request.POST:
            decide(request.session, lesson, number(request.POST[act]))
            return redirect(f"{own_address(lesson, 'publication')}?{_where(request)}#note-{request.POST[act][:18]}")
    try:
        return _published(request, lesson, note=short_text(request.POST, "note"), seen=request.POST.get("seen", ""))
    except LookedAtOther:
        messages.warning(request, CHANGED_MEANWHILE)
        return redirect(f"{own_address(lesson, 'publication')}?{_where(request)}")


def _leave(session, lesson: Lesson, note: int) -> None:
    placement_session.keep(session, lesson, note, None)


def _where(request) -> str:
    """The place in the lists and the words about the revision, for the next page."""
    asked = {name: short_text(request.POST, name) for name in ("note", "kind", "page")}
    return urlencode({name: value for name, value in asked.items() if value})


def _published(request, lesson: Lesson, *, note: str, seen: str | None = None) -> HttpResponse:
    try:
        revision = publish_as_seen(request, lesson, note=note, seen=seen)
    except NothingToPublish as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("Revision %d is what readers see now.") % revision.number)
    return redirect(own_address(lesson, "change"))


@transaction.atomic
def publish_as_seen(request, lesson: Lesson, *, note: str = "", seen: str | None = None) -> Revision:
    """Publishes with what was decided by hand. Raises LookedAtOther where the draft is not the one that was `seen`, or
    other notes change by it, and where some do and nobody has looked; raises NothingToPublish."""
    # Nobody annotates the lesson meanwhile, nor publishes it.
    Lesson.objects.select_for_update().get(pk=lesson.pk)
    lesson = Lesson.objects.with_place().get(pk=lesson.pk)
    now = told(lesson, request.user)
    if now.text.strip() and now.seen != seen and not (seen is None and now.is_harmless):
        raise LookedAtOther
    decided, _unfit = placement_session.kept(request.session, lesson, now.text)
    placed = {annotation: decided[annotation] for annotation in _touched(now) if decided.get(annotation)}
    revision = publish(lesson=lesson, by=request.user, note=note, placed=placed)
    placement_session.forget(request.session, lesson)
    return revision


def _touched(told: Forecast) -> list[int]:
    return [change.annotation for change in (*told.lost, *told.changed)]


def _page(request, lesson: Lesson) -> HttpResponse:
    now = told(lesson, request.user)
    decided, unfit = placement_session.kept(request.session, lesson, now.text)
    kind, page = request.GET.get("kind", ""), max(1, number(request.GET.get("page", "")))
    shown = {name: _cut(changes, page) if kind == name else changes[:A_PAGE] for name, changes in _kinds(now, kind)}
    notes = described([c.annotation for part in shown.values() for c in part], lesson, request.user)
    by_hand = {name: sum(1 for c in changes if decided.get(c.annotation)) for name, changes in _kinds(now, "")}
    groups = [
        {
            "kind": name,
            "title": _title(name, len(changes) - by_hand[name], by_hand[name]),
            "rows": rows(shown[name], now, decided, notes),
            "count": len(changes),
            "is_cut": kind != name and len(changes) > A_PAGE,
            "earlier": page - 1 if kind == name and page > 1 else 0,
            "later": page + 1 if kind == name and len(changes) > page * A_PAGE else 0,
        }
        for name, changes in _kinds(now, kind)
        if changes
    ]
    context = {
        "told": now,
        "groups": groups,
        "kind": kind,
        "page": page,
        "unfit": unfit,
        "lost": len(now.lost) - by_hand["lost"],
        "changed": len(now.changed) - by_hand["changed"],
        "placed": sum(by_hand.values()),
        "note": short_text(request.GET, "note"),
    }
    return text_page(request, "authoring/publish_lesson.html", lesson, **context)


def _kinds(told: Forecast, kind: str) -> list[tuple[str, list[Change]]]:
    """Those that lose their words first; one kind alone if it is asked for."""
    both = [("lost", told.lost), ("changed", told.changed)]
    return [one for one in both if one[0] == kind] or both


def _cut(changes: list[Change], page: int) -> list[Change]:
    return changes[(page - 1) * A_PAGE : page * A_PAGE]


def _title(kind: str, count: int, by_hand: int) -> str:
    """How many of a kind there are, and beside them those that were of it before somebody placed them."""
    if kind == "lost":
        words = ngettext("%(n)d loses its words", "%(n)d lose their words", count) % {"n": count}
    else:
        words = ngettext("%(n)d changed", "%(n)d changed", count) % {"n": count}
    placed = ngettext("%(n)d placed by hand", "%(n)d placed by hand", by_hand) % {"n": by_hand}
    return ", ".join(([words] if count else []) + ([placed] if by_hand else []))
