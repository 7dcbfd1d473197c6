"""The outline of a book: levels of headings, and headings that are only in its table of contents. Pure."""

import re
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from lessons.importing.document import Block
from lessons.importing.readers.epub.package import MAX_DEPTH, NavigationPoint

NOT_WORDS = re.compile(r"[\W_]+")
NUMBER = re.compile(r"\A[\d.]+\s+")
MAX_JOINED = 3
# The number of blocks at the start of a chapter in which a heading may be worded differently from the contents.
START = 3


@dataclass(slots=True)
class HeadingLevels:
    """Sets the levels of headings in the order of the book. level and own: of the last heading in the contents."""

    level: int = 0
    own: int = 0

    def apply(self, blocks: list[Block], points: Sequence[NavigationPoint], positions: Sequence[int]) -> list[Block]:
        """Return the blocks of a chapter with levels by `points`, its entries in the table of contents.

        positions: the index of the block that each leads to, -1 if unknown.
        """
        headings = _by_key(blocks)
        named: dict[int, int] = {}
        added: dict[int, list[Block]] = {}
        start = 0
        for point, position in zip(points, positions, strict=True):
            index = _find(blocks, headings, point, position, start)
            if index is not None:
                named[index] = point.level
                start = index + 1
            elif position >= 0:
                start = max(position, start)
                added.setdefault(start, []).append(Block("heading", point.label, level=point.level))
        result = []
        for n, block in enumerate([*blocks, None]):
            result += [self._levelled(heading, heading.level) for heading in added.get(n, [])]
            if block:
                result.append(self._levelled(block, named.get(n)))
        return result

    def _levelled(self, block: Block, level: int | None) -> Block:
        if block.type != "heading" and level is None:
            return block
        own = block.level or 1
        if level is not None:
            self.level, self.own = level, own
        elif self.level:
            level = self.level + own - self.own
        else:
            level = own
        return block.as_heading(max(1, min(level, MAX_DEPTH)))


def join_headings(blocks: list[Block], points: Iterable[NavigationPoint]) -> list[Block]:
    """Return the blocks, joining consecutive headings that are one entry of the table of contents.

    "Chapter 1" and "The Sea" become "Chapter 1: The Sea".
    """
    labels = {_key(point.label): point.label for point in points}
    result: list[Block] = []
    for block in blocks:
        result.append(block)
        for count in range(2, MAX_JOINED + 1):
            last = result[-count:]
            if len(last) < count or any(one.type != "heading" for one in last):
                break
            if label := labels.get("".join(_key(one.text) for one in last)):
                anchors = tuple(anchor for one in last for anchor in one.anchors)
                result[-count:] = [replace(last[0], text=label, anchors=anchors)]
                break
    return result


def _by_key(blocks: list[Block]) -> dict[str, list[int]]:
    """Return the indexes of the headings, by their text and by their text without a number."""
    result: dict[str, list[int]] = {}
    for index, block in enumerate(blocks):
        if block.type == "heading":
            for key in {_key(block.text), _key_without_number(block.text)}:
                result.setdefault(key, []).append(index)
    return result


def _find(
    blocks: list[Block], headings: dict[str, list[int]], point: NavigationPoint, position: int, start: int
) -> int | None:
    """Return the index of the heading that an entry of the table of contents names."""
    key = _key(point.label)
    found = headings.get(key) or headings.get(_key_without_number(point.label)) or []
    first = bisect_left(found, start)
    if first < len(found):
        return found[first]
    if position < 0:
        return None
    for index in range(max(position, start), min(len(blocks), max(position, start) + START)):
        block = blocks[index]
        if block.type == "heading" or (block.type == "paragraph" and _key(block.text) == key):
            return index
    return None


def _key_without_number(text: str) -> str:
    return _key(NUMBER.sub("", text))


def _key(text: str) -> str:
    return NOT_WORDS.sub("", text).casefold()
