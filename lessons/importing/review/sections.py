"""What an instructor does to the sections of a review. Each function returns a new document.

Unknown ids raise UnknownPart. What is not possible (promoting the top level, moving past the end) changes nothing.
"""

from copy import deepcopy

from django.utils.translation import gettext as _

from lessons.importing.document import CASE_STUDY, LESSON, SECTION
from lessons.importing.outline import titles
from lessons.importing.outline.headings import is_heading_like
from lessons.importing.review.errors import UnknownPart

MAX_DEPTH = 4
KINDS = (LESSON, SECTION, CASE_STUDY)
FACT_FIELDS = ("location", "began", "ended", "parties", "outcome")


def rename(review: dict, section_id: str, heading: str) -> dict:
    """Give a section another heading; an empty one changes nothing.

    The heading in the article is kept as `original_heading`, so that its characters still count as present.
    """
    review, index = _copy_and_index(review, section_id)
    heading = " ".join(heading.split())
    section = review["sections"][index]
    if heading and heading != section["heading"]:
        section.setdefault("original_heading", section["heading"])
        section["heading"] = heading
    return review


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
    review, index = _copy_and_index(review, section_id)
    review["sections"][index]["kind"] = kind
    return review


def set_level(review: dict, section_id: str, *, kind: str, level: int) -> dict:
    """Set kind and level together, as another review has them. Call `close_level_gaps` after several of these."""
    review, index = _copy_and_index(review, section_id)
    review["sections"][index].update(kind=kind, level=level)
    return review


def set_facts(review: dict, section_id: str, **facts: str) -> dict:
    """Set facts of a case study: location, began and ended (EDTF), parties (one per line), outcome."""
    review, index = _copy_and_index(review, section_id)
    new_facts = {name: facts[name].strip() for name in FACT_FIELDS if name in facts}
    review["sections"][index]["facts"].update(new_facts)
    return review


def promote(review: dict, section_id: str) -> dict:
    """Move a section one level up, with its subsections. On the top level a section becomes a lesson."""
    review, index = _copy_and_index(review, section_id)
    if review["sections"][index]["level"] > 1:
        _shift(review, index, -1)
    return review


def demote(review: dict, section_id: str) -> dict:
    """Move a section one level down, with its subsections. A lesson that leaves the top level becomes a section."""
    review, index = _copy_and_index(review, section_id)
    sections = review["sections"]
    deepest = max(section["level"] for section in sections[index : _end(sections, index)])
    if index and sections[index - 1]["level"] >= sections[index]["level"] and deepest < MAX_DEPTH:
        _shift(review, index, 1)
    return review


def move(review: dict, section_id: str, direction: int) -> dict:
    """Swap a section with the one before (-1) or after it (1) on its level, each with its subsections."""
    review, index = _copy_and_index(review, section_id)
    sections = review["sections"]
    end = _end(sections, index)
    if direction > 0 and end < len(sections) and sections[end]["level"] == sections[index]["level"]:
        next_end = _end(sections, end)
        sections[index:next_end] = sections[end:next_end] + sections[index:end]
    elif direction < 0:
        before = next((n for n in range(index - 1, -1, -1) if sections[n]["level"] <= sections[index]["level"]), None)
        if before is not None and sections[before]["level"] == sections[index]["level"]:
            sections[before:end] = sections[index:end] + sections[before:index]
    return review


def merge(review: dict, section_id: str) -> dict:
    """Append a section's text to the section before, and list its heading as omitted. The first section stays."""
    review, index = _copy_and_index(review, section_id)
    if not index:
        return review
    merged = review["sections"].pop(index)
    before = review["sections"][index - 1]
    before["blocks"] += merged["blocks"]
    if not merged["generated"]:
        heading = merged.get("original_heading", merged["heading"])
        reason = _("The heading of a section that was merged into the one before.")
        review["omissions"].append({"text": heading, "reason": reason, "merged": True})
    _reassign_suggestions(review, merged["id"], before["id"])
    return close_level_gaps(review)


def split(review: dict, section_id: str, block: int) -> dict:
    """Start a new section of the same level at block number `block`, counted from 0; at the first one nothing changes.

    If the block looks like a heading, it becomes the heading of the new section.
    """
    review, index = _copy_and_index(review, section_id)
    section = review["sections"][index]
    if not 0 < block < len(section["blocks"]):
        return review
    moved = section["blocks"][block:]
    section["blocks"] = section["blocks"][:block]
    first = moved[0]["text"]
    is_heading = moved[0]["type"] == "paragraph" and is_heading_like(first) and len(moved) > 1
    new = {
        **deepcopy(section),
        "id": _unused_id(review),
        "heading": first if is_heading else titles.title_from_opening(first),
        "blocks": moved[1:] if is_heading else moved,
        "generated": not is_heading,
        "facts": dict.fromkeys(section["facts"], ""),
    }
    new.pop("original_heading", None)
    review["sections"].insert(index + 1, new)
    return review


def omit(review: dict, section_id: str) -> dict:
    """Take a section out without its subsections. Its text is listed as omitted, and can be restored from there."""
    review, index = _copy_and_index(review, section_id)
    section = review["sections"].pop(index)
    heading = [] if section["generated"] else [section.get("original_heading", section["heading"])]
    text = "\n".join(heading + [block["text"] for block in section["blocks"]])
    before = review["sections"][index - 1]["id"] if index else ""
    reason = _("Left out in the review.")
    review["omissions"].append({"text": text, "reason": reason, "section": section, "after": before})
    _reassign_suggestions(review, section["id"], before)
    return close_level_gaps(review)


def restore(review: dict, number: int) -> dict:
    """Put back the section that is number `number` of `omissions`; an omission of another kind stays."""
    review = deepcopy(review)
    if not 0 <= number < len(review["omissions"]) or "section" not in review["omissions"][number]:
        return review
    omission = review["omissions"].pop(number)
    indexes = [n for n, section in enumerate(review["sections"], 1) if section["id"] == omission["after"]]
    review["sections"].insert(indexes[0] if indexes else 0, omission["section"])
    return close_level_gaps(review)


def _copy_and_index(review: dict, section_id: str) -> tuple[dict, int]:
    """Return a copy of the review, which may be changed, and the index of the section in it."""
    review = deepcopy(review)
    for index, section in enumerate(review["sections"]):
        if section["id"] == section_id:
            return review, index
    raise UnknownPart(section_id)


def _end(sections: list[dict], index: int) -> int:
    """Return the index after the last subsection of the section at `index`."""
    level = sections[index]["level"]
    return next((n for n in range(index + 1, len(sections)) if sections[n]["level"] <= level), len(sections))


def _shift(review: dict, index: int, levels: int) -> None:
    for section in review["sections"][index : _end(review["sections"], index)]:
        section["level"] += levels
    shifted = review["sections"][index]
    if shifted["level"] == 1 and shifted["kind"] == SECTION:
        shifted["kind"] = LESSON
    elif levels > 0 and shifted["level"] > 1 and shifted["kind"] == LESSON:
        shifted["kind"] = SECTION


def close_level_gaps(review: dict) -> dict:
    """Raise sections whose parent is gone, in place, so that no level is skipped; return the review."""
    previous_level = 0
    for section in review["sections"]:
        section["level"] = previous_level = min(section["level"], previous_level + 1)
        if section["level"] == 1 and section["kind"] == SECTION:
            section["kind"] = LESSON
    return review


def _reassign_suggestions(review: dict, old_id: str, new_id: str) -> None:
    """Make the suggestions of a section that is gone suggestions of the one that took its place."""
    for kind in ("glossary", "timeline", "prompts"):
        for item in review[kind]:
            if item["section"] == old_id:
                item["section"] = new_id


def _unused_id(review: dict) -> str:
    omitted = [omission["section"]["id"] for omission in review["omissions"] if "section" in omission]
    taken = [int(section_id[1:]) for section_id in [section["id"] for section in review["sections"]] + omitted]
    return f"s{max(taken, default=0) + 1}"
