"""What an update does, or did, in sentences."""

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
    """The day on which the import made its module."""
    return date_format(localtime(article.updated_at), "DATE_FORMAT")


def plan_summary(plan: ReimportPlan, article: ArticleImport) -> str:
    """`article`, the one that updates, has an earlier one."""
    if plan.is_empty:
        return _("Nothing has changed since %(day)s.") % {"day": import_date(article.previous)}
    counts = _("%(changed)d changed, %(unchanged)d unchanged, %(new)d new, %(missing)d no longer in the article.")
    return " ".join(part for part in (counts % plan.counts, added_message(plan)) if part)


def added_message(plan: ReimportPlan) -> str:
    """Such as `Added: 2 terms, 1 event.`, or nothing."""
    parts = [ADDED[kind] % {"n": len(items)} for kind, items in plan.new_items.items() if items]
    return _("Added: %(what)s.") % {"what": ", ".join(parts)} if parts else ""


def kept_messages(plan: ReimportPlan) -> list[str]:
    """Which drafts the update leaves as they stand, and why: at most two sentences."""
    edited = [change.lesson.title for change in plan.changes if change.keeps_draft]
    removed = [change.title for change in plan.with_status(REMOVED) if not change.takes_article]
    said = []
    if edited:
        said.append(_("Kept as edited here: %(titles)s.") % {"titles": ", ".join(edited)})
    if removed:
        said.append(_("Taken out here, and not made again: %(titles)s.") % {"titles": ", ".join(removed)})
    return said
