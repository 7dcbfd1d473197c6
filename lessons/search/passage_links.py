"""Pure: addresses that open a text at a passage and highlight it there, as browsers do by themselves."""

import re
from urllib.parse import quote

# A passage is named by its first and last words, or whole if it has no more than these.
WORDS = 6
SHORT = 2 * WORDS
# A longer word is of a script without spaces: what stands between punctuation marks is named instead.
MAX_WORD = 40
PUNCTUATION = re.compile(r"[、。，．！？；：「」『』（）·…,.;:!?()\[\]«»“”]+")


def passage_link(address: str, anchor: str, passage: str) -> str:
    """Return the address of a text at `passage`, a part of it whose white space may differ. Browsers that do not find
    it go to `anchor`, the id of the heading above, if there is one.
    """
    directive, fragment = _directive(passage.split()), quote(anchor, safe="")
    if directive:
        return f"{address}#{fragment}:~:text={directive}"
    return f"{address}#{fragment}" if fragment else address


def _directive(words: list[str]) -> str:
    if any(len(word) > MAX_WORD for word in words):
        parts = [part for word in words for part in PUNCTUATION.split(word) if part]
        return _range(parts[:1], parts[-1:])
    return _range(words, []) if len(words) <= SHORT else _range(words[:WORDS], words[-WORDS:])


def _range(first: list[str], last: list[str]) -> str:
    ends = [first] if first == last else [first, last]
    return ",".join(quote(" ".join(words), safe="").replace("-", "%2D") for words in ends if words)
