"""The pre-publish report of a lesson as the pages show it: what readers would notice, and what happens to notes."""

from dataclasses import dataclass
from functools import partial
from itertools import groupby

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from lessons.accounts.models import User
from lessons.annotations.publish_preview import PublishPreview
from lessons.authoring.access import get_lesson, get_user
from lessons.authoring.checks.report import check_items
from lessons.authoring.publishing.annotation_rows import preview_for
from lessons.authoring.publishing.pre_publish_report import Level, Place, Report, ReportItem, pre_publish_report
from lessons.authoring.publishing.site_knowledge import site_knowledge
from lessons.authoring.status import has_unpublished_changes
from lessons.markup.sanitise import InvalidText
from lessons.models import Lesson
from lessons.services import prepare_html

SHOWN_OF_A_KIND = 5
NOTES = "notes"
"""The kind of the items whose place is the preview of what happens to notes."""


@dataclass(frozen=True)
class LessonReport:
    """The report of one lesson. `more`: items that are folded away, because there are many of their kind."""

    lesson: Lesson
    shown: list[ReportItem]
    more: list[ReportItem]
    passed: list[str]
    fixes: int

    @property
    def checks(self) -> int:
        return len(self.shown) + len(self.more) - self.fixes


def report_context(lesson: Lesson, request: HttpRequest) -> dict:
    """Return the context of `_editor_report.html`; the report is made when the page is rendered."""
    return {"pre_publish_report": partial(report_on, lesson, get_user(request))}


def show_report(request: HttpRequest, pk: int) -> HttpResponse:
    """Return the report of the draft as it was saved last, for the page that is open meanwhile."""
    lesson = get_lesson(request, pk)
    context = {"lesson": lesson, "pre_publish_report": report_on(lesson, get_user(request))}
    return render(request, "authoring/_report.html", context)


def report_on(lesson: Lesson, user: User, preview: PublishPreview | None = None) -> LessonReport:
    """Return the report on the draft. preview: of what publishing does to its notes, for a page that shows it, too.

    lesson: with its module, course and current revision.
    """
    checks: list[ReportItem] = []
    notes: list[ReportItem] = []
    in_order: list[str] = []
    kept: list[str] = []
    try:
        html = preview.draft_html if preview else prepare_html(lesson.body)
        report = pre_publish_report(html, site_knowledge(html, lesson, user))
        checks, in_order = check_items(lesson, html)
        if preview is None and lesson.current_revision_id and has_unpublished_changes(lesson):
            notes, kept = _notes(preview_for(lesson, user))
    except InvalidText as refusal:
        report = Report([ReportItem(Level.FIX, str(refusal), _("Change the text"), Place("text"))], [])
    items = [*report.items, *checks, *notes]
    shown, more = _folded(items)
    fixes = sum(item.level == Level.FIX for item in items)
    return LessonReport(lesson, shown, more, [*report.passed, *in_order, *kept], fixes)


def _notes(preview: PublishPreview) -> tuple[list[ReportItem], list[str]]:
    """Return items about the notes that would change, and a sentence about the others."""
    changed, orphaned = len(preview.changed), len(preview.orphaned)
    total = preview.unchanged + changed + orphaned
    messages = [
        ngettext("%(n)s note loses its passage.", "%(n)s notes lose their passages.", orphaned) % {"n": orphaned},
        ngettext("%(n)s note is on text you changed.", "%(n)s notes are on text you changed.", changed)
        % {"n": changed},
    ]
    items = [
        ReportItem(Level.CHECK, message, ngettext("Review it", "Review them", count), Place(NOTES))
        for message, count in zip(messages, (orphaned, changed), strict=True)
        if count
    ]
    kept = _("%(kept)s of %(total)s notes keep their passages.") % {"kept": preview.unchanged, "total": total}
    return items, [kept] if total else []


def _folded(items: list[ReportItem]) -> tuple[list[ReportItem], list[ReportItem]]:
    """Divide the items into the first few of each kind and level, and the others."""
    shown, more = [], []
    ordered = sorted(items, key=lambda item: (item.level != Level.FIX, item.place.kind))
    for _kind, group in groupby(ordered, key=lambda item: (item.level, item.place.kind)):
        same = list(group)
        # One more is no longer than saying that there is one more.
        count = SHOWN_OF_A_KIND if len(same) > SHOWN_OF_A_KIND + 1 else len(same)
        shown += same[:count]
        more += same[count:]
    return shown, more
