"""Runs: stretches of characters that stand in both texts, as (start in the old text, start in the new, length)."""

from bisect import bisect_right
from itertools import pairwise

from rapidfuzz.distance import Indel

from lessons.annotations.anchoring.tokens import Tokens, Vocabulary, align, unique_pairs

# What is left over is matched by this many tokens in a row that stand once on both sides, if they are long enough.
SEED = 4
MIN_LEFTOVER = 18
# A replaced stretch is compared letter by letter up to this length, and this many letters in a row count.
MAX_REFINED = 160
MIN_REFINED = 3
MAX_SLIDE = 80
SENTENCE_ENDS = '.!?…。！？"”’)'

MatchingBlock = tuple[int, int, int]


def blocks_from_tokens(old: str, new: str, old_tokens: Tokens, new_tokens: Tokens) -> list[MatchingBlock]:
    """The runs of an alignment of the tokens, with the white space between them where it is the same."""
    runs = []
    for i, j, size in align(old_tokens.ids, new_tokens.ids):
        runs += blocks_from_spans(old, new, old_tokens.spans[i : i + size], new_tokens.spans[j : j + size])
    return runs


def blocks_from_spans(old: str, new: str, old_spans: list, new_spans: list) -> list[MatchingBlock]:
    """One run if the stretches are equal, else one a token."""
    (start, end), (new_start, new_end) = _hull(old_spans), _hull(new_spans)
    if old[start:end] == new[new_start:new_end]:
        return [(start, new_start, end - start)]
    return [(s, n, e - s) for (s, e), (n, _) in zip(old_spans, new_spans, strict=True)]


def _hull(spans: list) -> tuple[int, int]:
    return spans[0][0], spans[-1][1]


def add_leftover_matches(old: str, new: str, runs: list[MatchingBlock]) -> list[MatchingBlock]:
    """`runs`, sorted, and those of what they leave over; these take the place of runs that are likely chance."""
    chance = _accidental(old, new, runs)
    found = match_leftovers(old, new, [run for run in runs if run not in chance])
    taken, taken_new = bytearray(len(old)), bytearray(len(new))
    for i, j, n in found:
        taken[i : i + n] = taken_new[j : j + n] = b"\1" * n
    kept = [(i, j, n) for i, j, n in runs if not (any(taken[i : i + n]) or any(taken_new[j : j + n]))]
    return sorted(kept + found)


def _accidental(old: str, new: str, runs: list[MatchingBlock]) -> set[MatchingBlock]:
    """Runs shorter than what was changed before them and behind them: "the" or a full stop between other words."""
    edges = [(0, 0, 0), *runs, (len(old), len(new), 0)]
    gaps = [max(b[0] - a[0] - a[2], abs(b[1] - a[1] - a[2])) for a, b in pairwise(edges)]
    return {run for k, run in enumerate(runs) if run[2] < MIN_LEFTOVER and run[2] <= min(gaps[k], gaps[k + 1])}


def match_leftovers(old: str, new: str, runs: list[MatchingBlock]) -> list[MatchingBlock]:
    """Runs between what `runs` leave over in both texts, wherever it went: split, merged and moved sentences.

    Seed and extend: SEED tokens in a row that stand once on each side, made longer in both directions.
    """
    vocabulary = Vocabulary()
    a = _leftover_tokens(old, [(i, i + n) for i, _j, n in runs], vocabulary, -1)
    b = _leftover_tokens(new, [(j, j + n) for _i, j, n in runs], vocabulary, -2)
    found = []
    for i, j, size in _extend_matches(a.ids, b.ids, _seeds(a.ids, b.ids)):
        spans = a.spans[i : i + size]
        if spans[-1][1] - spans[0][0] >= MIN_LEFTOVER:
            found += blocks_from_spans(old, new, spans, b.spans[j : j + size])
    return found


def _leftover_tokens(text: str, taken: list, vocabulary: Vocabulary, wall: int) -> Tokens:
    """The tokens outside `taken`; between two stretches a wall, a token that equals none of the other text."""
    tokens = Tokens(text, 0, 0, vocabulary)
    edges = sorted([(0, 0), *taken, (len(text), len(text))])
    for (_start, end), (start, _end) in pairwise(edges):
        if end < start:
            stretch = Tokens(text, end, start, vocabulary)
            tokens.spans += [*stretch.spans, (start, start)]
            tokens.ids += [*stretch.ids, wall]
    return tokens


def _seeds(a: list[int], b: list[int]) -> list[tuple[int, int]]:
    """(i, j) of each row of SEED tokens that stands once in each."""
    return unique_pairs(*(list(zip(*(ids[k:] for k in range(SEED)), strict=False)) for ids in (a, b)))


def _extend_matches(a: list[int], b: list[int], seeds: list[tuple[int, int]]):
    """Blocks (i, j, n) around the seeds, no token in two of them."""
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


def refine(old: str, new: str, runs: list[MatchingBlock]) -> list[MatchingBlock]:
    """`runs`, sorted, and the letters that a short replaced stretch shares with what replaced it."""
    starts = sorted(j for _i, j, _n in runs)
    found = []
    for (i, j, n), (i_next, j_next, _n) in pairwise([(0, 0, 0), *runs, (len(old), len(new), 0)]):
        gap, new_gap = i_next - i - n, j_next - j - n
        if not (0 < gap <= MAX_REFINED and 0 < new_gap <= MAX_REFINED):
            continue
        # What stands between two runs in the old text need not stand between them in the new one.
        if bisect_right(starts, j_next - 1) == bisect_right(starts, j + n - 1):
            found += _letters(old[i + n : i_next], new[j + n : j_next], i + n, j + n)
    return sorted(runs + found)


def _letters(old: str, new: str, i: int, j: int) -> list[MatchingBlock]:
    blocks = Indel.opcodes(old, new).as_matching_blocks()
    return [(i + m.a, j + m.b, m.size) for m in blocks if m.size >= MIN_REFINED]


def join_adjacent(old: str, new: str, runs: list[MatchingBlock]) -> list[MatchingBlock]:
    """`runs`, sorted, made longer by the equal white space behind them, and joined where they then meet."""
    out: list[MatchingBlock] = []
    starts = sorted(j for _i, j, _n in runs)
    for i, j, n in runs:
        if out:
            out[-1] = _with_white_space(old, new, out[-1], i, starts)
            i0, j0, n0 = out[-1]
            if (i0 + n0, j0 + n0) == (i, j):
                out[-1] = (i0, j0, n0 + n)
                continue
        out.append((i, j, n))
    if out:
        out[-1] = _with_white_space(old, new, out[-1], len(old), starts)
    return out


def _with_white_space(old: str, new: str, run: MatchingBlock, until: int, starts: list[int]) -> MatchingBlock:
    i, j, n = run
    next_run = bisect_right(starts, j + n - 1)
    new_until = starts[next_run] if next_run < len(starts) else len(new)
    while i + n < until and j + n < new_until and old[i + n].isspace() and old[i + n] == new[j + n]:
        n += 1
    return i, j, n


def slide_gaps(old: str, new: str, runs: list[MatchingBlock]) -> list[MatchingBlock]:
    """`runs`, sorted, with each pure insertion or deletion between two of them slid to where a writer would see it.

    "A cat sat. A dog ran." without its first sentence may be read as having lost "cat sat. A ": a cut at the edge of
    a sentence or word is the likelier one (Fraser's "semantic lossless" clean-up).
    """
    runs = list(runs)
    for k in range(len(runs) - 1):
        a, b = runs[k], runs[k + 1]
        gap, new_gap = b[0] - a[0] - a[2], b[1] - a[1] - a[2]
        if gap > 0 and new_gap == 0:
            shift = _best_slide(old, a[0] + a[2], b[0], a[2], b[2])
        elif new_gap > 0 and gap == 0:
            shift = _best_slide(new, a[1] + a[2], b[1], a[2], b[2])
        else:
            continue
        runs[k] = (a[0], a[1], a[2] + shift)
        runs[k + 1] = (b[0] + shift, b[1] + shift, b[2] - shift)
    return runs


def _best_slide(text: str, start: int, end: int, room_before: int, room_behind: int) -> int:
    """By how many characters the gap [start, end) is best slid; one character stays of each run beside it."""
    best, shift = (_cut_quality(text, start) + _cut_quality(text, end), 0), 0
    while shift + 1 < min(room_behind, MAX_SLIDE) and text[start + shift] == text[end + shift]:
        shift += 1
        best = max(best, (_cut_quality(text, start + shift) + _cut_quality(text, end + shift), -shift))
    chosen, shift = (best[0], -best[1]), 0
    while shift - 1 > -min(room_before, MAX_SLIDE) and text[start + shift - 1] == text[end + shift - 1]:
        shift -= 1
        quality = _cut_quality(text, start + shift) + _cut_quality(text, end + shift)
        if quality > chosen[0]:
            chosen = (quality, shift)
    return chosen[1]


def _cut_quality(text: str, at: int) -> int:
    """How good a cut at `at` is: 4 at a line's edge, 3 behind a sentence, 2 behind other signs, 1 between words."""
    if at in (0, len(text)) or "\n" in (text[at - 1], text[at]):
        return 4
    before, behind = text[at - 1], text[at]
    if before.isspace() or behind.isspace():
        last = text[max(0, at - 4) : at].rstrip()[-1:]
        if last and last in SENTENCE_ENDS:
            return 3
        return 2 if last and not last.isalnum() else 1
    if behind.isupper() and (before.islower() or before in SENTENCE_ENDS):
        return 3  # where a block ended without a line end
    return 0 if before.isalnum() and behind.isalnum() else 1
