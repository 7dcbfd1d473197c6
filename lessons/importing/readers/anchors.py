"""The places on a page that links lead to, and which block has each of them.

While blocks are made, a mark stands in the text of each place: however a block is put together, its mark is in it.
"""

import re
from collections.abc import Collection
from dataclasses import replace
from urllib.parse import unquote

from selectolax.lexbor import LexborHTMLParser, LexborNode

from lessons.importing.document import Block

# Two characters of the private use area, which no text has, around the number of a place.
MARK = re.compile("\ue0f0(\\d+)\ue0f1")
# With a space before it that stands at the end of a text without the mark.
MARK_AND_SPACE = re.compile("(?: (?=(?:\ue0f0\\d+\ue0f1)+(?:[\\s<]|\\Z)))?(?:\ue0f0\\d+\ue0f1)++")
UNMARKED_TAGS = {"script", "style", "template", "title", "head"}


def mark(page: LexborHTMLParser, places: Collection[str] = ()) -> list[str]:
    """Put marks into `page`, and return what the places are called, the number of a mark being its index.

    Places are the elements whose name is in `places`, or in a link of the page to itself. Where an element has no
    text, its mark goes to the text that follows.
    """
    wanted = {*places, *(unquote(link.attributes["href"] or "")[1:] for link in page.css("a[href^='#']"))} - {""}
    names: list[str] = []
    pending: list[str] = []
    texts: list[tuple[LexborNode, str]] = []
    if not wanted or page.body is None:
        return names
    for node in page.body.traverse(include_text=True):
        if node.is_text_node:
            if pending and not node.text(deep=False).isspace() and not _is_unmarked(node.parent):
                texts.append((node, "".join(pending)))
                pending = []
            continue
        for attribute in ("id", "name") if node.tag == "a" else ("id",):
            name = node.attributes.get(attribute)
            if name and name in wanted:
                wanted.discard(name)
                pending.append(f"\ue0f0{len(names)}\ue0f1")
                names.append(name)
    for node, marks in texts:
        node.insert_after(marks)
    return names


def _is_unmarked(parent: LexborNode | None) -> bool:
    return parent is not None and parent.tag in UNMARKED_TAGS


def collect(block: Block, names: list[str]) -> Block:
    """Return the block without marks, and with the places that were marked in it among its `anchors`."""
    numbers = [int(number) for number in MARK.findall(block.text) or MARK.findall(block.html)]
    if not numbers:
        return block
    anchors = tuple(names[number] for number in numbers if number < len(names))
    text, html = (MARK_AND_SPACE.sub("", part) for part in (block.text, block.html))
    return replace(block, text=text, html=html, anchors=(*block.anchors, *anchors))
