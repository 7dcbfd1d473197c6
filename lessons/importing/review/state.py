"""The first document of a review, and the proof that it contains every character of the article."""

from collections import Counter
from collections.abc import Iterator

from django.utils.translation import gettext as _

from lessons.importing.analysis import AnalysedArticle, completeness_message
from lessons.importing.document import LESSON, Block, Section, count_characters
from lessons.importing.proof import count_words

ACCEPT_THRESHOLD = 0.5
INTRODUCTION = "s0"


def initial_review(article: AnalysedArticle) -> dict:
    """Return the review of an article that nobody has looked at yet.

    Suggestions are accepted from a confidence of ACCEPT_THRESHOLD on.
    """
    outline, suggestions = article.outline, article.suggestions
    facts = {suggestion["section"]: suggestion for suggestion in suggestions.facts}
    sections = [_section(n, section, facts.get(n - 1)) for n, section in enumerate(outline.walk(), 1)]
    return {
        "title": outline.title,
        "summary": "",
        "sections": _introduction(outline.blocks, bool(sections), outline.title) + sections,
        "glossary": _items("g", suggestions.glossary),
        "timeline": _items("t", suggestions.timeline),
        "tags": _items("k", suggestions.tags),
        "prompts": _items("p", suggestions.prompts),
        "omissions": [{"text": omission.text, "reason": str(omission.reason)} for omission in outline.omissions],
        "missing": article.missing,
        "word_count": article.word_count,
        "characters": dict(count_characters(outline.texts())),
    }


def _introduction(blocks: list[Block], has_sections: bool, title: str) -> list[dict]:
    """Make a section from what comes before the first heading; its own heading is generated."""
    if not blocks:
        return []
    heading = _("Introduction") if has_sections else title
    return [_section(0, Section(heading, 1, LESSON, blocks), None) | {"generated": True}]


def _section(number: int, section: Section, facts: dict | None) -> dict:
    return {
        "id": f"s{number}",
        "heading": section.heading,
        "level": section.level,
        "kind": section.kind,
        "blocks": [block.as_json() for block in section.blocks],
        "facts": _facts(facts or {}),
        "generated": False,
    }


def _facts(suggested: dict) -> dict:
    """Return the facts as fields of a case study: parties one per line."""
    return {
        "location": suggested.get("location", ""),
        "began": suggested.get("began", ""),
        "ended": suggested.get("ended", ""),
        "parties": "\n".join(suggested.get("parties", [])),
        "outcome": "",
        "evidence": suggested.get("evidence", ""),
    }


def _items(prefix: str, suggestions: list[dict]) -> list[dict]:
    return [_item(f"{prefix}{n}", suggestion) for n, suggestion in enumerate(suggestions, 1)]


def _item(item_id: str, suggestion: dict) -> dict:
    section = suggestion.get("section")
    section_id = INTRODUCTION if section is None else f"s{section + 1}"
    accepted = suggestion["confidence"] >= ACCEPT_THRESHOLD
    return {**suggestion, "id": item_id, "accepted": accepted, "section": section_id}


def missing_characters(review: dict) -> Counter[str]:
    """Count the letters and digits that the review had at first and that are in no section or omission now."""
    return Counter(review["characters"]) - count_characters(all_texts(review))


def all_texts(review: dict) -> Iterator[str]:
    """Yield every text of the article that the document contains."""
    yield review.get("original_title", review["title"])
    for section in review["sections"]:
        if not section["generated"]:
            yield section.get("original_heading", section["heading"])
        yield from (block["text"] for block in section["blocks"])
    yield from (omission["text"] for omission in review["omissions"])


def is_complete(review: dict) -> bool:
    """Return whether every word of the source is in a section or an omission."""
    return not review.get("missing") and not missing_characters(review)


def completeness(review: dict) -> str:
    """Return one sentence: "All 3,412 words of the article are here.", or in how many places some are missing."""
    count = len(review.get("missing", ())) or bool(missing_characters(review))
    return completeness_message(review.get("word_count") or count_words(" ".join(all_texts(review))), count)
