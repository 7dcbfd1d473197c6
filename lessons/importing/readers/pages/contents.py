"""Find the title of a page's table of contents with the list of links below it. Untitled lists are boilerplate."""

import re
from itertools import pairwise

from lessons.importing.document import Block
from lessons.importing.readers.contents_title import is_contents_title
from lessons.importing.readers.pages.boilerplate import CONTENTS
from lessons.importing.readers.pages.page_block import PageBlock

OWN_LINK = re.compile(r'<a [^>]*href="#')
ITEM = re.compile(r"<li\b")


def leave_out_contents(page_blocks: list[PageBlock]) -> None:
    """Leave out titles of tables of contents, with the list below; or without one, if a script generates it."""
    for one, below in pairwise([*page_blocks, None]):
        if one is None or one.reason is not None or not _is_title(one.block):
            continue
        if below is not None and _is_links(below.block):
            one.reason = below.reason = CONTENTS
        elif below is None or one.block.type == below.block.type == "heading":
            one.reason = CONTENTS


def _is_title(block: Block) -> bool:
    return block.type in ("heading", "paragraph") and is_contents_title(block.text)


def _is_links(block: Block) -> bool:
    """Return whether a block is a list whose items are all links within the page."""
    items = len(ITEM.findall(block.html)) if block.type == "list" else 0
    return 0 < items <= len(OWN_LINK.findall(block.html))
