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
from lessons.annotations.publish_preview import AnnotationChange, PublishPreview, preview_publish
from lessons.annotations.services import publish
from lessons.authoring.access import admin_url, get_lesson, render_lesson_page
from lessons.authoring.base import limited_text
from lessons.authoring.publishing import placement_session
from lessons.authoring.publishing.annotation_rows import PAGE_SIZE, annotation_summaries, change_rows
from lessons.db.ids import parse_id
from lessons.models import Lesson, Revision
from lessons.services import NothingToPublish

CHANGED_MEANWHILE = _(
    "The text or its notes have changed since you looked. Look again; what you placed by hand is kept."
)


class PreviewOutdated(ValueError):
    """The text or its notes are not any more what somebody looked at before publishing."""


def preview_for(lesson: Lesson, user: User) -> PublishPreview:
    """What publishing the draft does to the notes that the person may read; others are not counted."""
    return preview_publish(lesson, Annotation.objects.visible_to(user).displayed())


def publish_or_preview(request: HttpRequest, lesson: Lesson, note: str) -> HttpResponse:
    """Publishes at once where no note changes or loses its words; otherwise leads to where one sees which do."""
    try:
        return _published(request, lesson, note=note)
    except PreviewOutdated:
        return redirect(f"{admin_url(lesson, 'publication')}?{urlencode({'note': note} if note else {})}")


def publish_lesson(request: HttpRequest, pk: int) -> HttpResponse:
    """GET shows what becomes of the notes. POST publishes what was looked at; or, with `leave` or `undo`, decides
    about one note."""
    lesson = get_lesson(request, pk)
    if request.method != "POST":
        return _page(request, lesson)
    for act, decide in (("leave", _keep_orphaned), ("undo", placement_session.remove_placement)):
        if act in request.POST:
            decide(request.session, lesson, parse_id(request.POST[act]))
            return redirect(f"{admin_url(lesson, 'publication')}?{_where(request)}#note-{request.POST[act][:18]}")
    try:
        return _published(
            request, lesson, note=limited_text(request.POST, "note"), digest=request.POST.get("seen", "")
        )
    except PreviewOutdated:
        messages.warning(request, CHANGED_MEANWHILE)
        return redirect(f"{admin_url(lesson, 'publication')}?{_where(request)}")


def _keep_orphaned(session, lesson: Lesson, note: int) -> None:
    placement_session.save_placement(session, lesson, note, None)


def _where(request) -> str:
    """The place in the lists and the words about the revision, for the next page."""
    asked = {name: limited_text(request.POST, name) for name in ("note", "kind", "page")}
    return urlencode({name: value for name, value in asked.items() if value})


def _published(request, lesson: Lesson, *, note: str, digest: str | None = None) -> HttpResponse:
    try:
        revision = publish_previewed(request, lesson, note=note, digest=digest)
    except NothingToPublish as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("Revision %d is what readers see now.") % revision.number)
    return redirect(admin_url(lesson, "change"))


@transaction.atomic
def publish_previewed(request, lesson: Lesson, *, note: str = "", digest: str | None = None) -> Revision:
    """Publishes with what was decided by hand. Raises LookedAtOther where the draft is not the one that was `seen`, or
    other notes change by it, and where some do and nobody has looked; raises NothingToPublish."""
    # Nobody annotates the lesson meanwhile, nor publishes it.
    Lesson.objects.select_for_update().get(pk=lesson.pk)
    lesson = Lesson.objects.with_course().get(pk=lesson.pk)
    now = preview_for(lesson, request.user)
    if now.draft_text.strip() and now.digest != digest and not (digest is None and now.is_harmless):
        raise PreviewOutdated
    decided, _unfit = placement_session.load_placements(request.session, lesson, now.draft_text)
    placed = {annotation: decided[annotation] for annotation in _affected(now) if decided.get(annotation)}
    revision = publish(lesson=lesson, by=request.user, change_summary=note, manual_spans=placed)
    placement_session.clear_placements(request.session, lesson)
    return revision


def _affected(told: PublishPreview) -> list[int]:
    return [change.annotation for change in (*told.orphaned, *told.changed)]


def _page(request, lesson: Lesson) -> HttpResponse:
    now = preview_for(lesson, request.user)
    decided, unfit = placement_session.load_placements(request.session, lesson, now.draft_text)
    kind, page = request.GET.get("kind", ""), max(1, parse_id(request.GET.get("page", "")))
    shown = {
        name: _changes_on_page(changes, page) if kind == name else changes[:PAGE_SIZE]
        for name, changes in _kinds(now, kind)
    }
    notes = annotation_summaries([c.annotation for part in shown.values() for c in part], lesson, request.user)
    by_hand = {name: sum(1 for c in changes if decided.get(c.annotation)) for name, changes in _kinds(now, "")}
    groups = [
        {
            "kind": name,
            "title": _title(name, len(changes) - by_hand[name], by_hand[name]),
            "rows": change_rows(shown[name], now, decided, notes),
            "count": len(changes),
            "is_cut": kind != name and len(changes) > PAGE_SIZE,
            "earlier": page - 1 if kind == name and page > 1 else 0,
            "later": page + 1 if kind == name and len(changes) > page * PAGE_SIZE else 0,
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
        "lost": len(now.orphaned) - by_hand["lost"],
        "changed": len(now.changed) - by_hand["changed"],
        "placed": sum(by_hand.values()),
        "note": limited_text(request.GET, "note"),
    }
    return render_lesson_page(request, "authoring/publish_lesson.html", lesson, **context)


def _kinds(told: PublishPreview, kind: str) -> list[tuple[str, list[AnnotationChange]]]:
    """Those that lose their words first; one kind alone if it is asked for."""
    both = [("lost", told.orphaned), ("changed", told.changed)]
    return [one for one in both if one[0] == kind] or both


def _changes_on_page(changes: list[AnnotationChange], page: int) -> list[AnnotationChange]:
    return changes[(page - 1) * PAGE_SIZE : page * PAGE_SIZE]


def _title(kind: str, count: int, by_hand: int) -> str:
    """How many of a kind there are, and beside them those that were of it before somebody placed them."""
    if kind == "lost":
        words = ngettext("%(n)d loses its words", "%(n)d lose their words", count) % {"n": count}
    else:
        words = ngettext("%(n)d changed", "%(n)d changed", count) % {"n": count}
    placed = ngettext("%(n)d placed by hand", "%(n)d placed by hand", by_hand) % {"n": by_hand}
    return ", ".join(([words] if count else []) + ([placed] if by_hand else []))
