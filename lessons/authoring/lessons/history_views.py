"""The history of a lesson: its versions, what differs between any two of them, and making one the draft again."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from lessons.authoring.access import admin_url, get_lesson, get_user, render_lesson_page
from lessons.authoring.lessons.comparison import compare_versions, shown_fields
from lessons.authoring.lessons.drafts import missing_images, restore_version
from lessons.authoring.lessons.history import (
    PAGE_SIZE,
    Version,
    find_version,
    grouped,
    latest_versions,
    previous_version,
)
from lessons.db.ids import parse_id
from lessons.models import Lesson, Revision
from lessons.practice.described import with_described_checks
from lessons.practice.transfer import checks_in
from lessons.services import EditConflict, prepare_html

# Of a longer history, the page that compares offers this many versions to choose from.
MAX_CHOICES = 300


def lesson_history(request: HttpRequest, pk: int) -> HttpResponse:
    """List the versions, a page at a time: with `before`, those before a version."""
    lesson = get_lesson(request, pk)
    after = find_version(lesson, request.GET["before"]) if "before" in request.GET else None
    versions = latest_versions(lesson, PAGE_SIZE + 1, after=after)
    shown = versions[:PAGE_SIZE]
    context = {
        "groups": grouped(shown),
        "current_draft": next((version.key for version in shown if not (version.is_revision or after)), ""),
        "newest": shown[0] if shown else None,
        "second": shown[1] if len(shown) > 1 else None,
        "last": shown[-1] if len(versions) > PAGE_SIZE else None,
    }
    return render_lesson_page(request, "authoring/lesson_history.html", lesson, context)


def comparison(request: HttpRequest, pk: int) -> HttpResponse:
    """Compare two versions, `old` and `new`; without them the last two, or a version with the one before it."""
    lesson = get_lesson(request, pk)
    choices = latest_versions(lesson, MAX_CHOICES)
    if not choices:
        return redirect(admin_url(lesson, "history"))
    new = find_version(lesson, request.GET.get("new") or choices[0].key)
    old = find_version(lesson, request.GET["old"]) if request.GET.get("old") else previous_version(lesson, new)
    return _render_comparison(request, lesson, old, new, choices)


def revision(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    """Show what a revision changed from the one before it."""
    lesson = get_lesson(request, pk)
    new = find_version(lesson, f"revision-{number}")
    choices = latest_versions(lesson, MAX_CHOICES)
    return _render_comparison(request, lesson, previous_version(lesson, new), new, choices)


def _render_comparison(
    request: HttpRequest, lesson: Lesson, old: Version | None, new: Version, choices: list[Version]
) -> HttpResponse:
    keys = {choice.key for choice in choices}
    chosen = [version for version in (new, old) if version and version.key not in keys]
    context = {"old": old, "new": new, "choices": [*choices, *chosen], "compared": compare_versions(old, new)}
    return render_lesson_page(request, "authoring/lesson_comparison.html", lesson, context)


def version(request: HttpRequest, pk: int, key: str) -> HttpResponse:
    """Show an earlier draft; a revision has a page on the site."""
    lesson = get_lesson(request, pk)
    found = find_version(lesson, key)
    if isinstance(found.row, Revision):
        return redirect("reading:revision", lesson.pk, found.row.number)
    html = mark_safe(with_described_checks(prepare_html(found.html), checks_in(found.html, lesson.pk)))  # sanitised
    context = {"version": found, "html": html, "fields": shown_fields(found)}
    return render_lesson_page(request, "authoring/lesson_version.html", lesson, context)


@require_POST
def restoration(request: HttpRequest, pk: int) -> HttpResponse:
    """Make the version `key` the draft again, if nobody has saved another since the page was opened."""
    return _restore(request, get_lesson(request, pk), request.POST.get("key", ""))


@require_POST
def restore_revision(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    return _restore(request, get_lesson(request, pk), f"revision-{number}")


def _restore(request: HttpRequest, lesson: Lesson, key: str) -> HttpResponse:
    version = find_version(lesson, key)
    shown_version = parse_id(request.POST.get("lesson_version", "")) or None
    try:
        restored = restore_version(version=version.row, by=get_user(request), shown_version=shown_version)
    except EditConflict:
        newest = latest_versions(lesson, 1)[0]
        messages.error(request, _("Somebody has saved this lesson since you opened its history. Nothing was changed."))
        query = urlencode({"old": version.key, "new": newest.key})
        return redirect(f"{admin_url(lesson, 'comparison')}?{query}")
    messages.success(request, _restored_message(version))
    if count := missing_images(restored):
        text = ngettext(
            "%d image of this version has been deleted since.",
            "%d images of this version have been deleted since.",
            count,
        )
        messages.warning(request, text % count)
    return redirect(reverse(f"admin:lessons_{restored._meta.model_name}_change", args=[restored.pk]))


def _restored_message(version: Version) -> str:
    if isinstance(version.row, Revision):
        text = _("Revision %d was copied into the draft. Readers see no change until you publish.")
        return text % version.row.number
    return _("The earlier draft was restored as a new version. Readers see no change until you publish.")
