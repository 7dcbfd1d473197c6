"""Make the initial document of a review, with the blocks that it arranges. Pure."""

from collections.abc import Iterator
from typing import NamedTuple

from django.utils.translation import gettext as _

from lessons.importing.analysis import AnalysedArticle
from lessons.importing.document import LESSON, Block, Omission, Outline, ParsedArticle, Section
from lessons.importing.review.blocks import ARTICLE, LEFT_OUT, pieces, stored

ACCEPT_THRESHOLD = 0.5
INTRODUCTION = "s0"


class InitialReview(NamedTuple):
    """The review of an article before anybody has worked on it, and its blocks by id."""

    review: dict
    blocks: dict[str, dict]


class _Part(NamedTuple):
    """A section of the outline with its id, and the ids of its blocks."""

    id: str
    section: Section
    blocks: list[str]
    generated: bool = False


def initial_review(article: AnalysedArticle, parsed: ParsedArticle) -> InitialReview:
    """Return the review of an article. Suggestions are accepted from a confidence of ACCEPT_THRESHOLD on."""
    outline, suggestions = article.outline, article.suggestions
    facts = {suggestion["section"]: suggestion for suggestion in suggestions.facts}
    parts = list(_parts(outline))
    blocks = stored((block for part in parts for block in part.section.blocks), ARTICLE)
    omissions, omitted_blocks = _omissions(outline.omissions, _places(parsed.blocks, parts))
    review = {
        "title": outline.title,
        "summary": "",
        "sections": [_section(part, facts.get(int(part.id[1:]) - 1)) for part in parts],
        "glossary": _items("g", suggestions.glossary),
        "timeline": _items("t", suggestions.timeline),
        "tags": _items("k", suggestions.tags),
        "prompts": _items("p", suggestions.prompts),
        "omissions": omissions,
        "edits": {},
        "images": {},
        "missing": article.missing,
        "word_count": article.word_count,
    }
    return InitialReview(review, blocks | omitted_blocks)


def _parts(outline: Outline) -> Iterator[_Part]:
    """Yield the sections in the order of the text; blocks before the first heading get a generated section."""
    count = 0

    def ids(section: Section) -> list[str]:
        nonlocal count
        first, count = count + 1, count + len(section.blocks)
        return [f"{ARTICLE}{number}" for number in range(first, count + 1)]

    if outline.blocks:
        heading = _("Introduction") if outline.sections else outline.title
        introduction = Section(heading, 1, LESSON, outline.blocks)
        yield _Part(INTRODUCTION, introduction, ids(introduction), generated=True)
    for number, section in enumerate(outline.walk(), 1):
        yield _Part(f"s{number}", section, ids(section))


def _places(blocks: list[Block], parts: list[_Part]) -> list[str]:
    """Return what the omission at each position of the parsed blocks follows: a block, a section's heading, or "".

    A footnote that was moved to another section is followed by nothing.
    """
    known = {
        id(block): (block_id, part.id)
        for part in parts
        for block, block_id in zip(part.section.blocks, part.blocks, strict=True)
    }
    headings = [(part.section.heading, part.id) for part in parts if not part.generated]
    places, place, here, next_heading = [""], "", "", 0
    for block in blocks:
        if id(block) in known:
            block_id, part_id = known[id(block)]
            if block.type != "footnote" or part_id == here:
                place, here = block_id, part_id
        elif next_heading < len(headings) and block.text.endswith(headings[next_heading][0]):
            place = here = headings[next_heading][1]
            next_heading += 1
        places.append(place)
    return places


def _omissions(omissions: list[Omission], places: list[str]) -> tuple[list[dict], dict[str, dict]]:
    """Return the reader's omissions in the form of the review, and their blocks."""
    listed: list[dict] = []
    blocks: dict[str, dict] = {}
    for number, omission in enumerate(omissions, 1):
        added = stored(pieces(omission), LEFT_OUT, len(blocks) + 1)
        blocks |= added
        after = None if omission.position is None else places[min(omission.position, len(places) - 1)]
        listed.append({"id": f"o{number}", "reason": str(omission.reason), "blocks": list(added), "after": after})
    return listed, blocks


def _section(part: _Part, facts: dict | None) -> dict:
    return {
        "id": part.id,
        "heading": part.section.heading,
        "level": part.section.level,
        "kind": part.section.kind,
        "blocks": part.blocks,
        "facts": _facts(facts or {}),
        "generated": part.generated,
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
