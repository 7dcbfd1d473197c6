"""From a file or a paste to the outline with its suggestions, and to the JSON that the command `outline` prints."""

from collections import Counter
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from lessons.importing.document import Outline, ParsedArticle, count_characters
from lessons.importing.outline.build import build_outline
from lessons.importing.suggestions import Suggestions, suggest_all


@dataclass(frozen=True, slots=True)
class AnalysedArticle:
    outline: Outline
    suggestions: Suggestions
    missing: Counter
    character_count: int

    def as_json(self) -> dict:
        """The contract of the command `outline`."""
        found = self.suggestions.as_json()
        return {
            "title": self.outline.title,
            "paragraphs": [p for block in self.outline.blocks for p in block.paragraphs],
            "sections": [section.as_json() for section in self.outline.sections],
            "glossary": _with(found["glossary"], "term", "definition", "evidence", "confidence"),
            "timeline": _with(found["timeline"], "date", "precision", "event", "evidence"),
            "tags": [tag["name"] for tag in found["tags"]],
            "prompts": [prompt["text"] for prompt in found["prompts"]],
            "left_out": [left.as_json() for left in self.outline.omissions],
        }


def analyse(reading: ParsedArticle) -> AnalysedArticle:
    """Outline, suggestions and the count of letters of what a reader gave."""
    made = build_outline(reading)
    source = count_characters([reading.source])
    return AnalysedArticle(made, suggest_all(made), source - count_characters(made.texts()), source.total())


def _with(found: list[dict], *keys: str) -> list[dict]:
    return [{key: one[key] for key in keys} for one in found]


def completeness_message(count: int, missing: Counter) -> str:
    """One sentence: that all letters and digits are there, or which are not."""
    if not missing:
        return _("All %(n)s letters and digits are here.") % {"n": f"{count:,}"}
    lost = missing.total()
    return ngettext(
        "%(lost)s letter or digit of %(n)s is missing: %(which)s",
        "%(lost)s letters and digits of %(n)s are missing: %(which)s",
        lost,
    ) % {"lost": f"{lost:,}", "n": f"{count:,}", "which": " ".join(sorted(missing))[:80]}
