"""From a parsed article to its outline with suggestions, and to the JSON that the command `outline` prints."""

from collections import Counter
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from lessons.importing.document import Outline, ParsedArticle, count_characters
from lessons.importing.outline import build_outline
from lessons.importing.suggestions import Suggestions, suggest_all


@dataclass(frozen=True, slots=True)
class AnalysedArticle:
    outline: Outline
    suggestions: Suggestions
    missing: Counter
    character_count: int

    def as_json(self) -> dict:
        """Return the object that the command `outline` prints: a contract with external programs."""
        suggestions = self.suggestions.as_json()
        return {
            "title": self.outline.title,
            "paragraphs": [p for block in self.outline.blocks for p in block.paragraphs],
            "sections": [section.as_json() for section in self.outline.sections],
            "glossary": _with_keys(suggestions["glossary"], "term", "definition", "evidence", "confidence"),
            "timeline": _with_keys(suggestions["timeline"], "date", "precision", "event", "evidence"),
            "tags": [tag["name"] for tag in suggestions["tags"]],
            "prompts": [prompt["text"] for prompt in suggestions["prompts"]],
            "left_out": [omission.as_json() for omission in self.outline.omissions],
        }


def analyse(parsed: ParsedArticle) -> AnalysedArticle:
    """Return the outline, the suggestions and the count of characters of what a reader returned."""
    outline = build_outline(parsed)
    source = count_characters([parsed.source])
    missing = source - count_characters(outline.texts())
    return AnalysedArticle(outline, suggest_all(outline, parsed.language), missing, source.total())


def _with_keys(items: list[dict], *keys: str) -> list[dict]:
    return [{key: item[key] for key in keys} for item in items]


def completeness_message(count: int, missing: Counter) -> str:
    """Return one sentence: that all letters and digits of the article are there, or which are missing."""
    if not missing:
        return _("All %(n)s letters and digits are here.") % {"n": f"{count:,}"}
    missing_count = missing.total()
    return ngettext(
        "%(missing)s of the article’s %(n)s letters and digits is missing: %(which)s",
        "%(missing)s of the article’s %(n)s letters and digits are missing: %(which)s",
        missing_count,
    ) % {"missing": f"{missing_count:,}", "n": f"{count:,}", "which": " ".join(sorted(missing))[:80]}
