"""Leave out a block, and put back what was left out by the reader or in the review. Pure."""

from django.utils.translation import gettext as _

from lessons.importing.document import LESSON
from lessons.importing.outline import titles
from lessons.importing.review import sections
from lessons.importing.review.blocks import ARTICLE, LEFT_OUT, Blocks, omitted_ids, ordinal
from lessons.importing.review.errors import UnknownPart
from lessons.importing.review.sections import (
    FACT_FIELDS,
    close_level_gaps,
    index_of,
    replaced,
    unused_id,
    unused_section_id,
)


def is_by_reader(omission: dict) -> bool:
    """Return whether it was left out by the reader, not by the instructor in the review."""
    return "home" not in omission and all(
        block_id.startswith(LEFT_OUT) for block_id in omission.get("blocks", [ARTICLE])
    )


def omit_block(review: dict, section_id: str, block_id: str) -> dict:
    """Remove one block from a section, and list it as left out."""
    index = sections.find(review, section_id)
    ids = review["sections"][index]["blocks"]
    if block_id not in ids:
        raise UnknownPart(block_id)
    position = ids.index(block_id)
    omission = {
        "id": unused_id(review["omissions"], "o"),
        "reason": _("Left out in the review."),
        "blocks": [block_id],
        "after": ids[position - 1] if position else section_id,
        "home": section_id,
    }
    review = replaced(review, index, blocks=ids[:position] + ids[position + 1 :])
    return {**review, "omissions": [*review["omissions"], omission]}


def restore(review: dict, omission_id: str, blocks: Blocks, block_id: str = "") -> dict:
    """Put back what an omission lists, or only one block of it, at its former position."""
    index = index_of(review["omissions"], omission_id)
    omission = review["omissions"][index]
    rest = [*review["omissions"][:index], *review["omissions"][index + 1 :]]
    if block_id:
        return _restore_block(review, index, block_id, blocks)
    if "section" in omission:
        return _insert_section({**review, "omissions": rest}, omission["section"], omission["after"])
    if "heading" in omission:
        return _restore_heading({**review, "omissions": rest}, omission)
    return _insert_blocks({**review, "omissions": rest}, omission["blocks"], _place(review, omission), blocks)


def _place(review: dict, omission: dict) -> tuple[int, int]:
    """Return where the blocks of an omission belong: the index of a section, and the position in it.

    If what they followed is gone, they belong after what precedes them in the article; if nothing is known, at
    the end.
    """
    rows, after = review["sections"], omission["after"]
    if after == "":
        return 0, 0
    for index, section in enumerate(rows):
        if section["id"] == after:
            return index, 0
        if after in section["blocks"]:
            return index, section["blocks"].index(after) + 1
    for index, section in enumerate(rows):
        if section["id"] == omission.get("home"):
            return index, _position_by_order(section["blocks"], ordinal(omission["blocks"][0]))
    if after is not None and (number := ordinal(after)):
        return _place_by_order(rows, number + 1)
    return len(rows) - 1, len(rows[-1]["blocks"]) if rows else 0


def _position_by_order(ids: list[str], number: int) -> int:
    """Return the position after the blocks of a section that precede block `number` of the article."""
    return next((n for n, block_id in enumerate(ids) if ordinal(block_id) > number), len(ids))


def _place_by_order(rows: list[dict], number: int) -> tuple[int, int]:
    """Return (section, position) after the last of the blocks that precede block `number` of the article."""
    place, nearest = (0, 0), 0
    for index, section in enumerate(rows):
        for position, block_id in enumerate(section["blocks"], 1):
            if nearest < ordinal(block_id) < number:
                place, nearest = (index, position), ordinal(block_id)
    return place


def _restore_block(review: dict, index: int, block_id: str, blocks: Blocks) -> dict:
    omission = review["omissions"][index]
    listed = omitted_ids(omission)
    if block_id not in listed:
        raise UnknownPart(block_id)
    position = listed.index(block_id)
    left = listed[:position] + listed[position + 1 :]
    if "section" in omission:
        place = _place_by_order(review["sections"], ordinal(block_id))
        changed = [{**omission, "section": {**omission["section"], "blocks": left}}]
    else:
        place = _place(review, {**omission, "blocks": [block_id]})
        changed = [{**omission, "blocks": left}] if left else []
    omissions = [*review["omissions"][:index], *changed, *review["omissions"][index + 1 :]]
    return _insert_blocks({**review, "omissions": omissions}, [block_id], place, blocks)


def _insert_blocks(review: dict, ids: list[str], place: tuple[int, int], blocks: Blocks) -> dict:
    if not review["sections"]:
        return _insert_section(review, _section_of(review, ids, blocks), "")
    index, position = place
    present = review["sections"][index]["blocks"]
    return replaced(review, index, blocks=[*present[:position], *ids, *present[position:]])


def _section_of(review: dict, ids: list[str], blocks: Blocks) -> dict:
    """Return a section for blocks that are put back when there is none."""
    heading = titles.title_from_opening(blocks[ids[0]]["text"]) if ids else ""
    facts = dict.fromkeys([*FACT_FIELDS, "evidence"], "")
    new = {"id": unused_section_id(review), "heading": heading or review["title"], "level": 1, "kind": LESSON}
    return {**new, "blocks": ids, "facts": facts, "generated": True}


def _insert_section(review: dict, section: dict, after: str) -> dict:
    """Put a section after the one with the id `after`; if that is gone, after what precedes it in the article."""
    rows = review["sections"]
    indexes = [n for n, other in enumerate(rows, 1) if other["id"] == after]
    own = [ordinal(block_id) for block_id in section["blocks"] if block_id.startswith(ARTICLE)]
    if not indexes and after and own:
        first = min(own)
        indexes = [n for n, other in enumerate(rows, 1) if any(0 < ordinal(b) < first for b in other["blocks"])][-1:]
    index = indexes[0] if indexes else 0
    return close_level_gaps({**review, "sections": [*rows[:index], section, *rows[index:]]})


def _restore_heading(review: dict, omission: dict) -> dict:
    """Split off a section that was merged into the previous one, from its first block on."""
    rows, before = review["sections"], omission["before"]
    holders = [n for n, section in enumerate(rows) if before and before in section["blocks"]]
    if not holders:
        return _insert_section(review, omission["heading"], omission["after"])
    index = holders[0]
    ids = rows[index]["blocks"]
    position = ids.index(before)
    section = {**omission["heading"], "blocks": ids[position:]}
    shortened = {**rows[index], "blocks": ids[:position]}
    return close_level_gaps({**review, "sections": [*rows[:index], shortened, section, *rows[index + 1 :]]})
