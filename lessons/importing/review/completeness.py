"""Prove that all of the article is in the review: in a section, or listed as left out with a reason. Pure."""

from collections.abc import Collection, Iterator

from django.utils.translation import ngettext

from lessons.importing.review.blocks import Blocks, omitted_ids


def missing_blocks(review: dict, all_ids: Collection[str]) -> list[str]:
    """Return the ids of the blocks that the review has neither in a section nor among its omissions."""
    present = set(_present_ids(review))
    return [block_id for block_id in all_ids if block_id not in present]


def _present_ids(review: dict) -> Iterator[str]:
    for section in review["sections"]:
        yield from section["blocks"]
    for omission in review["omissions"]:
        yield from omitted_ids(omission)


def is_complete(review: dict, all_ids: Collection[str]) -> bool:
    return not review["missing"] and not missing_blocks(review, all_ids)


def missing_texts(review: dict, blocks: Blocks) -> list[str]:
    """Return every passage of the article that is missing, with surrounding words if the reader lost it."""
    return [*review["missing"], *(blocks[block_id]["text"] for block_id in missing_blocks(review, blocks))]


def completeness(review: dict, all_ids: Collection[str]) -> str:
    """Return one sentence: that all words of the article are here, or in how many places some are missing."""
    missing_count = len(review["missing"]) + len(missing_blocks(review, all_ids))
    return completeness_message(review["word_count"], missing_count)


def completeness_message(word_count: int, missing_count: int) -> str:
    """Return the sentence of `completeness` for these numbers."""
    if missing_count:
        sentence = ngettext(
            "Words of the article are missing in %(n)s place.",
            "Words of the article are missing in %(n)s places.",
            missing_count,
        )
        return sentence % {"n": f"{missing_count:,}"}
    sentence = ngettext("The article’s only word is here.", "All %(n)s words of the article are here.", word_count)
    return sentence % {"n": f"{word_count:,}"}
