"""Words compared by their stems: rough, for English, harmless elsewhere (a word is then its own stem)."""

import math
import re
from collections import Counter
from collections.abc import Iterable

WORD = re.compile(r"[^\W\d_]+")
STEM = 6
STOP_WORDS = frozenset(
    "a an the and or nor but so yet if in of on at to by as is be am are was were been being it its do does did "
    "has have had not no for with into from that this these those what when where which who whom how why about "
    "between within through under over can you your our their his her one two all any some more most other than "
    "then them they she he him such will would should could may might must vs via per also".split()
)


def stem(word: str) -> str:
    word = word.lower()
    if len(word) > 3 and word.endswith("s") and not word.endswith("ss"):
        word = word[:-1]
    return word[:STEM]


def stems(text: str) -> list[str]:
    """The stems of all words but the small ones, in order."""
    return [stem(word) for word in WORD.findall(text) if len(word) > 2 and word.lower() not in STOP_WORDS]


class InverseDocumentFrequency:
    """How much a stem says: the logarithm of sections by sections that have it (inverse document frequency)."""

    def __init__(self, sections: Iterable[Iterable[str]]):
        sets = [set(section) for section in sections]
        self._count = Counter(stem for section in sets for stem in section)
        self._sections = len(sets) + 1

    def weight(self, stem: str) -> float:
        return max(0.1, math.log(self._sections / (self._count[stem] + 0.5)))

    def weighted_overlap(self, words: Iterable[str], within: set[str]) -> float:
        """Which share of `words`, weighed by rarity, stands in `within`; 0 where there are no words."""
        weights = [(self.weight(word), word in within) for word in words]
        total = sum(weight for weight, _in in weights)
        return sum(weight for weight, found in weights if found) / total if total else 0.0
