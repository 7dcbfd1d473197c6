"""Tokens of a text, and the alignment of two sequences in bounded time.

The alignment is the longest common subsequence by rapidfuzz's bit-parallel Indel distance (Hyyrö 2004). Its time and
memory grow with the product of the lengths, so what is too long is first cut at elements that are unique in both (the
"patience" idea of Bram Cohen), and where there are none in equal parts.
"""

import math
from bisect import bisect_left
from collections import Counter
from collections.abc import Hashable, Sequence
from itertools import pairwise

import regex
from rapidfuzz.distance import Indel

from lessons.markup.scripts import UNSPACED_LETTERS

# A word, cut before a capital: blocks of a page may follow each other without a space ("endThe"). One character of a
# script without spaces between words. One character of anything else that is not white space.
TOKEN = regex.compile(
    rf"\p{{Lu}}*+[[\p{{L}}\p{{M}}\p{{N}}_]--[\p{{Lu}}{UNSPACED_LETTERS}]]+|\p{{Lu}}+|\S", regex.VERSION1
)
# Cells of one alignment: 4 MB, a few hundredths of a second.
MAX_CELLS = 32_000_000

Block = tuple[int, int, int]


class Vocabulary(dict):
    """A small number for each word, in order of appearance: `vocabulary[word]`."""

    def __missing__(self, word: str) -> int:
        self[word] = number = len(self)
        return number


class Tokens:
    """`spans`, the (start, end) of each token in [start, end) of a text; `ids`, its number in the vocabulary."""

    spans: list[tuple[int, int]]
    ids: list[int]

    def __init__(self, text: str, start: int, end: int, vocabulary: Vocabulary):
        self.spans = [match.span() for match in TOKEN.finditer(text, start, end)]
        self.ids = [vocabulary[text[s:e]] for s, e in self.spans]
        self.span = self.start, self.end = start, end


def align(a: Sequence[Hashable], b: Sequence[Hashable]) -> list[Block]:
    """Return blocks (i, j, n), ascending: a[i : i + n] corresponds to b[j : j + n]."""
    if len(a) * len(b) <= MAX_CELLS:
        return _subsequence(a, b, 0, 0)
    head = _common_prefix_length(a, b)
    tail = _common_prefix_length(a[head:][::-1], b[head:][::-1])
    blocks = [(0, 0, head)] if head else []
    for i, i_end, j, j_end in _cut(a, b, head, tail):
        blocks += _subsequence(a[i:i_end], b[j:j_end], i, j)
    return [*blocks, (len(a) - tail, len(b) - tail, tail)] if tail else blocks


def _subsequence(a, b, i: int, j: int) -> list[Block]:
    if not a or not b:
        return []
    matches = Indel.opcodes(a, b).as_matching_blocks()
    return [(i + m.a, j + m.b, m.size) for m in matches if m.size]


def _common_prefix_length(a, b) -> int:
    """Return how many elements at the beginning are equal."""
    return next((k for k, (x, y) in enumerate(zip(a, b, strict=False)) if x != y), min(len(a), len(b)))


def _cut(a, b, head: int, tail: int):
    """Yield pairs of stretches (i, i_end, j, j_end), each small enough to be aligned."""
    ends = len(a) - tail, len(b) - tail
    singles = [(i, j, 1) for i, j in unique_pairs(a, b) if head <= i < ends[0] and head <= j < ends[1]]
    anchors = [singles[k] for k in heaviest_chain(singles)]
    cuts = [(head, head), *((i, j) for i, j, _one in anchors), ends]
    for (i, j), (i_end, j_end) in pairwise(cuts):
        parts = math.ceil(math.sqrt((i_end - i) * (j_end - j) / MAX_CELLS)) or 1
        for k in range(parts):
            yield (
                i + (i_end - i) * k // parts,
                i + (i_end - i) * (k + 1) // parts,
                j + (j_end - j) * k // parts,
                j + (j_end - j) * (k + 1) // parts,
            )


def unique_pairs(a: Sequence[Hashable], b: Sequence[Hashable]) -> list[tuple[int, int]]:
    """Return (i, j) of every element that occurs exactly once in each, by i."""
    count_a, count_b = Counter(a), Counter(b)
    unique_b = {x: j for j, x in enumerate(b) if count_b[x] == 1}
    return [(i, unique_b[x]) for i, x in enumerate(a) if count_a[x] == 1 and x in unique_b]


def heaviest_chain(blocks: Sequence[Block]) -> list[int]:
    """Return the indices of the blocks (i, j, weight), given by ascending i, whose j ascends too and whose total
    weight is greatest.

    O(n log n) by a Fenwick tree of the heaviest chain that ends at each j; the j differ from one another.
    """
    ranks = sorted(j for _i, j, _weight in blocks)
    tree = [(0, -1)] * (len(ranks) + 1)
    before = []
    for index, (_i, j, weight) in enumerate(blocks):
        rank = bisect_left(ranks, j)
        best, at = (0, -1), rank
        while at:
            best, at = max(best, tree[at]), at & (at - 1)
        before.append(best[1])
        chain, at = (best[0] + weight, index), rank + 1
        while at < len(tree):
            tree[at], at = max(tree[at], chain), at + (at & -at)
    last, chosen = max(_prefixes(tree), default=(0, -1))[1], []
    while last >= 0:
        chosen.append(last)
        last = before[last]
    return chosen[::-1]


def _prefixes(tree: list) -> list:
    """Return the nodes that together cover the whole of a Fenwick tree."""
    at, nodes = len(tree) - 1, []
    while at:
        nodes.append(tree[at])
        at &= at - 1
    return nodes
