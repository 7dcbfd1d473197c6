"""The proof that all of the article is in the review: in a section, or listed as left out with a reason. Pure."""

from collections.abc import Collection, Iterator

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

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
    """Return one sentence: that the whole article is here, or how many stretches of it are not."""
    count = len(review["missing"]) + len(missing_blocks(review, all_ids))
    if count:
        sentence = ngettext(
            "%(n)s passage of the article is missing.", "%(n)s passages of the article are missing.", count
        )
        return sentence % {"n": f"{count:,}"}
    return _("All %(n)s letters and digits are here.") % {"n": f"{review['characters']:,}"}
