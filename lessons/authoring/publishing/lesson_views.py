"""Publishing a lesson: a preview of what happens to its notes, decisions about them, and the publication."""

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.http import urlencode
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from lessons.annotations.publish_preview import AnnotationChange
from lessons.annotations.services import prepare_publication, publish
from lessons.authoring.access import admin_url, get_lesson, get_user, render_lesson_page
from lessons.authoring.base import limited_text
from lessons.authoring.publishing import placement_session, scheduling
from lessons.authoring.publishing.annotation_rows import PAGE_SIZE, annotation_summaries, change_rows, preview_for
from lessons.authoring.publishing.report import report_on
from lessons.authoring.publishing.schedule_notices import schedule_notices
from lessons.db.ids import parse_id
from lessons.discussions.models import RewriteNotice
from lessons.memo import memoizing
from lessons.models import Lesson, Module, PublicationSchedule, Revision
from lessons.services import NothingToPublish

ORPHANED, CHANGED = "orphaned", "changed"
PREVIEW_OUTDATED = _(
    "The lesson or its notes have changed since you opened this page. Check them again: your own placements are kept."
)


class PreviewOutdated(ValueError):
    """The lesson or its notes are no longer what the user was shown before publishing."""


def publish_or_preview(request: HttpRequest, lesson: Lesson, change_summary: str) -> HttpResponse:
    """Publish at once if no note is changed or orphaned; otherwise redirect to the preview that shows which are."""
    try:
        return _publish(request, lesson, change_summary=change_summary)
    except PreviewOutdated:
        query = {"change_summary": change_summary} if change_summary else {}
        return redirect(f"{admin_url(lesson, 'publication')}?{urlencode(query)}")


def publish_lesson(request: HttpRequest, pk: int) -> HttpResponse:
    """Show the preview. POST publishes what was shown or, with `keep_orphaned` or `undo`, decides about one note."""
    lesson = get_lesson(request, pk)
    if request.method != "POST":
        return _render_preview(request, lesson)
    for button, decide in (("keep_orphaned", _keep_orphaned), ("undo", placement_session.remove_placement)):
        if button in request.POST:
            annotation_id = parse_id(request.POST[button])
            decide(request.session, lesson, annotation_id)
            return redirect(f"{_preview_url(request, lesson)}#note-{annotation_id}")
    try:
        change_summary = limited_text(request.POST, "change_summary")
        return _publish(request, lesson, change_summary=change_summary, digest=request.POST.get("digest", ""))
    except PreviewOutdated:
        messages.warning(request, PREVIEW_OUTDATED)
        return redirect(_preview_url(request, lesson))


def _keep_orphaned(session, lesson: Lesson, annotation_id: int) -> None:
    placement_session.save_placement(session, lesson, annotation_id, None)


def _preview_url(request: HttpRequest, lesson: Lesson) -> str:
    """Return the URL of the same page of the preview, with the change summary."""
    fields = {name: limited_text(request.POST, name) for name in ("change_summary", "kind", "page")}
    query = urlencode({name: value for name, value in fields.items() if value})
    return f"{admin_url(lesson, 'publication')}?{query}"


def _publish(request: HttpRequest, lesson: Lesson, *, change_summary: str, digest: str | None = None) -> HttpResponse:
    try:
        revision = publish_previewed(request, lesson, change_summary=change_summary, digest=digest)
    except NothingToPublish as error:
        messages.error(request, str(error))
    else:
        messages.success(request, published_message(lesson.module) % revision.number)
        if RewriteNotice.objects.current().filter(revision=revision).exists():
            messages.info(request, gettext("Those who have asked about a passage that you rewrote are told."))
    return redirect(admin_url(lesson, "change"))


def published_message(module: Module) -> str:
    """Return the message with %d for the revision's number: in a draft module readers do not see it yet."""
    if module.state == Module.State.DRAFT:
        return gettext("Revision %d is published. Readers do not see it yet: the module is a draft.")
    return gettext("Revision %d is published. Readers see it now.")


def publish_previewed(
    request: HttpRequest, lesson: Lesson, *, change_summary: str = "", digest: str | None = None
) -> Revision:
    """Publish with the placements chosen by hand.

    digest: that of the preview that the user was shown; None if they were shown none, which is enough if no note is
    changed or orphaned. Raise PreviewOutdated if the preview has changed since, and NothingToPublish.
    """
    with memoizing():
        preview_for(lesson, get_user(request))
        prepare_publication(lesson)
        return _publish_previewed(request, lesson, change_summary, digest)


@transaction.atomic
def _publish_previewed(request: HttpRequest, lesson: Lesson, change_summary: str, digest: str | None) -> Revision:
    user = get_user(request)
    # While the lesson is locked nobody annotates or publishes it.
    Lesson.objects.select_for_update().get(pk=lesson.pk)
    lesson = Lesson.objects.with_course().get(pk=lesson.pk)
    preview = preview_for(lesson, user)
    if preview.draft_text.strip() and preview.digest != digest and not (digest is None and preview.is_harmless):
        raise PreviewOutdated
    placements, _outdated = placement_session.load_placements(request.session, lesson, preview.draft_text)
    affected = {change.annotation for change in (*preview.orphaned, *preview.changed)}
    manual_spans = {pk: span for pk, span in placements.items() if span and pk in affected}
    revision = publish(lesson=lesson, by=user, change_summary=change_summary, manual_spans=manual_spans)
    scheduling.cancel(lesson=lesson, action=PublicationSchedule.Action.PUBLISH, by=user)
    placement_session.clear_placements(request.session, lesson)
    return revision


def _render_preview(request: HttpRequest, lesson: Lesson) -> HttpResponse:
    user = get_user(request)
    preview = preview_for(lesson, user)
    placements, outdated = placement_session.load_placements(request.session, lesson, preview.draft_text)
    kind, page = request.GET.get("kind", ""), max(1, parse_id(request.GET.get("page", "")))
    kinds = {ORPHANED: preview.orphaned, CHANGED: preview.changed}
    manual = {name: sum(1 for c in changes if placements.get(c.annotation)) for name, changes in kinds.items()}
    on_page = {
        name: _changes_on_page(changes, page if name == kind else 1)
        for name, changes in kinds.items()
        if name == kind or kind not in kinds
    }
    summaries = annotation_summaries([c.annotation for part in on_page.values() for c in part], lesson, user)
    groups = [
        {
            "kind": name,
            "title": _group_title(name, len(kinds[name]) - manual[name], manual[name]),
            "rows": change_rows(changes, preview, placements, summaries),
            "count": len(kinds[name]),
            "is_truncated": name != kind and len(kinds[name]) > PAGE_SIZE,
            "previous_page": page - 1 if name == kind and page > 1 else 0,
            "next_page": page + 1 if name == kind and len(kinds[name]) > page * PAGE_SIZE else 0,
        }
        for name, changes in on_page.items()
        if kinds[name]
    ]
    context = {
        "preview": preview,
        "groups": groups,
        "kind": kind,
        "page": page,
        "outdated_placements": outdated,
        "orphaned": len(preview.orphaned) - manual[ORPHANED],
        "changed": len(preview.changed) - manual[CHANGED],
        "manually_placed": sum(manual.values()),
        "change_summary": limited_text(request.GET, "change_summary"),
        "pre_publish_report": report_on(lesson, user, preview),
        "schedules": schedule_notices(lesson, user),
    }
    return render_lesson_page(request, "authoring/publish_lesson.html", lesson, context)


def _changes_on_page(changes: list[AnnotationChange], page: int) -> list[AnnotationChange]:
    return changes[(page - 1) * PAGE_SIZE : page * PAGE_SIZE]


def _group_title(kind: str, count: int, manual: int) -> str:
    """Return how many notes of a kind there are, and how many of them were placed by hand."""
    parts = []
    if count and kind == ORPHANED:
        parts.append(ngettext("%(n)d loses its passage", "%(n)d lose their passages", count) % {"n": count})
    elif count:
        parts.append(ngettext("%(n)d changed", "%(n)d changed", count) % {"n": count})
    if manual:
        parts.append(ngettext("%(n)d placed by hand", "%(n)d placed by hand", manual) % {"n": manual})
    return ", ".join(parts)
