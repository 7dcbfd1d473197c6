"""Pure: addresses that open a text at a passage and highlight it there, as browsers do by themselves."""

import re
from urllib.parse import quote

# A passage is named by its first and last words: as many as tell it from the rest of the text.
WORDS = 4
MAX_WORDS = 12
# What is no longer than this is named whole.
SHORT = 10
# A longer word is of a script without spaces: what stands between punctuation marks is named instead.
MAX_WORD = 40
PUNCTUATION = re.compile(r"[、。，．！？；：「」『』（）·…,.;:!?()\[\]«»“”]+")


def passage_link(address: str, anchor: str, passage: str, text: str) -> str:
    """Return the address of `text` at `passage`, a part of it whose white space may differ. Browsers that cannot go
    there go to `anchor`, the id of the heading above, if there is one.
    """
    directive = _directive(passage, text)
    fragment = quote(anchor, safe="")
    if directive:
        return f"{address}#{fragment}:~:text={directive}"
    return f"{address}#{fragment}" if fragment else address


def _directive(passage: str, text: str) -> str:
    words = passage.split()
    if any(len(word) > MAX_WORD for word in words):
        parts = [part for word in words for part in PUNCTUATION.split(word) if part]
        return _range(parts[:1], parts[-1:])
    if len(words) <= SHORT:
        return _range(words, [])
    text, count = " ".join(text.split()), WORDS
    while count < min(MAX_WORDS, len(words) - WORDS) and text.count(" ".join(words[:count])) > 1:
        count += 1
    return _range(words[:count], words[-WORDS:])


def _range(first: list[str], last: list[str]) -> str:
    if first == last:
        last = []
    ends = [quote(" ".join(words), safe="").replace("-", "%2D") for words in (first, last) if words]
    return ",".join(ends)
