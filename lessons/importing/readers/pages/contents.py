"""The title of a page's own table of contents, and the list of links below it. Lists without a title are furniture."""

import re
from itertools import pairwise

from lessons.importing.document import Block
from lessons.importing.readers.contents_title import is_contents_title
from lessons.importing.readers.pages.furniture import CONTENTS
from lessons.importing.readers.pages.page_block import PageBlock

OWN_LINK = re.compile(r'<a [^>]*href="#')
ITEM = re.compile(r"<li\b")


def leave_out_contents(page_blocks: list[PageBlock]) -> None:
    """Leave out titles of tables of contents, with the list below, or with nothing below if a program makes it."""
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
    """Return whether a block is a list whose items all have links to the page itself."""
    items = len(ITEM.findall(block.html)) if block.type == "list" else 0
    return 0 < items <= len(OWN_LINK.findall(block.html))
