"""Find the title of a page's table of contents with the list below it. Untitled lists are boilerplate."""

import re
from itertools import pairwise

from lessons.importing.document import Block
from lessons.importing.readers.contents_title import is_contents_title, key
from lessons.importing.readers.pages.boilerplate import CONTENTS
from lessons.importing.readers.pages.page_block import PageBlock

OWN_LINK = re.compile(r'<a [^>]*href="#')
ITEM = re.compile(r"<li\b")
LINK = re.compile(r'<a [^>]*href="#[^>]*>.*?</a>')
TAG = re.compile(r"<[^>]*>")
MIN_NAMED = 0.8  # of the items of a list below a title, those that are headings


def leave_out_contents(page_blocks: list[PageBlock]) -> None:
    """Leave out titles of tables of contents, with the list below; or without one, if a script generates it."""
    headings = {key(one.block.text) for one in page_blocks if one.block.type == "heading"}
    for one, below in pairwise([*page_blocks, None]):
        if one is None or one.reason is not None:
            continue
        if _is_line_of_links(one.block):
            one.reason = CONTENTS
        elif not _is_title(one.block):
            continue
        elif below is not None and (below.reason is CONTENTS or _is_list_of(below.block, headings)):
            one.reason = below.reason = CONTENTS
        elif below is None or one.block.type == below.block.type == "heading":
            one.reason = CONTENTS


def _is_title(block: Block) -> bool:
    return block.type in ("heading", "paragraph") and is_contents_title(block.text)


def _is_list_of(block: Block, headings: set[str]) -> bool:
    """Return whether a block is a list whose items are all links within the page, or name its headings."""
    if block.type != "list":
        return False
    if 0 < len(ITEM.findall(block.html)) <= len(OWN_LINK.findall(block.html)):
        return True
    items = [key(line) for line in block.paragraphs]
    return sum(item in headings for item in items) >= MIN_NAMED * len(items)


def _is_line_of_links(block: Block) -> bool:
    """Recognise "Contents: A | B", whose words are links within the page."""
    if block.type != "paragraph" or len(OWN_LINK.findall(block.html)) < 2:
        return False
    return is_contents_title(" ".join(TAG.sub(" ", LINK.sub(" ", block.html)).split()))
