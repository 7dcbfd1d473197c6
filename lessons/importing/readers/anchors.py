"""The targets of links on a page, and the block that has each of them.

While blocks are built, a marker in the text stands for each target: however a block is built, it has its markers.
"""

import re
from collections.abc import Collection
from dataclasses import replace
from urllib.parse import unquote

from selectolax.lexbor import LexborHTMLParser, LexborNode

from lessons.importing.document import Block

# Two private-use characters, which do not occur in texts, around the number of a target.
MARK = re.compile("\ue0f0(\\d+)\ue0f1")
# With the space before it, which would end the text without the marker.
MARK_AND_SPACE = re.compile("(?: (?=(?:\ue0f0\\d+\ue0f1)+(?:[\\s<]|\\Z)))?(?:\ue0f0\\d+\ue0f1)++")
UNMARKED_TAGS = {"script", "style", "template", "title", "head"}


def mark(page: LexborHTMLParser, places: Collection[str] = ()) -> list[str]:
    """Put markers into `page`, and return the names of the targets; a marker's number is the index.

    Targets are the elements named in `places`, or in a link within the page. If an element has no text, its marker
    goes into the text that follows.
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
    """Return the block without markers, with the names of its targets among its `anchors`."""
    numbers = [int(number) for number in MARK.findall(block.text) or MARK.findall(block.html)]
    if not numbers:
        return block
    anchors = tuple(names[number] for number in numbers if number < len(names))
    text, html = (MARK_AND_SPACE.sub("", part) for part in (block.text, block.html))
    return replace(block, text=text, html=html, anchors=(*block.anchors, *anchors))
