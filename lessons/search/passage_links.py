"""Pure: addresses that open a text at a passage and highlight it there, as browsers do by themselves."""

import re
from urllib.parse import quote

from lessons.markup.passages import SEPARATOR

# A passage is named by its first and last words, or whole if it has no more than these.
WORDS = 6
SHORT = 2 * WORDS
# A longer word is of a script without spaces: what stands between punctuation marks is named instead.
MAX_WORD = 40
PUNCTUATION = re.compile(r"[、。，．！？；：「」『』（）·…,.;:!?()\[\]«»“”]+")


def passage_link(address: str, anchor: str, passage: str) -> str:
    """Return the address of a text at `passage`, a part of it whose white space may differ, with SEPARATOR between
    cells and items. Browsers that do not find it go to `anchor`, the id of the heading above, if there is one.
    """
    parts = [part.split() for part in passage.strip(SEPARATOR).split(SEPARATOR)]
    directive, fragment = _directive(parts), quote(anchor, safe="")
    if directive:
        return f"{address}#{fragment}:~:text={directive}"
    return f"{address}#{fragment}" if fragment else address


def _directive(parts: list[list[str]]) -> str:
    """Return the words for browsers, which do not find a text that goes on in another cell or item."""
    words = [word for part in parts for word in part]
    if any(len(word) > MAX_WORD for word in words):
        pieces = [piece for word in words for piece in PUNCTUATION.split(word) if piece]
        return _range(pieces[:1], pieces[-1:])
    if len(parts) == 1 and len(words) <= SHORT:
        return _range(words, [])
    return _range(parts[0][:WORDS], parts[-1][-WORDS:])


def _range(first: list[str], last: list[str]) -> str:
    ends = [first] if first == last else [first, last]
    return ",".join(quote(" ".join(words), safe="").replace("-", "%2D") for words in ends if words)
