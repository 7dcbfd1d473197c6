"""Which old paragraph or sentence became which new one, though its words have changed."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from functools import cached_property

from rapidfuzz.distance import Indel

from lessons.annotations.anchoring.paragraphs import MIN_MOVED, equal_pairs
from lessons.annotations.anchoring.tokens import MAX_CELLS, Tokens, align, heaviest_chain

MIN_SIMILARITY = 0.5
# A word in more texts than this does not help to tell them apart.
COMMON = 32
MAX_CANDIDATES = 6
MAX_ROUNDS = 3
# An old text at least this similar to its counterpart has become that one, and nothing else.
SPENT = 0.8
# How much more the order of the pairs found earlier counts than that of the pairs in doubt.
KNOWN_WEIGHT = 8

Pair = tuple[int, int]


class Pairing:
    """The pairs (i, j) of old and new paragraphs, or of sentences, found so far; each is in one pair at most."""

    def __init__(self, old: Sequence[Tokens], new: Sequence[Tokens], pairs: Iterable[Pair] = ()):
        self.old, self.new = old, new
        self.partners: dict[int, int] = dict(pairs)
        # The old ones that may have become any of several new ones.
        self.ambiguous: set[int] = set()
        self._scores: dict[Pair, float] = {}
        self._rivals_of: dict[int, list[int]] = {}

    def add_similar(self) -> list[Pair]:
        """Add pairs of those without one, and return them.

        They share at least half of their tokens. The most similar come first, then those whose positions differ least.
        A pair that may as well be a coincidence among look-alikes is left out.
        """
        scored = sorted((-score, abs(i - j), i, j) for (i, j), score in self._candidates().items())
        pairs = _match_greedily(scored)
        for _round in range(MAX_ROUNDS):
            doubtful = self._doubtful(pairs)
            if not doubtful:
                break
            self.ambiguous.update(i for i, _j in doubtful)
            scored = [candidate for candidate in scored if candidate[2:] not in doubtful]
            pairs = _match_greedily(scored)
        else:
            pairs = [pair for pair in pairs if pair not in self._doubtful(pairs)]
        self.partners |= pairs
        self.ambiguous -= self.partners.keys()
        return sorted(pairs)

    def _candidates(self) -> dict[Pair, float]:
        """Return the similarity of those that share a word that is not COMMON, are equal, or are at the same distance
        from a pair, where it is at least MIN_SIMILARITY."""
        old, new = self._free()
        index, among = _index(self.new, new), set(new)
        found = {(i, j) for i in old for j in _best_votes(self.old[i], index, i)}
        found |= {(i, j) for i, j in self._neighbours() if j in among}
        equal = equal_pairs([str(self.old[i].ids) for i in old], [str(self.new[j].ids) for j in new])
        found |= {(old[m], new[n]) for m, n in equal}
        scores = {pair: self._similarity(*pair) for pair in found}
        return {pair: score for pair, score in scores.items() if score >= MIN_SIMILARITY}

    def _free(self) -> tuple[list[int], list[int]]:
        """Return the old and the new ones without a pair."""
        taken = set(self.partners.values())
        return [i for i in range(len(self.old)) if i not in self.partners], [
            j for j in range(len(self.new)) if j not in taken
        ]

    def _neighbours(self) -> set[Pair]:
        """Return (i, j) at the same distance after a pair, or before one, of each i without a pair."""
        partner = {-1: -1, **self.partners, len(self.old): len(self.new)}
        found = set()
        for order in (range(len(self.old)), range(len(self.old) - 1, -1, -1)):
            nearest = order.start - order.step
            for i in order:
                if i in partner:
                    nearest = i
                else:
                    found.add((i, partner[nearest] + i - nearest))
        return found

    def _doubtful(self, pairs: list[Pair]) -> set[Pair]:
        new = set(pairs)
        known = sorted([*self.partners.items(), *pairs])
        spent = {i for i, j in known if self._similarity(i, j) >= SPENT}
        weighted = [(i, j, len(self.old[i].ids) * (1 if (i, j) in new else KNOWN_WEIGHT)) for i, j in known]
        in_order = {weighted[k][:2] for k in heaviest_chain(weighted)}
        return {pair for pair in pairs if not self._is_convincing(*pair, spent if pair in in_order else None)}

    def _is_convincing(self, i: int, j: int, spent: set[int] | None) -> bool:
        """Return whether nothing else is as likely to have become j.

        `spent` has those that have become something else; it is None unless i and j are between the same neighbours,
        which is evidence for i. Without that, i must be long or unchanged, and more like j than any other old one.
        """
        score = self._similarity(i, j)
        rivals = [k for k in self._rivals(j) if k != i]
        if spent is not None:
            rivals = [k for k in rivals if k not in spent]
        elif score < 1 and min(p.end - p.start for p in (self.old[i], self.new[j])) < MIN_MOVED:
            return False
        return all(self._similarity(k, j) < score for k in rivals)

    def _rivals(self, j: int) -> list[int]:
        if j not in self._rivals_of:
            self._rivals_of[j] = _best_votes(self.new[j], self._old_index, j)
        return self._rivals_of[j]

    @cached_property
    def _old_index(self) -> dict[int, list[int]]:
        return _index(self.old, range(len(self.old)))

    def _similarity(self, i: int, j: int) -> float:
        if (i, j) not in self._scores:
            self._scores[i, j] = similarity(self.old[i].ids, self.new[j].ids)
        return self._scores[i, j]


def similarity(a: list[int], b: list[int]) -> float:
    """Return the share of tokens in common and in order, 0 to 1; 0 below MIN_SIMILARITY; a lower bound if long."""
    if len(a) * len(b) <= MAX_CELLS:
        return Indel.normalized_similarity(a, b, score_cutoff=MIN_SIMILARITY)
    return 2 * sum(size for _i, _j, size in align(a, b)) / (len(a) + len(b))


def _match_greedily(scored: list) -> list[Pair]:
    used_old, used_new, pairs = set(), set(), []
    for _score, _distance, i, j in scored:
        if i not in used_old and j not in used_new:
            used_old.add(i)
            used_new.add(j)
            pairs.append((i, j))
    return pairs


def _index(texts: Sequence[Tokens], numbers: Iterable[int]) -> dict[int, list[int]]:
    """Return the numbers of the texts that have each word."""
    index = defaultdict(list)
    for n in numbers:
        for word in sorted(set(texts[n].ids)):
            index[word].append(n)
    return index


def _best_votes(tokens: Tokens, index: dict[int, list[int]], at: int) -> list[int]:
    """Return the texts that share the most words with `tokens` that are not COMMON, the nearest to `at` first."""
    votes: Counter[int] = Counter()
    for word in set(tokens.ids):
        if len(index.get(word, ())) <= COMMON:
            votes.update(index.get(word, ()))
    best = sorted(votes.items(), key=lambda vote: (-vote[1], abs(vote[0] - at), vote[0]))
    return [n for n, _votes in best[:MAX_CANDIDATES]]
