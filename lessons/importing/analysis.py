"""Analyse a parsed article: outline, suggestions and proof, also as the JSON that the command `outline` prints."""

from dataclasses import dataclass

from lessons.importing.document import Outline, ParsedArticle
from lessons.importing.outline import build_outline
from lessons.importing.proof import count_compared_words, find_missing, outline_texts
from lessons.importing.suggestions import Suggestions, suggest_all


@dataclass(frozen=True, slots=True)
class AnalysedArticle:
    """An outline with suggestions, and the proof that it has every word of its source.

    missing: the passages of the source that are neither in the outline nor in what was left out, each in brackets
    between the words around it. word_count: the number of words of the source.
    """

    outline: Outline
    suggestions: Suggestions
    missing: list[str]
    word_count: int

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
            "missing": self.missing,
        }


def analyse(parsed: ParsedArticle) -> AnalysedArticle:
    """Return the outline, the suggestions and the proof for a parsed article."""
    outline = build_outline(parsed)
    missing = find_missing(parsed.source, outline_texts(outline), outline.title)
    suggestions = suggest_all(outline, parsed.language)
    return AnalysedArticle(outline, suggestions, missing, count_compared_words(parsed.source))


def _with_keys(items: list[dict], *keys: str) -> list[dict]:
    return [{key: item[key] for key in keys} for item in items]
