"""What an update by an article would do, as the page of its review shows it."""

from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy

from lessons.importing.models import ArticleImport
from lessons.importing.reimport.messages import import_date, plan_summary
from lessons.importing.reimport.plan import (
    CHANGED,
    MISSING,
    NEW,
    REMOVED,
    UNCHANGED,
    LessonChange,
    plan_reimport,
    previous_module,
)
from lessons.importing.review.reimport_choice import is_update
from lessons.markup.text_diff import _words, paragraphs
from lessons.models import CaseStudy, Module

LABELS = {
    UNCHANGED: gettext_lazy("Unchanged"),
    CHANGED: gettext_lazy("Changed"),
    NEW: gettext_lazy("New"),
    MISSING: gettext_lazy("No longer in the article"),
    REMOVED: gettext_lazy("Taken out here"),
}
NEW_MODULE = "new"  # in the place of a plan's checksum


def update_preview(article: ArticleImport, module: Module | None) -> dict:
    """Template context. module: what is updated, None where a new one is made. Six queries with a module."""
    if "again" not in article.review:
        return {}
    plan = plan_reimport(article, module) if module else None
    before = previous_module(article)
    return {
        "again": {
            "earlier": before,
            "day": import_date(article.previous) if article.previous else "",
            "is_update": is_update(article.review) and before,
            "seen": plan.digest if plan else NEW_MODULE,
            "summary": plan_summary(plan, article) if plan else "",
            "is_reordered": bool(plan and plan.is_reordered),
            "changes": [_row(change) for change in plan.changes] if plan else [],
        }
    }


def _row(change: LessonChange) -> dict:
    return {
        "section": change.section,
        "lesson": change.lesson,
        "title": change.title,
        "status": change.status,
        "label": LABELS[change.status],
        "is_edited": change.is_edited,
        "is_chosen": change.is_edited or change.status == REMOVED,
        "takes": change.takes_article,
        "keeps_kind": change.keeps_kind,
        "is_case_study": isinstance(change.lesson, CaseStudy),
        "facts": _facts(change),
        "diff": _diff(change),
    }


def _facts(change: LessonChange) -> list[dict]:
    """The short fields in which the draft and the article differ."""
    if not (change.lesson and change.fields):
        return []
    names = [name for name, value in change.fields.items() if name != "body" and value != getattr(change.lesson, name)]
    label = change.lesson._meta.get_field
    return [
        {"label": label(name).verbose_name, "change": _words(getattr(change.lesson, name), change.fields[name])}
        for name in names
    ]


def _diff(change: LessonChange) -> SafeString | str:
    if not (change.lesson and change.fields) or change.lesson.body == change.fields["body"]:
        return ""
    return paragraphs(change.lesson.body, change.fields["body"])
