"""Which paragraph of an old text became which of the new one."""

import re
from collections import Counter, defaultdict
from itertools import pairwise

from rapidfuzz.distance import Indel

from lessons.annotations.anchoring.tokens import MAX_CELLS, Tokens, align, heaviest_chain, unique_pairs

# A text whose blocks follow each other without a line end is cut at its sentences instead.
MAX_LINE = 5_000
LINE = re.compile(r"\S(?:[^\n]*\S)?")
SENTENCE_END = re.compile(r"(?<![.!?…])[.!?…]++[\"'”’»)\]]*+(?:\s+|(?=[^\W\d_a-z]))|[。！？؟।][”’»）」』]*\s*")
# A moved paragraph must be long enough not to be a heading like "Summary".
MIN_MOVED = 40
MIN_SIMILARITY = 0.5
# A word in more paragraphs than this does not help to tell them apart.
COMMON = 32
MAX_CANDIDATES = 6

Span = tuple[int, int]


def has_long_line(text: str) -> bool:
    return any(len(line) > MAX_LINE for line in text.split("\n"))


def split_paragraphs(text: str, *, at_sentences: bool) -> list[Span]:
    """Return (start, end) of each line that is not blank, without the white space around it; or of each sentence."""
    lines = [line.span() for line in LINE.finditer(text)]
    if not at_sentences:
        return lines
    spans = []
    for start, end in lines:
        cuts = [start, *(match.end() for match in SENTENCE_END.finditer(text, start, end - 1)), end]
        spans += [(s, s + len(text[s:e].rstrip())) for s, e in pairwise(cuts) if not text[s:e].isspace()]
    return spans


def equal_pairs(old: list[str], new: list[str]) -> list[tuple[int, int]]:
    """Return (i, j) with old[i] == new[j], by i, each used once.

    First what is unique in both texts, the longest chain of it by characters; between these, what is repeated, in
    order; and what is unique but not in the chain, from MIN_MOVED characters on.
    """
    singles = [(i, j, len(old[i])) for i, j in unique_pairs(old, new)]
    chain = {singles[k][:2] for k in heaviest_chain(singles)}
    moved = {(i, j) for i, j, length in singles if (i, j) not in chain and length >= MIN_MOVED}
    pairs = chain | moved
    for (i, j), (i_end, j_end) in pairwise([(-1, -1), *sorted(chain), (len(old), len(new))]):
        for m, n, size in align(old[i + 1 : i_end], new[j + 1 : j_end]):
            pairs |= {(i + 1 + m + k, j + 1 + n + k) for k in range(size)}
    return _unique(sorted(pairs))


def _unique(pairs: list[tuple[int, int]]) -> list[tuple[int, int]]:
    partners: dict[int, int] = {}
    used = set()
    for i, j in pairs:
        if i not in partners and j not in used:
            partners[i] = j
            used.add(j)
    return list(partners.items())


def similar_pairs(
    old: dict[int, Tokens], new: dict[int, Tokens], neighbours: set[tuple[int, int]]
) -> list[tuple[int, int]]:
    """Return (i, j) of paragraphs, given by their index, that share at least half of their tokens; each used once.

    The most similar come first, then those whose positions differ least. Candidates share a word that is not COMMON,
    or are the pairs `neighbours`.
    """
    scored = []
    for i, j in sorted(_candidates(old, new) | neighbours):
        score = _similarity(old[i].ids, new[j].ids)
        if score >= MIN_SIMILARITY:
            scored.append((-score, abs(i - j), i, j))
    scored.sort()
    return sorted(_matched(scored))


def _similarity(a: list[int], b: list[int]) -> float:
    """Return the share of tokens in common and in order, 0 to 1; 0 below MIN_SIMILARITY; a lower bound if long."""
    if len(a) * len(b) <= MAX_CELLS:
        return Indel.normalized_similarity(a, b, score_cutoff=MIN_SIMILARITY)
    return 2 * sum(size for _i, _j, size in align(a, b)) / (len(a) + len(b))


def _matched(scored: list) -> list[tuple[int, int]]:
    used_old, used_new, pairs = set(), set(), []
    for _score, _distance, i, j in scored:
        if i not in used_old and j not in used_new:
            used_old.add(i)
            used_new.add(j)
            pairs.append((i, j))
    return pairs


def _candidates(old: dict[int, Tokens], new: dict[int, Tokens]) -> set[tuple[int, int]]:
    paragraphs_with = defaultdict(list)
    for j, tokens in new.items():
        for word in sorted(set(tokens.ids)):
            paragraphs_with[word].append(j)
    candidates = set()
    for i, tokens in old.items():
        votes: Counter[int] = Counter()
        for word in set(tokens.ids):
            if len(paragraphs_with.get(word, ())) <= COMMON:
                votes.update(paragraphs_with.get(word, ()))
        best = sorted(votes.items(), key=lambda vote: (-vote[1], abs(vote[0] - i), vote[0]))
        candidates |= {(i, j) for j, _votes in best[:MAX_CANDIDATES]}
    return candidates


def neighbour_pairs(pairs: list[tuple[int, int]], old_count: int, new_count: int) -> set[tuple[int, int]]:
    """Return (i, j) of paragraphs without a pair at the same distance after a pair, or before one."""
    partner = {-1: -1, **dict(pairs), old_count: new_count}
    free = set(range(new_count)) - set(partner.values())
    found = set()
    for order in (range(old_count), range(old_count - 1, -1, -1)):
        nearest = order.start - order.step
        for i in order:
            if i in partner:
                nearest = i
            elif partner[nearest] + i - nearest in free:
                found.add((i, partner[nearest] + i - nearest))
    return found
