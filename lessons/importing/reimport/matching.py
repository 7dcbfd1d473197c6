"""Which text of an article is which lesson: by their names first, then by their words. Pure."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.text import slugify

MIN_SIMILARITY = (
    0.35  # two texts with so large a share of pairs of words in common are one: chance gives a few hundredths
)


@dataclass(frozen=True, slots=True)
class MatchCandidate:
    """One side of a match. names: the surest first; words: the plain text."""

    names: tuple[str, ...]
    text: str


def match(new: Sequence[MatchCandidate], old: Sequence[MatchCandidate]) -> dict[int, int]:
    """Index in `old` by index in `new`; each at most once."""
    found: dict[int, int] = {}
    _by_name(new, old, found, depth=1)
    _by_name(new, old, found, depth=None)
    _by_words(new, old, found)
    return found


def _by_name(
    new: Sequence[MatchCandidate], old: Sequence[MatchCandidate], found: dict[int, int], depth: int | None
) -> None:
    for n, one in enumerate(new):
        names = _keys(one.names[:depth])
        used = set(found.values())
        here = (m for m, other in enumerate(old) if m not in used and names & _keys(other.names[:depth]))
        if n not in found and (m := next(here, None)) is not None:
            found[n] = m


def _by_words(new: Sequence[MatchCandidate], old: Sequence[MatchCandidate], found: dict[int, int]) -> None:
    used = set(found.values())
    mine = {n: _bigrams(one.text) for n, one in enumerate(new) if n not in found}
    theirs = {m: _bigrams(other.text) for m, other in enumerate(old) if m not in used}
    likeness = [(_dice(a, b), n, m) for n, a in mine.items() for m, b in theirs.items()]
    for share, n, m in sorted(likeness, key=lambda one: (-one[0], one[1:])):
        if share >= MIN_SIMILARITY and n not in found and m not in used:
            found[n] = m
            used.add(m)


def _keys(names: tuple[str, ...]) -> set[str]:
    return {slugify(name, allow_unicode=True) or name.casefold() for name in names if name.strip()}


def _bigrams(words: str) -> Counter:
    """How often each two words stand next to each other."""
    all_words = words.casefold().split()
    return Counter(zip(all_words, all_words[1:], strict=False))


def _dice(a: Counter, b: Counter) -> float:
    """Sørensen and Dice's coefficient of two bags, 0 to 1."""
    total = a.total() + b.total()
    return 2 * (a & b).total() / total if total else 0.0
