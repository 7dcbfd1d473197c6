"""Pure: the three-way merge, block by block, of two versions of a text that were written at the same time.

A block that only one side changed, added or deleted is taken from that side. What both changed in different ways is a
`Conflict`, which somebody has to decide; nothing that a side wrote is ever left out. Lists, tables, quotations and the
like are compared by their items, rows and cells, unless they changed as a whole.
"""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from lessons.markup.blocks import BLOCK_TAGS, TAG, tag_name
from lessons.markup.sequence_diff import Edit, edits, similar_pairs
from lessons.memo import memoized

MINE, THEIRS, BOTH = "mine", "theirs", "both"
VOID_TAGS = {"br", "hr", "img"}
LISTS = {"ul", "ol"}
# Elements whose children can be merged one by one. A list may have become another kind of list.
CONTAINERS = LISTS | set("li dl dd table thead tbody tfoot tr td th blockquote section aside details figure".split())
# Blocks with at least this share of words in common are versions of the same block.
MIN_SIMILARITY = 0.4
# A change of more blocks than this is not divided.
MAX_PAIRED = 24
# How the editor and other sources write the same thing.
SAME_MARKUP = [
    (re.compile(r'\s(?:colspan|rowspan)="1"|\srel="[^"]*"'), ""),
    (re.compile(r"<(/?)b>"), r"<\1strong>"),
    (re.compile(r"<(/?)i>"), r"<\1em>"),
    (re.compile(r"(<(?:li|td|th|dd)(?:\s[^>]*)?>)<p>"), r"\1"),
    (re.compile(r"</p>(?=</(?:li|td|th|dd)>|<[uo]l[ >])"), ""),
    (re.compile(r"\s+"), " "),
    (re.compile(r"> <"), "><"),
]
WORD = re.compile(r"\w+")
# What parts of a list or table need around them.
WRAPPERS = {
    "li": ("<ul>", "</ul>"),
    "dt": ("<dl>", "</dl>"),
    "dd": ("<dl>", "</dl>"),
    "tr": ("<table><tbody>", "</tbody></table>"),
    "td": ("<table><tbody><tr>", "</tr></tbody></table>"),
    "th": ("<table><tbody><tr>", "</tr></tbody></table>"),
    **dict.fromkeys(("caption", "thead", "tbody", "tfoot"), ("<table>", "</table>")),
    "summary": ("<details open>", "</details>"),
    "figcaption": ("<figure>", "</figure>"),
}
ID = re.compile(r'(<[^>]*?)\sid="[^"]*"')


class Conflict(NamedTuple):
    """What both sides changed in different ways: the HTML of a few blocks, or none where a side deleted them."""

    base: str
    mine: str
    theirs: str

    def resolve(self, choice: str) -> str:
        if choice == MINE:
            return self.mine
        if choice == THEIRS:
            return self.theirs
        is_text = self.mine and tag_name(self.mine) not in BLOCK_TAGS
        return f"{self.theirs}{'<br>' if is_text and self.theirs else ''}{self.mine}"


class Merge(NamedTuple):
    """The pieces of the merged text in order: HTML that needs no decision, and conflicts."""

    pieces: tuple[str | Conflict, ...]

    @property
    def conflicts(self) -> list[Conflict]:
        return [piece for piece in self.pieces if isinstance(piece, Conflict)]

    def html(self, choices: Sequence[str] = ()) -> str:
        """Return the text with the conflicts decided, MINE, THEIRS or BOTH each; BOTH where there is no choice."""
        remaining = iter(choices)
        return "".join(
            piece.resolve(next(remaining, BOTH)) if isinstance(piece, Conflict) else piece for piece in self.pieces
        )


def standalone(blocks: str) -> str:
    """Return blocks as they can be shown alone, and twice on a page: in a list or table, and without ids."""
    start, end = WRAPPERS.get(tag_name(blocks), ("", ""))
    return start + ID.sub(r"\1", blocks) + end


@memoized
def merge(base: str, mine: str, theirs: str) -> Merge:
    """Merge two sanitised texts that were made from `base`."""
    if mine == theirs or theirs == base:
        return Merge((mine,))
    if mine == base:
        return Merge((theirs,))
    return Merge(tuple(_joined(_merged(*map(split_blocks, (base, mine, theirs))))))


@memoized
def merge_without_base(mine: str, theirs: str) -> Merge:
    """Merge two texts of which nobody knows what they were made from: every difference is a conflict."""
    own, other = split_blocks(mine), split_blocks(theirs)
    pieces: list[str | Conflict] = []
    done = 0
    found = edits([block_key(block) for block in other], [block_key(block) for block in own])
    for edit in [part for whole in found for part in _refined(whole, other, own)]:
        pieces += other[done : edit.old_start]
        blocks = own[edit.new_start : edit.new_end], other[edit.old_start : edit.old_end]
        pieces.append(Conflict("", *("".join(part) for part in blocks)))
        done = edit.old_end
    return Merge(tuple(_joined([*pieces, *other[done:]])))


def split_blocks(html: str) -> list[str]:
    """Return the outermost blocks of sanitised HTML; joined, they give the HTML again. Text between blocks is one."""
    blocks: list[str] = []
    run: list[str] = []
    depth = 0
    for n, piece in enumerate(TAG.split(html)):
        name = tag_name(piece) if n % 2 else ""
        if not name:
            if piece and not depth and blocks and not run and not piece.strip():
                blocks[-1] += piece
            elif piece:
                run.append(piece)
            continue
        is_block = not depth and name in BLOCK_TAGS
        if is_block and run:
            blocks.append("".join(run))
            run = []
        run.append(piece)
        if name[0] == "/":
            depth = max(depth - 1, 0)
            is_block = not depth and name[1:] in BLOCK_TAGS
        elif name not in VOID_TAGS:
            depth, is_block = depth + 1, False
        if is_block:
            blocks.append("".join(run))
            run = []
    return [*blocks, "".join(run)] if run else blocks


def block_key(block: str) -> str:
    """Return a key that is equal for blocks that differ only in how the same thing is written."""
    for pattern, replacement in SAME_MARKUP:
        block = pattern.sub(replacement, block)
    return block.strip()


def _joined(pieces: Iterable[str | Conflict]) -> Iterable[str | Conflict]:
    """Join neighbouring pieces of HTML."""
    run: list[str] = []
    for piece in pieces:
        if isinstance(piece, str):
            run.append(piece)
            continue
        if run:
            yield "".join(run)
        run = []
        yield piece
    if run:
        yield "".join(run)


class _Side:
    """One side's blocks and its edits of the base, with the place in them up to which they are merged."""

    def __init__(self, base: list[str], keys: list[str], blocks: list[str]):
        self.blocks, self.keys = blocks, [block_key(block) for block in blocks]
        self.edits = [part for edit in edits(keys, self.keys) for part in _refined(edit, base, blocks)]
        self.done = 0

    def take(self, count: int) -> list[str]:
        self.done += count
        return self.blocks[self.done - count : self.done]


def _refined(edit: Edit, base: list[str], blocks: list[str]) -> list[Edit]:
    """Return the edit in parts: one for each block that became another version of itself, or was deleted.

    What was added beside another version of a block stays with it: it may be a part of it.
    """
    a, a_end, b, b_end = edit
    if b == b_end:
        return [Edit(n, n + 1, b, b) for n in range(a, a_end)]
    if a == a_end or max(a_end - a, b_end - b) > MAX_PAIRED:
        return [edit]
    old, new = ([_words(block) for block in side] for side in (base[a:a_end], blocks[b:b_end]))
    pairs = [(a + i, b + j) for i, j in similar_pairs(old, new, MIN_SIMILARITY)]
    if not pairs:
        return [edit]
    parts: list[Edit] = []
    done, new_done = a, b
    for i, j in pairs:
        if done < i:
            # Blocks in between were replaced by others, or deleted.
            parts += (
                _refined(Edit(done, i, new_done, j), base, blocks) if new_done == j else [Edit(done, i, new_done, j)]
            )
            new_done = j
        parts.append(Edit(i, i + 1, new_done, j + 1))
        done, new_done = i + 1, j + 1
    if done < a_end:
        parts += _refined(Edit(done, a_end, new_done, b_end), base, blocks)
    elif new_done < b_end:
        parts[-1] = parts[-1]._replace(new_end=b_end)
    return parts


def _words(block: str) -> Counter:
    return Counter(WORD.findall(TAG.sub(" ", block)) or WORD.findall(block))


def _merged(base: list[str], mine: list[str], theirs: list[str]) -> Iterable[str | Conflict]:
    keys = [block_key(block) for block in base]
    sides = (_Side(base, keys, mine), _Side(base, keys, theirs))
    done = 0
    for start, end, both in _regions(sides):
        yield from _unchanged(base[done:start], *(side.take(start - done) for side in sides))
        widths = [end - start + sum(_growth(edit) for edit in own) for own in both]
        contents = [side.take(width) for side, width in zip(sides, widths, strict=True)]
        done = end
        if not both[1]:
            yield from contents[0]
        elif not both[0]:
            yield from contents[1]
        else:
            yield from _decided(base[start:end], *contents)
    yield from _unchanged(base[done:], *(side.take(len(base) - done) for side in sides))


def _growth(edit: Edit) -> int:
    return (edit.new_end - edit.new_start) - (edit.old_end - edit.old_start)


def _regions(sides: tuple[_Side, _Side]) -> Iterable[tuple[int, int, tuple[list[Edit], list[Edit]]]]:
    """Yield the ranges of the base that were edited, each with the edits of both sides that overlap in it."""
    queue = sorted((edit.old_start, edit.old_end, n, edit) for n, side in enumerate(sides) for edit in side.edits)
    region: tuple[list[Edit], list[Edit]] = ([], [])
    start = end = -1
    for edit_start, edit_end, side, edit in queue:
        is_same_gap = start == end == edit_start == edit_end
        if not (edit_start < end or is_same_gap):
            if start >= 0:
                yield start, end, region
            region, start, end = ([], []), edit_start, edit_end
        region[side].append(edit)
        end = max(end, edit_end)
    if start >= 0:
        yield start, end, region


def _unchanged(base: list[str], mine: list[str], theirs: list[str]) -> Iterable[str]:
    """Yield blocks that nobody changed, as a side writes them that writes them in another way than the base."""
    for old, own, other in zip(base, mine, theirs, strict=True):
        yield other if own == old else own if other == old else min(own, other)


def _decided(base: list[str], mine: list[str], theirs: list[str]) -> Iterable[str | Conflict]:
    """Yield what becomes of blocks that both sides changed."""
    start = 0
    while start < min(len(mine), len(theirs)) and block_key(mine[start]) == block_key(theirs[start]):
        start += 1
    yield from map(min, mine[:start], theirs[:start])
    end = 0
    while end < min(len(mine), len(theirs)) - start and block_key(mine[-1 - end]) == block_key(theirs[-1 - end]):
        end += 1
    own, other = mine[start : len(mine) - end], theirs[start : len(theirs) - end]
    if own or other:
        children = len(base) == len(own) == len(other) == 1 and _merged_children(base[0], own[0], other[0])
        yield from children or [Conflict(*("".join(blocks) for blocks in (base, own, other)))]
    yield from map(min, mine[len(mine) - end :], theirs[len(theirs) - end :])


class _Container(NamedTuple):
    name: str
    start: str
    children: list[str]
    rest: str


def _container(block: str) -> _Container | None:
    """Return the parts of a block that consists of others; None for any other block."""
    start = TAG.match(block)
    name = tag_name(block)
    end = block.rfind(f"</{name}>")
    if start is None or name not in CONTAINERS or end < 0:
        return None
    return _Container(name, start[0], split_blocks(block[start.end() : end]), block[end + len(name) + 3 :])


def _merged_children(base: str, mine: str, theirs: str) -> list[str | Conflict] | None:
    """Return the merged block if it is a container on each side; None if it has to be decided as a whole."""
    parts = [_container(block) for block in (base, mine, theirs)]
    if not all(parts):
        return None
    before, own, other = (part for part in parts if part)
    names = {part.name for part in (before, own, other)}
    if (len(names) > 1 and not names <= LISTS) or (
        "table" in names and len(set(map(_columns, (base, mine, theirs)))) > 1
    ):
        return None
    if own.start not in (before.start, other.start) and other.start != before.start:
        return None
    outer = other if own.start == before.start else own
    children = list(_merged(before.children, own.children, other.children))
    if children == [Conflict(*("".join(part.children) for part in (before, own, other)))]:
        return None
    return [outer.start, *children, f"</{outer.name}>{outer.rest}"]


def _columns(table: str) -> int:
    """Return the number of cells of the longest row."""
    return max((len(re.findall(r"<t[dh][\s>]", row)) for row in table.split("<tr")), default=0)
