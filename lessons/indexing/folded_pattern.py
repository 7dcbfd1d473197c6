"""A regular expression that finds a text in others as if both were folded. Pure.

It is for PostgreSQL, which has no function that folds a text as `fold` does. It has only characters, classes, groups
and alternatives. Its length is linear in that of the text.
"""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from lessons.indexing.terms import fold

# The blocks with characters that are folded. Hangul syllables and nearly all Han characters are not.
BLOCKS = [
    (0x41, 0x3400),
    (0xA600, 0xAC00),
    (0xF900, 0x11000),
    (0x118A0, 0x118E0),
    (0x1D400, 0x1F200),
    (0x2F800, 0x2FA20),
]
# What is left out of a folded text and may stand between two letters: accents, vowel points, soft hyphens, joiners.
IGNORED = (
    "[\u00ad\u0300-\u0344\u0346-\u036f\u0591-\u05bd\u05bf-\u05c7\u0610-\u061c\u0640\u064b-\u065f\u0670\u06d6-\u06dc"
    "\u200b-\u200f\u202a-\u202e\u2060-\u2064\u20d0-\u20d7\ufe20-\ufe2f\ufeff]*"
)
# The letters that one character is folded to, at most: ﬃ.
MAX_LETTERS = 3
# In a row of letters that one character may stand for, wherever it begins, alternatives multiply.
MAX_OVERLAP = 8


def folded_pattern(text: str) -> str:
    """Return an expression for the texts that contain `text` if both are folded and all white space is alike."""
    spaces = rf"{IGNORED}[\s{_spellings().exact[' ']}]+{IGNORED}"
    return spaces.join(map(_word_pattern, fold(text).split()))


class _Spellings(NamedTuple):
    """The characters that are folded to certain letters; to more letters, which end in them; or begin with them."""

    exact: dict[str, str]
    ending: dict[str, str]
    beginning: dict[str, str]


@lru_cache(maxsize=1)
def _spellings() -> _Spellings:
    spellings = _Spellings(defaultdict(str), defaultdict(str), defaultdict(str))
    for character in (chr(n) for first, end in BLOCKS for n in range(first, end)):
        folded = fold(character) if character.isalnum() or unicodedata.decomposition(character) else character
        if folded != character and 0 < len(folded) <= MAX_LETTERS:
            spellings.exact[folded] += character
            for n in range(1, len(folded)):
                spellings.ending[folded[n:]] += character
                spellings.beginning[folded[:n]] += character
    return spellings


def _word_pattern(word: str) -> str:
    steps = [_steps(word, start) for start in range(len(word))]
    return IGNORED.join(_piece_pattern(steps, start, end) for start, end in _pieces(steps))


def _steps(word: str, start: int) -> dict[int, str]:
    """Return which characters stand for the letters of a word from `start` on, by where the letters end.

    A character that stands for more may be the first or the last.
    """
    exact, ending, beginning = _spellings()
    steps = {}
    for end in range(start + 1, min(start + MAX_LETTERS, len(word)) + 1):
        letters = word[start:end]
        characters = (letters if end == start + 1 else "") + exact.get(letters, "")
        characters += ending.get(letters, "") if start == 0 else ""
        characters += beginning.get(letters, "") if end == len(word) else ""
        if characters:
            steps[end] = _one_of(characters)
    return steps


def _one_of(characters: str) -> str:
    """Return the alternative of the characters; the first one may be decomposed, too."""
    decomposed = unicodedata.normalize("NFD", characters[0])
    if len(decomposed) == 1:
        return _class(characters)
    exact = _spellings().exact
    return f"(?:{_class(characters)}|{''.join(_class(part + exact.get(part, '')) for part in decomposed)})"


def _class(characters: str) -> str:
    escaped = "".join(map(re.escape, dict.fromkeys(characters)))
    return escaped if len(characters) == 1 else f"[{escaped}]"


def _pieces(steps: list[dict[int, str]]) -> Iterator[tuple[int, int]]:
    """Yield the spans of a word between which no character stands for letters of two; cut if they are long."""
    start = reach = 0
    for position, ends in enumerate(steps):
        if position and (position == reach or position - start == MAX_OVERLAP):
            yield start, position
            start = position
        reach = max(reach, *ends)
    yield start, len(steps)


def _piece_pattern(steps: list[dict[int, str]], start: int, end: int) -> str:
    rest = {n: IGNORED + _piece_pattern(steps, n, end) if n < end else "" for n in steps[start] if n <= end}
    ways = [steps[start][n] + after for n, after in rest.items()]
    return ways[0] if len(ways) == 1 else f"(?:{'|'.join(ways)})"
