"""Decide how the lines of a paragraph are joined: at a hyphen, with or without a space. Pure."""

import re
from collections.abc import Iterable

WORD = re.compile(r"[^\W\d_]+(?:[-‐][^\W\d_]+)*")
HYPHENS = ("-", "‐", "¬")
LAST_PART = re.compile(r"([^\W\d_]+)[-‐¬]\Z")
FIRST_PART = re.compile(r"[^\W\d_]+")
# Both parts of a compound are words themselves; shorter ones are often prefixes and suffixes.
MIN_HALF = 4


class Vocabulary:
    """The words of a document that are not hyphenated at the end of a line."""

    def __init__(self, lines: Iterable[str]):
        self._words: set[str] = set()
        for line in lines:
            found = [match[0] for match in WORD.finditer(line)]
            self._words.update(word.casefold() for word in (found[:-1] if line.endswith(HYPHENS) else found))

    def keeps_hyphen(self, before: str, after: str) -> bool:
        """Return whether the hyphen at the end of `before` belongs to the word that continues in `after`."""
        last, first = LAST_PART.search(before), FIRST_PART.match(after)
        if last is None or first is None or not first[0][0].islower():
            return True
        a, b = last[1].casefold(), first[0].casefold()
        if a + b in self._words:
            return False
        if f"{a}-{b}" in self._words or f"{a}‐{b}" in self._words:
            return True
        return min(len(a), len(b)) >= MIN_HALF and a in self._words and b in self._words


def is_hyphenated(before: str, after: str) -> bool:
    """Return whether a word continues in the next line after a hyphen."""
    return before.endswith(HYPHENS) and len(before) > 1 and before[-2].isalnum() and after[:1].isalnum()


def needs_space(before: str, after: str) -> bool:
    """Return whether two lines are joined by a space, unlike in Chinese and Japanese."""
    if not before or not after:
        return False
    return not (_is_ideographic(before[-1]) and _is_ideographic(after[0]))


def _is_ideographic(c: str) -> bool:
    return (
        "\u3000" <= c <= "\u30ff"
        or "\u3400" <= c <= "\u9fff"
        or "\uf900" <= c <= "\ufaff"
        or "\uff00" <= c <= "\uffef"
    )
