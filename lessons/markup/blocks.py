"""Pure: the paragraphs of a revision, each of which can be noted without script.

A block is a run of words between two borders of paragraphs, list items, cells and the like. So a list item with a list
in it is one block before that list, and another one behind it. Headings are none: they only name what follows.
"""

import re
from html import unescape
from typing import NamedTuple

# One tag of html as the sanitiser writes it: attribute values stand in double quotes.
TAG = re.compile(r'(<(?:[^>"]|"[^"]*")*>)')
NAME = re.compile(r"<(/?\w+)")
HEADINGS = {"h2", "h3", "h4"}
BLOCK_TAGS = HEADINGS | set(
    "p ul ol li dl dt dd blockquote table caption thead tbody tfoot tr th td figure figcaption pre hr section".split()
)


class TextBlock(NamedTuple):
    """Code points of the text, `[start, end)`, without white space around; `piece` is the border behind it, as an
    index into `TAG.split(html)`."""

    start: int
    end: int
    tag_index: int


def text_blocks(html: str) -> list[TextBlock]:
    """The blocks of sanitised html, in order. Linear in its length."""
    pieces = TAG.split(html)
    found, run, offset = [], [], 0
    without = {"a": 0} | dict.fromkeys(HEADINGS, 0)
    for n, piece in enumerate([*pieces, "<hr>"]):
        if n % 2 == 0:
            words = unescape_text(piece)
            run.append(words)
            offset += len(words)
            continue
        name = _name(piece)
        if name.lstrip("/") in BLOCK_TAGS:
            block = _trimmed("".join(run), offset, n)
            if block and not any(without.values()):
                found.append(block)
            run = []
        if name.lstrip("/") in without:
            without[name.lstrip("/")] += -1 if name[0] == "/" else 1
    return found


def block_boundaries(html: str) -> list[int]:
    """Where a paragraph, heading, item, cell, line or the like begins or ends in the text of sanitised html, in order:
    words on either side belong to different ones, though nothing may stand between them."""
    found, offset = [], 0
    for n, piece in enumerate(TAG.split(html)):
        if n % 2 == 0:
            offset += len(unescape_text(piece))
        elif _name(piece).lstrip("/") in BLOCK_TAGS | {"br"}:
            found.append(offset)
    return sorted(set(found))


def unescape_text(piece: str) -> str:
    """The text that stands for it in the document: a parser knows one kind of line end only."""
    return unescape(piece.replace("\r\n", "\n").replace("\r", "\n"))


def _name(tag: str) -> str:
    found = NAME.match(tag)
    return found[1] if found else ""


def _trimmed(words: str, end: int, piece: int) -> TextBlock | None:
    if not words.strip():
        return None
    start = end - len(words.lstrip())
    return TextBlock(start, start + len(words.strip()), piece)
