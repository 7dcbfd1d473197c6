"""The review's document out of an article, and the proof that nothing of the article is missing in it."""

from collections import Counter

from django.utils.translation import gettext as _

from lessons.importing.analysis import AnalysedArticle, completeness_message
from lessons.importing.document import LESSON, ParsedArticle, Section, count_characters

ACCEPT_THRESHOLD = 0.5
INTRODUCTION = "s0"


def initial_review(article: AnalysedArticle, reading: ParsedArticle) -> dict:
    """The review of an article that nobody has looked at yet; what is surer than not is accepted."""
    outline, found = article.outline, article.suggestions
    facts = {one["section"]: one for one in found.facts}
    sections = [_section(n, section, facts.get(n - 1)) for n, section in enumerate(outline.walk(), 1)]
    return {
        "title": outline.title,
        "summary": "",
        "sections": _introduction(outline.blocks, bool(sections), outline.title) + sections,
        "glossary": _items("g", found.glossary),
        "timeline": _items("t", found.timeline),
        "tags": _items("k", found.tags),
        "prompts": _items("p", found.prompts),
        "left_out": [left.as_json() for left in outline.omissions],
        "letters": dict(count_characters([reading.source])),
    }


def _introduction(blocks: list, has_sections: bool, title: str) -> list[dict]:
    """What stands before the first heading; its heading is ours, the article has none."""
    if not blocks:
        return []
    heading = _("Introduction") if has_sections else title
    return [_section(0, Section(heading, 1, LESSON, blocks), None) | {"ours": True}]


def _section(number: int, section: Section, facts: dict | None) -> dict:
    return {
        "id": f"s{number}",
        "heading": section.heading,
        "level": section.level,
        "kind": section.kind,
        "blocks": [block.as_json() for block in section.blocks],
        "facts": _facts(facts or {}),
        "ours": False,
    }


def _facts(found: dict) -> dict:
    """As the fields of a case study; parties a line each."""
    return {
        "location": found.get("location", ""),
        "began": found.get("began", ""),
        "ended": found.get("ended", ""),
        "parties": "\n".join(found.get("parties", [])),
        "outcome": "",
        "evidence": found.get("evidence", ""),
    }


def _items(prefix: str, found: list[dict]) -> list[dict]:
    return [_item(f"{prefix}{n}", one) for n, one in enumerate(found, 1)]


def _item(address: str, one: dict) -> dict:
    section = one.get("section")
    home = INTRODUCTION if section is None else f"s{section + 1}"
    return {**one, "id": address, "accepted": one["confidence"] >= ACCEPT_THRESHOLD, "section": home}


def missing_characters(state: dict) -> Counter:
    """The letters and digits of the source that are neither in the texts nor in what was left out."""
    return Counter(state["letters"]) - count_characters(all_texts(state))


def all_texts(state: dict):
    """Every text of the article that the document holds."""
    yield state.get("found_title", state["title"])
    for section in state["sections"]:
        if not section["ours"]:
            yield section.get("found_heading", section["heading"])
        yield from (block["text"] for block in section["blocks"])
    yield from (left["text"] for left in state["left_out"])


def completeness(state: dict) -> str:
    """One sentence: "All 17,003 letters and digits are here.", or what is missing."""
    return completeness_message(sum(state["letters"].values()), missing_characters(state))
