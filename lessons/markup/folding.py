"""Pure: compare texts regardless of case, accents, invisible characters, entities and percent-encoding."""

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache
from html import unescape
from typing import NamedTuple
from urllib.parse import unquote

# Letters that Unicode does not decompose, with their forms without a mark.
UNDECOMPOSED = str.maketrans(
    {"œ": "oe", "æ": "ae", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ħ": "h", "ı": "i", "ŋ": "n", "ŧ": "t"}
)
IGNORED_CATEGORIES = {"Mn", "Me", "Cf"}
# Encoded characters: percent-encoded bytes, an entity, a backslash before punctuation (Markdown).
ENCODED = re.compile(
    r"(?:%[0-9A-Fa-f]{2})+|&(?:#[0-9]{1,7}|#[xX][0-9A-Fa-f]{1,6}|[A-Za-z][A-Za-z0-9]{1,30});|\\(?=[!-/:-@\[-`{-~])"
)
SPECIAL = re.compile(r"[%&\\]")


class FoldedText(NamedTuple):
    """A folded text, and where each of its characters begins and ends in the original."""

    text: str
    starts: range | list[int]
    ends: range | list[int]

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Return the span of the original that was folded to `text[start:end]`, which is not empty."""
        return self.starts[start], self.ends[end - 1]


@lru_cache(maxsize=4096)
def fold_character(character: str) -> str:
    decomposed = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", character).casefold())
    return "".join(c for c in decomposed if unicodedata.category(c) not in IGNORED_CATEGORIES).translate(UNDECOMPOSED)


def fold(text: str) -> str:
    """Return the text without case, accents and invisible characters; encoded characters stay encoded."""
    return text.lower() if text.isascii() else "".join(map(fold_character, text))


def fold_with_offsets(text: str) -> FoldedText:
    """Fold a text and decode the encoded characters in it, as a reader or a browser would."""
    if text.isascii() and not SPECIAL.search(text):
        return FoldedText(text.lower(), range(len(text)), range(1, len(text) + 1))
    folded: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    for piece, start, end in _pieces(text):
        characters = fold(piece)
        if characters:
            folded.append(characters)
            starts += [start] * len(characters)
            ends += [end] * len(characters)
        elif ends:
            ends[-1] = end  # an accent belongs to the letter before it
    return FoldedText("".join(folded), starts, ends)


def _pieces(text: str) -> Iterable[tuple[str, int, int]]:
    """Yield each character, decoded, with the span that it has in the text."""
    position = 0
    for match in ENCODED.finditer(text):
        yield from ((text[i], i, i + 1) for i in range(position, match.start()))
        yield _decode(match[0]), match.start(), match.end()
        position = match.end()
    yield from ((text[i], i, i + 1) for i in range(position, len(text)))


def _decode(encoded: str) -> str:
    """Return the decoded text; a backslash alone becomes nothing."""
    if encoded == "\\":
        return ""
    return unquote(encoded) if encoded[0] == "%" else unescape(encoded)
