"""Match the lessons of an article with those of a module: by their names first, then by their text. Pure."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.text import slugify

from lessons.memo import memoized

# With at least this share of word pairs in common, two texts are versions of one; unrelated ones share a few percent.
MIN_SIMILARITY = 0.35


@dataclass(frozen=True, slots=True)
class MatchCandidate:
    """One side of a match: its names, the most reliable first, and its plain text."""

    names: tuple[str, ...]
    text: str


@memoized
def match(new: tuple[MatchCandidate, ...], old: tuple[MatchCandidate, ...]) -> dict[int, int]:
    """Return the index in `old` by the index in `new`; each is matched at most once."""
    matches: dict[int, int] = {}
    _match_by_name(new, old, matches, depth=1)
    _match_by_name(new, old, matches, depth=None)
    _match_by_text(new, old, matches)
    return matches


def _match_by_name(
    new: Sequence[MatchCandidate], old: Sequence[MatchCandidate], matches: dict[int, int], depth: int | None
) -> None:
    """Match candidates with one of their first `depth` names in common; if None, any of their names."""
    for n, candidate in enumerate(new):
        names = _name_keys(candidate.names[:depth])
        used = set(matches.values())
        same = (m for m, other in enumerate(old) if m not in used and names & _name_keys(other.names[:depth]))
        if n not in matches and (m := next(same, None)) is not None:
            matches[n] = m


def _match_by_text(new: Sequence[MatchCandidate], old: Sequence[MatchCandidate], matches: dict[int, int]) -> None:
    """Match the remaining candidates, the most similar pair first."""
    used = set(matches.values())
    new_bigrams = {n: _bigrams(candidate.text) for n, candidate in enumerate(new) if n not in matches}
    old_bigrams = {m: _bigrams(candidate.text) for m, candidate in enumerate(old) if m not in used}
    pairs = [(_dice(a, b), n, m) for n, a in new_bigrams.items() for m, b in old_bigrams.items()]
    for similarity, n, m in sorted(pairs, key=lambda pair: (-pair[0], pair[1:])):
        if similarity >= MIN_SIMILARITY and n not in matches and m not in used:
            matches[n] = m
            used.add(m)


def _name_keys(names: tuple[str, ...]) -> set[str]:
    return {slugify(name, allow_unicode=True) or name.casefold() for name in names if name.strip()}


def _bigrams(text: str) -> Counter[tuple[str, str]]:
    """Count each pair of adjacent words."""
    words = text.casefold().split()
    return Counter(zip(words, words[1:], strict=False))


def _dice(a: Counter, b: Counter) -> float:
    """Return the Sørensen–Dice coefficient of two multisets, 0 to 1."""
    total = a.total() + b.total()
    return 2 * (a & b).total() / total if total else 0.0
