"""Describe in sentences what an update does, or did."""

from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import ngettext_lazy

from lessons.importing.models import ArticleImport
from lessons.importing.reimport.plan import REMOVED, ReimportPlan

ADDED = {
    "glossary": ngettext_lazy("%(n)d term", "%(n)d terms", "n"),
    "timeline": ngettext_lazy("%(n)d event", "%(n)d events", "n"),
    "tags": ngettext_lazy("%(n)d tag", "%(n)d tags", "n"),
    "prompts": ngettext_lazy("%(n)d question", "%(n)d questions", "n"),
}


def import_date(article: ArticleImport) -> str:
    """Return the day on which the import made or updated its module."""
    return date_format(localtime(article.updated_at), "DATE_FORMAT")


def plan_summary(plan: ReimportPlan, article: ArticleImport) -> str:
    """Return what the plan does in one or two sentences. `article` is the import that updates."""
    if plan.is_empty and article.previous:
        return _("Nothing has changed since %(date)s.") % {"date": import_date(article.previous)}
    counts = _("%(changed)d changed, %(unchanged)d unchanged, %(new)d new, %(missing)d no longer in the article.")
    return " ".join(part for part in (counts % plan.counts, added_message(plan)) if part)


def added_message(plan: ReimportPlan) -> str:
    """Return a sentence such as `Added: 2 terms, 1 event.`, or an empty string."""
    parts = [ADDED[kind] % {"n": len(items)} for kind, items in plan.new_items.items() if items]
    return _("Added: %(what)s.") % {"what": ", ".join(parts)} if parts else ""


def kept_messages(plan: ReimportPlan) -> list[str]:
    """Say which lessons the update leaves as they are, and why, in at most two sentences."""
    edited = [change.lesson.title for change in plan.changes if change.lesson and change.keeps_draft]
    removed = [change.title for change in plan.with_status(REMOVED) if not change.takes_article]
    sentences = []
    if edited:
        sentences.append(_("Drafts edited here were kept: %(titles)s.") % {"titles": ", ".join(edited)})
    if removed:
        sentences.append(_("Lessons removed here were not added again: %(titles)s.") % {"titles": ", ".join(removed)})
    return sentences
