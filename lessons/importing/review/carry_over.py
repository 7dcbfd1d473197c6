"""Carry over the decisions of an article's previous review to the new one. Pure.

Sections correspond if their heading in the article is the same and occurs only once, blocks if their HTML is and
does. Carried over are a new title or heading, kind and level, sections and blocks that were left out, sections
merged into the one before, edited blocks, facts that the article does not state, descriptions of images, and what
was decided about each suggestion. Splits and changes of order are not.
"""

from collections import Counter
from collections.abc import Mapping

from lessons.importing.review import omissions, sections
from lessons.importing.review.blocks import ARTICLE, Blocks
from lessons.tagging.models import normalise_tag

SUGGESTION_FIELD = {"glossary": "term", "timeline": "event", "tags": "name", "prompts": "text"}


def carry_over(review: dict, previous: dict, existing: Mapping[str, set[str]]) -> dict:
    """Return `review`, which nobody has worked on yet, with the decisions of `previous`.

    existing: the `suggestion_key` of what the module has, by kind of suggestion. An accepted item that is no longer
    there was deleted by somebody, and is not suggested again.
    """
    review = _carry_over_sections(_carry_over_title(review, previous), previous)
    suggestions = {kind: _carry_over_items(kind, review, previous, existing[kind]) for kind in SUGGESTION_FIELD}
    return {**review, **suggestions}


def carry_over_blocks(review: dict, blocks: Blocks, previous: dict, previous_blocks: Blocks) -> dict:
    """Return `review` with the edits of `previous`, without the blocks that were left out there."""
    same = _same_blocks(blocks, previous_blocks)
    edits = {same[old]: {**edited} for old, edited in previous["edits"].items() if old in same}
    images = {uid: previous["images"].get(uid, image) for uid, image in review["images"].items()}
    review = {**review, "edits": {**review["edits"], **edits}, "images": images}
    left_out = {b for omission in previous["omissions"] for b in omission.get("blocks", []) if b.startswith(ARTICLE)}
    gone = {same[old] for old in left_out if old in same}
    for section_id, block_id in [(s["id"], b) for s in review["sections"] for b in s["blocks"] if b in gone]:
        review = omissions.omit_block(review, section_id, block_id)
    return review


def _same_blocks(blocks: Blocks, previous: Blocks) -> dict[str, str]:
    """Return the ids in this import by the ids of the previous one, for blocks whose HTML occurs once in each."""
    new, old = _unique(blocks), _unique(previous)
    return {block_id: new[html] for html, block_id in old.items() if html in new}


def _unique(blocks: Blocks) -> dict[str, str]:
    count = Counter(block["html"] for block in blocks.values())
    return {block["html"]: block_id for block_id, block in blocks.items() if count[block["html"]] == 1}


def suggestion_key(kind: str, item: Mapping[str, str]) -> str:
    return normalise_tag(item[SUGGESTION_FIELD[kind]])


def _carry_over_title(review: dict, previous: dict) -> dict:
    review = {**review, "summary": previous["summary"]}
    was_renamed = previous.get("original_title") == review["title"] and previous["title"]
    return sections.set_title(review, previous["title"]) if was_renamed else review


def _carry_over_sections(review: dict, previous: dict) -> dict:
    before = _unambiguous(previous["sections"])
    listed = previous["omissions"]
    omitted = {sections.original_heading(omission["section"]) for omission in listed if "section" in omission}
    merged = {sections.original_heading(omission["heading"]) for omission in listed if "heading" in omission}
    for heading, section in _unambiguous(review["sections"]).items():
        if heading in before:
            review = _carry_over_section(review, section, before[heading])
        elif heading in omitted:
            review = sections.omit(review, section["id"])
        elif heading in merged:
            review = sections.merge(review, section["id"])
    return sections.close_level_gaps(review)


def _carry_over_section(review: dict, section: dict, before: dict) -> dict:
    facts = {name: before["facts"][name] for name in sections.FACT_FIELDS if not section["facts"][name]}
    review = sections.rename(review, section["id"], before["heading"])
    review = sections.set_facts(review, section["id"], **facts)
    return sections.set_level(review, section["id"], kind=before["kind"], level=before["level"])


def _unambiguous(all_sections: list[dict]) -> dict[str, dict]:
    """Return the sections whose heading in the article occurs once, by that heading."""
    by_heading = [(sections.original_heading(section), section) for section in all_sections]
    count = Counter(heading for heading, _section in by_heading)
    return {heading: section for heading, section in by_heading if count[heading] == 1}


def _carry_over_items(kind: str, review: dict, previous: dict, existing: set[str]) -> list[dict]:
    decisions = {suggestion_key(kind, item): item["accepted"] for item in previous[kind]}
    items = []
    for item in review[kind]:
        key = suggestion_key(kind, item)
        items.append({**item, "accepted": decisions[key] and key in existing} if key in decisions else item)
    return items
