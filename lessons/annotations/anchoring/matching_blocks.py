"""Matching blocks: runs of characters that are in both texts, as (start in the old text, start in the new, length)."""

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Collection, Iterator
from itertools import pairwise

from rapidfuzz.distance import Indel

from lessons.annotations.anchoring.paragraphs import Span
from lessons.annotations.anchoring.similarity import similarity
from lessons.annotations.anchoring.tokens import Tokens, Vocabulary, align, unique_pairs

# What is left over is matched by this many tokens in a row that occur once on both sides, if they are long enough.
SEED = 4
MIN_LEFTOVER = 18
# A replaced stretch is compared character by character up to this length, and this many in a row count.
MAX_REFINED = 160
MIN_REFINED = 3
MAX_SLIDE = 80
SENTENCE_ENDS = '.!?…。！？"”’)'

MatchingBlock = tuple[int, int, int]


def blocks_from_tokens(old: str, new: str, old_tokens: Tokens, new_tokens: Tokens) -> list[MatchingBlock]:
    """Return the blocks of an alignment of the tokens, with the white space between them where it is the same."""
    blocks: list[MatchingBlock] = []
    for i, j, size in align(old_tokens.ids, new_tokens.ids):
        blocks += blocks_from_spans(old, new, old_tokens.spans[i : i + size], new_tokens.spans[j : j + size])
    return blocks


def blocks_from_spans(old: str, new: str, old_spans: list, new_spans: list) -> list[MatchingBlock]:
    """Return one block if the stretches are equal, else one for each token."""
    (start, end), (new_start, new_end) = _hull(old_spans), _hull(new_spans)
    if old[start:end] == new[new_start:new_end]:
        return [(start, new_start, end - start)]
    return [(s, n, e - s) for (s, e), (n, _) in zip(old_spans, new_spans, strict=True)]


def _hull(spans: list) -> tuple[int, int]:
    return spans[0][0], spans[-1][1]


def add_leftover_matches(old: str, new: str, blocks: list[MatchingBlock]) -> list[MatchingBlock]:
    """Return `blocks`, sorted, and matches among what they leave over, which replace blocks that are probably
    accidental."""
    likely = accidental_blocks(old, new, blocks)
    matches = match_leftovers(old, new, [block for block in blocks if block not in likely])
    used, used_new = bytearray(len(old)), bytearray(len(new))
    for i, j, n in matches:
        used[i : i + n] = used_new[j : j + n] = b"\1" * n
    others = [(i, j, n) for i, j, n in blocks if not (any(used[i : i + n]) or any(used_new[j : j + n]))]
    return sorted(others + matches)


def accidental_blocks(old: str, new: str, blocks: list[MatchingBlock]) -> set[MatchingBlock]:
    """Return the blocks shorter than what was changed before them and after them: "the" or a full stop between other
    words."""
    edges = [(0, 0, 0), *blocks, (len(old), len(new), 0)]
    gaps = [max(b[0] - a[0] - a[2], abs(b[1] - a[1] - a[2])) for a, b in pairwise(edges)]
    return {
        block for k, block in enumerate(blocks) if block[2] < MIN_LEFTOVER and block[2] <= min(gaps[k], gaps[k + 1])
    }


def match_leftovers(old: str, new: str, blocks: list[MatchingBlock]) -> list[MatchingBlock]:
    """Return matches among what `blocks` leave over in both texts, wherever it went: split, merged and moved
    sentences.

    Seed and extend: SEED tokens in a row that occur once in each of the whole texts, extended in both directions. A
    repeated run would not show which of several look-alikes it belongs to.
    """
    vocabulary = Vocabulary()
    a = _leftover_tokens(old, [(i, i + n) for i, _j, n in blocks], vocabulary, -1)
    b = _leftover_tokens(new, [(j, j + n) for _i, j, n in blocks], vocabulary, -2)
    seeds = _seeds(a.ids, b.ids)
    repeated = _repeated_runs(old, vocabulary) | _repeated_runs(new, vocabulary)
    seeds = [(i, j) for i, j in seeds if tuple(a.ids[i : i + SEED]) not in repeated]
    matches = []
    for i, j, size in _extend_matches(a.ids, b.ids, seeds):
        spans = a.spans[i : i + size]
        if spans[-1][1] - spans[0][0] >= MIN_LEFTOVER:
            matches += blocks_from_spans(old, new, spans, b.spans[j : j + size])
    return matches


def _leftover_tokens(text: str, used: list[tuple[int, int]], vocabulary: Vocabulary, separator: int) -> Tokens:
    """Return the tokens outside `used`; stretches are kept apart by `separator`, an id that the other text lacks."""
    tokens = Tokens(text, 0, 0, vocabulary)
    edges = sorted([(0, 0), *used, (len(text), len(text))])
    for (_start, end), (start, _end) in pairwise(edges):
        if end < start:
            stretch = Tokens(text, end, start, vocabulary)
            tokens.spans += [*stretch.spans, (start, start)]
            tokens.ids += [*stretch.ids, separator]
    return tokens


def _seeds(a: list[int], b: list[int]) -> list[tuple[int, int]]:
    """Return (i, j) of each run of SEED tokens that occurs once in each."""
    return unique_pairs(*(list(zip(*(ids[k:] for k in range(SEED)), strict=False)) for ids in (a, b)))


def _repeated_runs(text: str, vocabulary: Vocabulary) -> set[tuple[int, ...]]:
    """Return the runs of SEED tokens that a text has more than once."""
    ids = Tokens(text, 0, len(text), vocabulary).ids
    counts = Counter(zip(*(ids[k:] for k in range(SEED)), strict=False))
    return {run for run, count in counts.items() if count > 1}


def _extend_matches(a: list[int], b: list[int], seeds: list[tuple[int, int]]):
    """Yield blocks (i, j, n) around the seeds, no token in two of them."""
    free_a, free_b = bytearray(b"\1") * len(a), bytearray(b"\1") * len(b)
    for i, j in seeds:
        if not (all(free_a[i : i + SEED]) and all(free_b[j : j + SEED])):
            continue
        size = SEED
        while i and j and a[i - 1] == b[j - 1] and free_a[i - 1] and free_b[j - 1]:
            i, j, size = i - 1, j - 1, size + 1
        while i + size < len(a) and j + size < len(b) and a[i + size] == b[j + size]:
            if not (free_a[i + size] and free_b[j + size]):
                break
            size += 1
        free_a[i : i + size] = free_b[j : j + size] = bytes(size)
        yield i, j, size


class Gaps:
    """The stretches of both texts that face each other between two blocks, if no other block is there, nor any of the
    spans `barred` of the old text."""

    def __init__(self, blocks: list[MatchingBlock], barred: list[Span]):
        self.blocks, self.barred = sorted(blocks), sorted(barred)
        self.new_starts = sorted(j for _i, j, _n in blocks)

    def inside(self, old_span: Span, new_span: Span) -> Iterator[tuple[int, int, int, int]]:
        """Yield (i, i_end, j, j_end) of each inside two spans, neither stretch empty."""
        (start, end), (new_start, new_end) = old_span, new_span
        blocks = self.blocks[bisect_left(self.blocks, (start,)) : bisect_left(self.blocks, (end,))]
        for (i, j, n), (i_end, j_end, _n) in pairwise([(start, new_start, 0), *blocks, (end, new_end, 0)]):
            i, j = i + n, j + n
            # What is between two blocks in the old text need not be between them in the new one.
            facing = bisect_left(self.new_starts, j) == bisect_left(self.new_starts, j_end)
            if i < i_end and j < j_end and facing and not self._is_barred(i, i_end):
                yield i, i_end, j, j_end

    def _is_barred(self, i: int, i_end: int) -> bool:
        last = bisect_left(self.barred, (i_end,)) - 1
        return last >= 0 and self.barred[last][1] > i


def gap_matches(
    old: str, new: str, gaps: Gaps, old_span: Span, new_span: Span, min_similarity: float = 0
) -> list[MatchingBlock]:
    """Return the blocks of the tokens in the gaps inside two spans, where these are similar enough."""
    matches = []
    for i, i_end, j, j_end in gaps.inside(old_span, new_span):
        vocabulary = Vocabulary()
        a, b = Tokens(old, i, i_end, vocabulary), Tokens(new, j, j_end, vocabulary)
        if not min_similarity or similarity(a.ids, b.ids) >= min_similarity:
            matches += blocks_from_tokens(old, new, a, b)
    return matches


def refine(old: str, new: str, gaps: Gaps) -> list[MatchingBlock]:
    """Return the blocks of the gaps, sorted, and the characters that a short replaced stretch shares with its
    replacement."""
    matches = []
    for i, i_end, j, j_end in gaps.inside((0, len(old)), (0, len(new))):
        if i_end - i <= MAX_REFINED and j_end - j <= MAX_REFINED:
            matches += _character_matches(old[i:i_end], new[j:j_end], i, j)
    return sorted(gaps.blocks + matches)


def _character_matches(old: str, new: str, i: int, j: int) -> list[MatchingBlock]:
    matches = Indel.opcodes(old, new).as_matching_blocks()
    return [(i + m.a, j + m.b, m.size) for m in matches if m.size >= MIN_REFINED]


def join_adjacent(old: str, new: str, blocks: list[MatchingBlock]) -> list[MatchingBlock]:
    """Return `blocks`, sorted, extended by the equal white space after them, and joined where they then meet."""
    joined: list[MatchingBlock] = []
    starts = sorted(j for _i, j, _n in blocks)
    for i, j, n in blocks:
        if joined:
            joined[-1] = _with_white_space(old, new, joined[-1], i, starts)
            i0, j0, n0 = joined[-1]
            if (i0 + n0, j0 + n0) == (i, j):
                joined[-1] = (i0, j0, n0 + n)
                continue
        joined.append((i, j, n))
    if joined:
        joined[-1] = _with_white_space(old, new, joined[-1], len(old), starts)
    return joined


def _with_white_space(old: str, new: str, block: MatchingBlock, until: int, starts: list[int]) -> MatchingBlock:
    i, j, n = block
    next_block = bisect_right(starts, j + n - 1)
    new_until = starts[next_block] if next_block < len(starts) else len(new)
    while i + n < until and j + n < new_until and old[i + n].isspace() and old[i + n] == new[j + n]:
        n += 1
    return i, j, n


def slide_gaps(
    old: str, new: str, blocks: list[MatchingBlock], old_breaks: Collection[int], new_breaks: Collection[int]
) -> list[MatchingBlock]:
    """Return `blocks`, sorted, with each pure insertion or deletion between two of them slid to where a writer would
    see it.

    "A cat sat. A dog ran." without its first sentence may be read as having lost "cat sat. A ": a cut at the edge of a
    block of the page, a sentence or a word is likelier (Fraser's "semantic lossless" clean-up).
    """
    blocks = list(blocks)
    for k in range(len(blocks) - 1):
        a, b = blocks[k], blocks[k + 1]
        gap, new_gap = b[0] - a[0] - a[2], b[1] - a[1] - a[2]
        if gap > 0 and new_gap == 0:
            shift = _best_slide(old, old_breaks, a[0] + a[2], b[0], a[2], b[2])
        elif new_gap > 0 and gap == 0:
            shift = _best_slide(new, new_breaks, a[1] + a[2], b[1], a[2], b[2])
        else:
            continue
        blocks[k] = (a[0], a[1], a[2] + shift)
        blocks[k + 1] = (b[0] + shift, b[1] + shift, b[2] - shift)
    return blocks


def _best_slide(text: str, breaks: Collection[int], start: int, end: int, room_before: int, room_after: int) -> int:
    """Return by how many characters the gap [start, end) is best slid; one character stays of each block beside it."""

    def quality(shift: int) -> int:
        return sum(5 if at in breaks else _cut_quality(text, at) for at in (start + shift, end + shift))

    best, chosen, shift = quality(0), 0, 0
    while shift + 1 < min(room_after, MAX_SLIDE) and text[start + shift] == text[end + shift]:
        shift += 1
        if quality(shift) > best:
            best, chosen = quality(shift), shift
    shift = 0
    while shift - 1 > -min(room_before, MAX_SLIDE) and text[start + shift - 1] == text[end + shift - 1]:
        shift -= 1
        if quality(shift) > best:
            best, chosen = quality(shift), shift
    return chosen


def _cut_quality(text: str, at: int) -> int:
    """Return how good a cut at `at` is: 4 at the edge of a line, 3 after a sentence, 2 after other punctuation, 1
    between words."""
    if at in (0, len(text)) or "\n" in (text[at - 1], text[at]):
        return 4
    before, after = text[at - 1], text[at]
    if before.isspace() or after.isspace():
        last = text[max(0, at - 4) : at].rstrip()[-1:]
        if last and last in SENTENCE_ENDS:
            return 3
        return 2 if last and not last.isalnum() else 1
    if after.isupper() and (before.islower() or before in SENTENCE_ENDS):
        return 3  # where a block ended without a line end
    return 0 if before.isalnum() and after.isalnum() else 1
