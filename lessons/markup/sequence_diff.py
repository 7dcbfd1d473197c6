"""Pure: the edits that turn one sequence into another, in nearly linear time for every input.

Patience diff (Bram Cohen): items that both sequences have exactly once, in the same order, are anchors. What is
between two anchors is compared in the same way, and by `difflib` once it is short. Where every item is repeated, as
characters of Chinese are, runs of items are anchors.
"""

from bisect import bisect_left
from collections import Counter
from collections.abc import Hashable, Sequence
from difflib import SequenceMatcher
from typing import NamedTuple

# Between anchors no more pairs of items than this are compared with each other; a longer stretch was replaced.
MAX_PAIRS = 40_000
# Lengths of the runs of items that are looked for as anchors, one length after the other.
RUN_LENGTHS = (1, 3, 8)
# Anchors within stretches between anchors are looked for so many times.
MAX_DEPTH = 12


class Edit(NamedTuple):
    """The items `old[old_start:old_end]` became `new[new_start:new_end]`; one of the ranges may be empty."""

    old_start: int
    old_end: int
    new_start: int
    new_end: int


def edits(old: Sequence[Hashable], new: Sequence[Hashable]) -> list[Edit]:
    """Return the changes from `old` to `new` in order; between any two of them there are equal items."""
    found: list[Edit] = []
    stack = [(Edit(0, len(old), 0, len(new)), 0)]
    while stack:
        stretch, depth = stack.pop()
        stretch = _trimmed(old, new, stretch)
        if stretch.old_start == stretch.old_end and stretch.new_start == stretch.new_end:
            continue
        if stretch.old_start == stretch.old_end or stretch.new_start == stretch.new_end:
            found.append(stretch)
        elif _pairs(stretch) <= MAX_PAIRS:
            found += _compared(old, new, stretch)
        elif depth < MAX_DEPTH and (anchors := _anchors(old, new, stretch)):
            stack += [(part, depth + 1) for part in reversed(_between(stretch, anchors))]
        else:
            found.append(stretch)
    return found


def _pairs(stretch: Edit) -> int:
    return (stretch.old_end - stretch.old_start) * (stretch.new_end - stretch.new_start)


def _trimmed(old: Sequence[Hashable], new: Sequence[Hashable], stretch: Edit) -> Edit:
    """Return the stretch without the items at its start and end that are equal."""
    a, a_end, b, b_end = stretch
    while a < a_end and b < b_end and old[a] == new[b]:
        a, b = a + 1, b + 1
    while a < a_end and b < b_end and old[a_end - 1] == new[b_end - 1]:
        a_end, b_end = a_end - 1, b_end - 1
    return Edit(a, a_end, b, b_end)


def _compared(old: Sequence[Hashable], new: Sequence[Hashable], stretch: Edit) -> list[Edit]:
    a, a_end, b, b_end = stretch
    matcher = SequenceMatcher(None, old[a:a_end], new[b:b_end], autojunk=False)
    return [Edit(a + i, a + j, b + k, b + m) for kind, i, j, k, m in matcher.get_opcodes() if kind != "equal"]


def _anchors(old: Sequence[Hashable], new: Sequence[Hashable], stretch: Edit) -> list[tuple[int, int]]:
    """Return the places of the items that each side has once, as many as stand in the same order."""
    for length in RUN_LENGTHS:
        in_old, in_new = (_unique_runs(old, *stretch[:2], length), _unique_runs(new, *stretch[2:], length))
        pairs = [(n, in_new[run]) for run, n in in_old.items() if run in in_new]
        if pairs:
            return _longest_increasing(pairs)
    return []


def _unique_runs(items: Sequence[Hashable], start: int, end: int, length: int) -> dict[tuple, int]:
    """Return the starts of the runs of so many items that occur once."""
    runs = list(zip(*(items[start + n : end] for n in range(length)), strict=False))
    counts = Counter(runs)
    return {run: n for n, run in enumerate(runs, start) if counts[run] == 1}


def _longest_increasing(pairs: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return the longest run of pairs, sorted by their first numbers, whose second numbers increase, too."""
    tops: list[int] = []
    ends: list[int] = []
    before: list[int] = []
    for n, (_first, second) in enumerate(pairs):
        pile = bisect_left(tops, second)
        before.append(ends[pile - 1] if pile else -1)
        tops[pile : pile + 1] = [second]
        ends[pile : pile + 1] = [n]
    run = []
    n = ends[-1] if ends else -1
    while n >= 0:
        run.append(pairs[n])
        n = before[n]
    return run[::-1]


def _between(stretch: Edit, anchors: list[tuple[int, int]]) -> list[Edit]:
    """Return the stretches before, between and after the anchors."""
    starts = [(stretch.old_start, stretch.new_start), *((a + 1, b + 1) for a, b in anchors)]
    ends = [*anchors, (stretch.old_end, stretch.new_end)]
    return [Edit(a, a_end, b, b_end) for (a, b), (a_end, b_end) in zip(starts, ends, strict=True)]


def similarity(one: Counter, other: Counter) -> float:
    """Return the share of items that two have in common, from 0 to 1."""
    return 2 * (one & other).total() / max(1, one.total() + other.total())


def similar_pairs(old: Sequence[Counter], new: Sequence[Counter], minimum: float) -> list[tuple[int, int]]:
    """Return the places of pairs that are similar, in order, whose similarities have the greatest sum.

    It compares every item of `old` with every one of `new`: give it a few.
    """
    # best[i][j]: the greatest sum for old[i:] and new[j:].
    best = [[0.0] * (len(new) + 1) for _ in range(len(old) + 1)]
    scores = {}
    for i in range(len(old) - 1, -1, -1):
        for j in range(len(new) - 1, -1, -1):
            score = similarity(old[i], new[j])
            scores[i, j] = score if score >= minimum else -1.0
            best[i][j] = max(best[i + 1][j], best[i][j + 1], scores[i, j] + best[i + 1][j + 1])
    pairs, i, j = [], 0, 0
    while i < len(old) and j < len(new):
        if scores[i, j] > 0 and best[i][j] == scores[i, j] + best[i + 1][j + 1]:
            pairs.append((i, j))
            i, j = i + 1, j + 1
        elif best[i][j] == best[i + 1][j]:
            i += 1
        else:
            j += 1
    return pairs
