"""Define a block of a page with its element, and the exclusion of elements."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

from django.utils.functional import Promise
from selectolax.lexbor import LexborNode

from lessons.importing.document import Block, Omission


class Exclusion(NamedTuple):
    """An element that is left out, and why. element: its `mem_id`. name: the part of its class names that suggests so.

    is_certain: it is left out even if it holds most of the page's text.
    """

    element: int
    reason: str | Promise
    name: str = ""
    is_certain: bool = False


@dataclass(slots=True)
class PageBlock:
    """A block and its element. node: the element with its text; for text outside of block elements, its parent.

    exclusions: the excluded elements around it, the outermost first. reason: why it is left out, None if it is not;
    a lazily translated sentence.
    """

    block: Block
    node: LexborNode
    exclusions: tuple[Exclusion, ...] = ()
    reason: str | Promise | None = None

    def __post_init__(self) -> None:
        if self.reason is None and self.exclusions:
            self.reason = self.exclusions[0].reason


def split(page_blocks: Iterable[PageBlock]) -> tuple[list[Block], list[Omission]]:
    """Return the blocks of the article, and the others as omissions, each with its position among them."""
    blocks: list[Block] = []
    omissions: list[Omission] = []
    for one in page_blocks:
        if one.reason is not None:
            omissions.append(Omission(one.block.text, one.reason, one.block, len(blocks)))
        else:
            blocks.append(one.block)
    return blocks, [omission for omission in omissions if omission.text.strip()]
