"""The proof that all of the article is in the review: in a section, or listed as left out with a reason. Pure."""

from collections.abc import Collection, Iterator

from lessons.importing.analysis import completeness_message
from lessons.importing.review.blocks import Blocks


def missing_blocks(review: dict, all_ids: Collection[str]) -> list[str]:
    """Return the ids of the blocks that the review has neither in a section nor among its omissions."""
    present = set(_present_ids(review))
    return [block_id for block_id in all_ids if block_id not in present]


def _present_ids(review: dict) -> Iterator[str]:
    for section in review["sections"]:
        yield from section["blocks"]
    for omission in review["omissions"]:
        yield from omitted_ids(omission)


def omitted_ids(omission: dict) -> list[str]:
    """Return the ids of the blocks that an omission lists."""
    return omission["section"]["blocks"] if "section" in omission else omission.get("blocks", [])


def is_complete(review: dict, all_ids: Collection[str]) -> bool:
    return not review["missing"] and not missing_blocks(review, all_ids)


def missing_texts(review: dict, blocks: Blocks) -> list[str]:
    """Return every stretch of the article that is not here: with its surroundings where the reader lost it."""
    return [*review["missing"], *(blocks[block_id]["text"] for block_id in missing_blocks(review, blocks))]


def completeness(review: dict, all_ids: Collection[str]) -> str:
    """Return one sentence: that all words of the article are here, or in how many places some are missing."""
    missing_count = len(review["missing"]) + len(missing_blocks(review, all_ids))
    return completeness_message(review["word_count"], missing_count)
