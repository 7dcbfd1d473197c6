"""The context of the review page that shows what updating a module from its article would do."""

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
from lessons.markup.text_diff import diff_paragraph, diff_paragraphs
from lessons.models import CaseStudy, Module

LABELS = {
    UNCHANGED: gettext_lazy("Unchanged"),
    CHANGED: gettext_lazy("Changed"),
    NEW: gettext_lazy("New"),
    MISSING: gettext_lazy("No longer in the article"),
    REMOVED: gettext_lazy("Removed here"),
}
NEW_MODULE = "new"  # in place of a plan's digest
# The number of changes listed besides those that need a choice, and the number of characters of their diffs shown.
MAX_CHANGES = 60
MAX_DIFF = 60_000


def update_preview(article: ArticleImport, module: Module | None) -> dict:
    """Return template context. module: the one to update, None if a new one is created. Seven queries with one."""
    if "reimport" not in article.review:
        return {}
    plan = plan_reimport(article, module) if module else None
    previous = previous_module(article)
    return {
        "reimport": {
            "previous_module": previous,
            "date": import_date(article.previous) if article.previous else "",
            "is_update": is_update(article.review) and previous,
            "digest": plan.digest if plan else NEW_MODULE,
            "summary": plan_summary(plan, article) if plan else "",
            "is_reordered": bool(plan and plan.is_reordered),
            **_listed(plan.changes if plan else []),
        }
    }


def _listed(changes: list[LessonChange]) -> dict:
    """Return the rows of the changes to list, and how many more there are."""
    rows: list[dict] = []
    shown = MAX_DIFF
    for change in changes:
        if len(rows) >= MAX_CHANGES and not _has_choice(change):
            continue
        diff = _diff(change) if shown > 0 else ""
        shown -= len(diff)
        is_long = shown < 0 and change.status == CHANGED
        rows.append(_row(change) | {"diff": "" if is_long else diff, "is_long": is_long})
    return {"changes": rows, "more_changes": len(changes) - len(rows)}


def _row(change: LessonChange) -> dict:
    return {
        "section": change.section,
        "lesson": change.lesson,
        "title": change.title,
        "status": change.status,
        "label": LABELS[change.status],
        "is_edited": change.is_edited,
        "has_choice": _has_choice(change),
        "takes_article": change.takes_article,
        "keeps_kind": change.keeps_kind,
        "is_case_study": isinstance(change.lesson, CaseStudy),
        "facts": _facts(change),
    }


def _has_choice(change: LessonChange) -> bool:
    return change.is_edited or change.status == REMOVED


def _facts(change: LessonChange) -> list[dict]:
    """Return the short fields in which the draft and the article differ."""
    lesson = change.lesson
    if not (lesson and change.fields):
        return []
    labels = {field.name: field.verbose_name for field in lesson._meta.concrete_fields}
    return [
        {"label": labels[name], "diff": diff_paragraph(getattr(lesson, name), value)}
        for name, value in change.fields.items()
        if name != "body" and value != getattr(lesson, name)
    ]


def _diff(change: LessonChange) -> SafeString | str:
    if not (change.lesson and change.fields) or change.body == change.fields["body"]:
        return ""
    return diff_paragraphs(change.body, change.fields["body"])
