"""Compare words by their stems: rough rules for English; in other languages most words are their own stems."""

import math
import re
from collections import Counter
from collections.abc import Iterable

WORD = re.compile(r"[^\W\d_]+")
STEM_LENGTH = 6
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
    return word[:STEM_LENGTH]


def stems(text: str) -> list[str]:
    """Return the stems of all words, in order, without stop words and words of one or two letters."""
    return [stem(word) for word in WORD.findall(text) if len(word) > 2 and word.lower() not in STOP_WORDS]


class InverseDocumentFrequency:
    """How much a stem says about a section: log of the number of sections over those that contain it."""

    def __init__(self, sections: Iterable[Iterable[str]]):
        sets = [set(section) for section in sections]
        self._count = Counter(stem for section in sets for stem in section)
        self._sections = len(sets) + 1

    def weight(self, stem: str) -> float:
        return max(0.1, math.log(self._sections / (self._count[stem] + 0.5)))

    def weighted_overlap(self, stems: Iterable[str], others: set[str]) -> float:
        """Return the share of `stems`, weighted by rarity, that is in `others`; 0 where there are no stems."""
        weights = [(self.weight(stem), stem in others) for stem in stems]
        total = sum(weight for weight, _is_shared in weights)
        return sum(weight for weight, is_shared in weights if is_shared) / total if total else 0.0
