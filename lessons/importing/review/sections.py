"""Change the sections of a review. Each function returns a new document.

A new document shares unchanged parts with the old one, so that the cost of a change is proportional to the number of
sections. Unknown ids raise UnknownPart. What is not possible (promoting the top level, moving past the end)
changes nothing.
"""

from typing import Any

from django.utils.translation import gettext as _

from lessons.importing.document import CASE_STUDY, LESSON, SECTION
from lessons.importing.outline import titles
from lessons.importing.outline.heading_lines import is_heading_like
from lessons.importing.review.blocks import Blocks
from lessons.importing.review.errors import UnknownPart

MAX_DEPTH = 4
KINDS = (LESSON, SECTION, CASE_STUDY)
FACT_FIELDS = ("location", "began", "ended", "parties", "outcome")


def find(review: dict, section_id: str) -> int:
    """Return the index of a section."""
    return index_of(review["sections"], section_id)


def index_of(items: list[dict], item_id: str) -> int:
    for index, item in enumerate(items):
        if item["id"] == item_id:
            return index
    raise UnknownPart(item_id)


def replaced(review: dict, index: int, **changes: Any) -> dict:
    """Return the review with another section at `index`: the same with `changes`."""
    sections = [*review["sections"]]
    sections[index] = {**sections[index], **changes}
    return {**review, "sections": sections}


def rename(review: dict, section_id: str, heading: str) -> dict:
    """Change the heading of a section; an empty one changes nothing.

    The heading in the article is kept as `original_heading`.
    """
    index = find(review, section_id)
    section, heading = review["sections"][index], " ".join(heading.split())
    if not heading or heading == section["heading"]:
        return review
    return replaced(review, index, heading=heading, original_heading=original_heading(section))


def original_heading(section: dict) -> str:
    """Return the heading that the section has in the article."""
    return section.get("original_heading", section["heading"])


def set_title(review: dict, title: str) -> dict:
    """Set the module's title. It may be empty: `texts.problems` asks for one before the module is created."""
    title = " ".join(title.split())
    if title == review["title"]:
        return review
    return {**review, "original_title": review.get("original_title", review["title"]), "title": title}


def set_kind(review: dict, section_id: str, kind: str) -> dict:
    """Make a section a lesson, section or case_study. Raise UnknownPart for any other kind."""
    if kind not in KINDS:
        raise UnknownPart(kind)
    return replaced(review, find(review, section_id), kind=kind)


def set_level(review: dict, section_id: str, *, kind: str, level: int) -> dict:
    """Set kind and level together, to those of another review. Call `close_level_gaps` after several calls."""
    return replaced(review, find(review, section_id), kind=kind, level=level)


def set_facts(review: dict, section_id: str, **facts: str) -> dict:
    """Set facts of a case study: location, began and ended (EDTF), parties (one per line), outcome."""
    index = find(review, section_id)
    new_facts = {name: facts[name].strip() for name in FACT_FIELDS if name in facts}
    return replaced(review, index, facts={**review["sections"][index]["facts"], **new_facts})


def promote(review: dict, section_id: str) -> dict:
    """Move a section one level up, with its subsections. On the top level a section becomes a lesson."""
    index = find(review, section_id)
    return _shift(review, index, -1) if review["sections"][index]["level"] > 1 else review


def demote(review: dict, section_id: str) -> dict:
    """Move a section one level down, with its subsections. A lesson that leaves the top level becomes a section."""
    index = find(review, section_id)
    sections = review["sections"]
    deepest = max(section["level"] for section in sections[index : end_of(sections, index)])
    if index and sections[index - 1]["level"] >= sections[index]["level"] and deepest < MAX_DEPTH:
        return _shift(review, index, 1)
    return review


def move(review: dict, section_id: str, direction: int) -> dict:
    """Swap a section with the one before (-1) or after it (1) on its level, each with its subsections."""
    index = find(review, section_id)
    sections = [*review["sections"]]
    end = end_of(sections, index)
    if direction > 0 and end < len(sections) and sections[end]["level"] == sections[index]["level"]:
        next_end = end_of(sections, end)
        sections[index:next_end] = sections[end:next_end] + sections[index:end]
    elif direction < 0 and (before := sibling_before(sections, index)) is not None:
        sections[before:end] = sections[index:end] + sections[before:index]
    return {**review, "sections": sections}


def sibling_before(sections: list[dict], index: int) -> int | None:
    """Return the index of the previous section with the same level and parent; None for the first one."""
    level = sections[index]["level"]
    before = next((n for n in range(index - 1, -1, -1) if sections[n]["level"] <= level), None)
    return before if before is not None and sections[before]["level"] == level else None


def merge(review: dict, section_id: str) -> dict:
    """Append a section's text to the previous section, and list its heading as left out. The first section stays."""
    index = find(review, section_id)
    if not index:
        return review
    sections = [*review["sections"]]
    merged, before = sections.pop(index), sections[index - 1]
    sections[index - 1] = {**before, "blocks": before["blocks"] + merged["blocks"]}
    omission = {
        "id": unused_id(review["omissions"], "o"),
        "reason": _("The heading of a section that was merged into the one before."),
        "heading": {**merged, "blocks": []},
        "before": merged["blocks"][0] if merged["blocks"] else "",
        "after": before["id"],
    }
    omissions = review["omissions"] if merged["generated"] else [*review["omissions"], omission]
    review = reassign_suggestions(review, merged["id"], before["id"])
    return close_level_gaps({**review, "sections": sections, "omissions": omissions})


def split(review: dict, section_id: str, block_id: str, blocks: Blocks) -> dict:
    """Start a new section of the same level at a block; at the section's first one nothing changes.

    If the block looks like a heading, it becomes the heading of the new section.
    """
    index = find(review, section_id)
    section = review["sections"][index]
    if block_id not in section["blocks"]:
        raise UnknownPart(block_id)
    position = section["blocks"].index(block_id)
    if not position:
        return review
    moved, first = section["blocks"][position:], blocks[block_id]
    is_heading = first["type"] == "paragraph" and is_heading_like(first["text"]) and len(moved) > 1
    new = {
        **section,
        "id": unused_section_id(review),
        "heading": first["text"] if is_heading else titles.title_from_opening(first["text"]),
        "blocks": moved,
        "generated": True,
        "facts": dict.fromkeys(section["facts"], ""),
    }
    new.pop("original_heading", None)
    review = replaced(review, index, blocks=section["blocks"][:position])
    review["sections"].insert(index + 1, new)
    if not is_heading:
        return review
    new["blocks"] = moved[1:]
    omission = {
        "id": unused_id(review["omissions"], "o"),
        "reason": _("This paragraph became a heading."),
        "blocks": [block_id],
        "after": new["id"],
    }
    return {**review, "omissions": [*review["omissions"], omission]}


def omit(review: dict, section_id: str) -> dict:
    """Remove a section without its subsections. Its text is listed as left out, from where it can be put back."""
    index = find(review, section_id)
    sections = [*review["sections"]]
    section = sections.pop(index)
    before = sections[index - 1]["id"] if index else ""
    omission = {
        "id": unused_id(review["omissions"], "o"),
        "reason": _("Left out in the review."),
        "section": section,
        "after": before,
    }
    review = reassign_suggestions(review, section["id"], before)
    return close_level_gaps({**review, "sections": sections, "omissions": [*review["omissions"], omission]})


def end_of(sections: list[dict], index: int) -> int:
    """Return the index after the last subsection of the section at `index`."""
    level = sections[index]["level"]
    return next((n for n in range(index + 1, len(sections)) if sections[n]["level"] <= level), len(sections))


def _shift(review: dict, index: int, levels: int) -> dict:
    sections = [*review["sections"]]
    for n in range(index, end_of(sections, index)):
        sections[n] = {**sections[n], "level": sections[n]["level"] + levels}
    shifted = sections[index]
    if shifted["level"] == 1 and shifted["kind"] == SECTION:
        shifted["kind"] = LESSON
    elif levels > 0 and shifted["level"] > 1 and shifted["kind"] == LESSON:
        shifted["kind"] = SECTION
    return {**review, "sections": sections}


def close_level_gaps(review: dict) -> dict:
    """Promote sections whose parent is gone, so that no level is skipped."""
    previous_level, sections = 0, []
    for section in review["sections"]:
        level = previous_level = min(section["level"], previous_level + 1)
        kind = LESSON if level == 1 and section["kind"] == SECTION else section["kind"]
        is_same = (level, kind) == (section["level"], section["kind"])
        sections.append(section if is_same else {**section, "level": level, "kind": kind})
    return {**review, "sections": sections}


def reassign_suggestions(review: dict, old_id: str, new_id: str) -> dict:
    """Assign the suggestions of a removed section to the one that replaces it."""
    moved = {
        kind: [{**item, "section": new_id} if item["section"] == old_id else item for item in review[kind]]
        for kind in ("glossary", "timeline", "prompts")
    }
    return {**review, **moved}


def unused_id(items: list[dict], prefix: str) -> str:
    """Return an id that none of `items` has."""
    return f"{prefix}{max((int(item['id'][1:]) for item in items), default=0) + 1}"


def unused_section_id(review: dict) -> str:
    """Return an id that no section has, including those that were left out."""
    omitted = [omission.get("section") or omission.get("heading") for omission in review["omissions"]]
    return unused_id(review["sections"] + [section for section in omitted if section], "s")
