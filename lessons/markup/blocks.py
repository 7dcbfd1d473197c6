"""Pure: the blocks of a revision, each of which can be annotated without JavaScript.

A block is a run of text between two boundaries of paragraphs, list items, cells and the like. So a list item with a
list in it is one block before that list, and another after it. Headings are not blocks: they only name what follows.
"""

import re
from html import unescape
from typing import NamedTuple

# One tag of HTML as the sanitiser writes it, with attribute values in double quotes.
TAG = re.compile(r'(<(?:[^>"]|"[^"]*")*>)')
NAME = re.compile(r"<(/?\w+)")
HEADINGS = {"h2", "h3", "h4"}
CELLS = {"th", "td"}
BLOCK_TAGS = HEADINGS | set(
    "p ul ol li dl dt dd blockquote table caption thead tbody tfoot tr th td figure figcaption pre hr section "
    "aside details summary".split()
)


class TextBlock(NamedTuple):
    """A range of code points of the text, `[start, end)`, without surrounding white space.

    `tag_index` is the index of the boundary after it in `TAG.split(html)`.
    """

    start: int
    end: int
    tag_index: int


def text_blocks(html: str) -> list[TextBlock]:
    """Return the blocks of sanitised HTML in order. Linear in its length."""
    pieces = TAG.split(html)
    result: list[TextBlock] = []
    run: list[str] = []
    offset, depths = 0, {"a": 0} | dict.fromkeys(HEADINGS, 0)
    for n, piece in enumerate([*pieces, "<hr>"]):
        if n % 2 == 0:
            text = unescape_text(piece)
            run.append(text)
            offset += len(text)
            continue
        name = tag_name(piece)
        if name.lstrip("/") in BLOCK_TAGS:
            block = _trimmed("".join(run), offset, n)
            if block and not any(depths.values()):
                result.append(block)
            run = []
        if name.lstrip("/") in depths:
            depths[name.lstrip("/")] += -1 if name[0] == "/" else 1
    return result


def block_boundaries(html: str, *, whole_rows: bool = False) -> list[int]:
    """Return the offsets in the text where a paragraph, heading, item, cell or line begins or ends, in order.

    Words on either side of an offset are in different ones, though there may be no white space between them. With
    `whole_rows`, the cells of a table's row are not divided.
    """
    tags = (BLOCK_TAGS | {"br"}) - (CELLS if whole_rows else set())
    offsets, offset = set(), 0
    for n, piece in enumerate(TAG.split(html)):
        if n % 2 == 0:
            offset += len(unescape_text(piece))
        elif tag_name(piece).lstrip("/") in tags:
            offsets.add(offset)
    return sorted(offsets)


def with_spaces(exact: str, start: int, boundaries: list[int]) -> str:
    """Return a quote for display: with a space wherever it goes from one block to the next without white space.

    `start` is its offset in the text of which these are the `block_boundaries`.
    """
    cuts = [at - start for at in boundaries if start < at < start + len(exact)]
    cuts = [at for at in cuts if not exact[at - 1].isspace() and not exact[at].isspace()]
    return " ".join(exact[a:b] for a, b in zip([0, *cuts], [*cuts, len(exact)], strict=True))


def unescape_text(piece: str) -> str:
    """Return the text of a piece between tags, with line ends normalised as an HTML parser does."""
    return unescape(piece.replace("\r\n", "\n").replace("\r", "\n"))


def tag_name(tag: str) -> str:
    """Return the name in a tag, with a slash before it in an end tag; empty for anything else."""
    match = NAME.match(tag)
    return match[1] if match else ""


def _trimmed(text: str, end: int, tag_index: int) -> TextBlock | None:
    if not text.strip():
        return None
    start = end - len(text.lstrip())
    return TextBlock(start, start + len(text.strip()), tag_index)
