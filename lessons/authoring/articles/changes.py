"""What an update by an article would do, as the page of its review shows it."""

from difflib import SequenceMatcher
from itertools import zip_longest

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from lessons import text
from lessons.importing.again.plan import CHANGED, MISSING, NEW, REMOVED, UNCHANGED, Change, earlier_module, plan_of
from lessons.importing.again.wording import on, summary
from lessons.importing.models import ArticleImport
from lessons.importing.review.again import is_update
from lessons.models import CaseStudy, Module

LABELS = {
    UNCHANGED: gettext_lazy("Unchanged"),
    CHANGED: gettext_lazy("Changed"),
    NEW: gettext_lazy("New"),
    MISSING: gettext_lazy("No longer in the article"),
    REMOVED: gettext_lazy("Taken out here"),
}
ALIKE = 0.4  # from this share of words in common on, two paragraphs are one that was changed
LONG = 1_000  # words of a paragraph from which on frequent ones are passed over: time grows with their square
MAKES_NEW = "new"  # in the place of a plan's checksum


def again_of(article: ArticleImport, module: Module | None) -> dict:
    """Template context. module: what is updated, None where a new one is made. Six queries with a module."""
    if "again" not in article.state:
        return {}
    plan = plan_of(article, module) if module else None
    before = earlier_module(article)
    return {
        "again": {
            "earlier": before,
            "day": on(article.earlier) if article.earlier else "",
            "is_update": is_update(article.state) and before,
            "seen": plan.seen if plan else MAKES_NEW,
            "summary": summary(plan, article) if plan else "",
            "is_reordered": bool(plan and plan.is_reordered),
            "changes": [_row(change) for change in plan.changes] if plan else [],
        }
    }


def _row(change: Change) -> dict:
    return {
        "section": change.section,
        "lesson": change.lesson,
        "title": change.title,
        "status": change.status,
        "label": LABELS[change.status],
        "is_edited": change.is_edited,
        "is_chosen": change.is_edited or change.status == REMOVED,
        "takes": change.takes,
        "keeps_kind": change.keeps_kind,
        "is_case_study": isinstance(change.lesson, CaseStudy),
        "facts": _facts(change),
        "diff": _diff(change),
    }


def _facts(change: Change) -> list[dict]:
    """The short fields in which the draft and the article differ."""
    if not (change.lesson and change.fields):
        return []
    names = [name for name, value in change.fields.items() if name != "body" and value != getattr(change.lesson, name)]
    label = change.lesson._meta.get_field
    return [
        {"label": label(name).verbose_name, "change": _words(getattr(change.lesson, name), change.fields[name])}
        for name in names
    ]


def _diff(change: Change) -> SafeString | str:
    if not (change.lesson and change.fields) or change.lesson.body == change.fields["body"]:
        return ""
    return paragraphs(change.lesson.body, change.fields["body"])


def paragraphs(old: str, new: str) -> SafeString:
    """What makes `new` of `old`, both sanitised HTML: paragraph by paragraph, in those that changed word by word."""
    before, after = (text.blocks_of_text(html).split("\n") for html in (old, new))
    if before == after:
        return format_html("<p>{}</p>", _("The words are the same; only their form differs."))
    steps = SequenceMatcher(None, before, after, autojunk=False).get_opcodes()
    return format_html_join("\n", "{}", ((_step(kind, before[a:b], after[c:d]),) for kind, a, b, c, d in steps))


def _step(kind: str, before: list[str], after: list[str]) -> SafeString:
    if kind == "equal":
        words = ngettext("%d paragraph is the same.", "%d paragraphs are the same.", len(before)) % len(before)
        return format_html('<p class="muted">{}</p>', words)
    pairs = zip_longest(before, after)
    return format_html_join("\n", "<p>{}</p>", ((_words(old, new),) for old, new in pairs))


def _words(old: str | None, new: str | None) -> SafeString:
    """Two paragraphs woven into one, or one after the other where they have little in common."""
    before, after = (old or "").split(), (new or "").split()
    matcher = SequenceMatcher(None, before, after, autojunk=len(after) > LONG)
    if matcher.ratio() < ALIKE:
        return format_html("{} {}", _gone(before), _come(after))
    parts = ((_part(kind, before[a:b], after[c:d]),) for kind, a, b, c, d in matcher.get_opcodes())
    return format_html_join(" ", "{}", parts)


def _part(kind: str, before: list[str], after: list[str]) -> SafeString:
    return format_html("{}", " ".join(before)) if kind == "equal" else format_html("{}{}", _gone(before), _come(after))


def _gone(words: list[str]) -> SafeString | str:
    """Screen readers pass over the element: the words before and after it are for them."""
    return _marked("del", _("[taken out:"), words)


def _come(words: list[str]) -> SafeString | str:
    return _marked("ins", _("[put in:"), words)


def _marked(element: str, says: str, words: list[str]) -> SafeString | str:
    if not words:
        return ""
    html = '<{0}><span class="visually-hidden">{1} </span>{2}<span class="visually-hidden">]</span></{0}> '
    return format_html(html, element, says, " ".join(words))
