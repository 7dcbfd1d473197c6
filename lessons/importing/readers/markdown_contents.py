"""Tables of contents that a text writes itself: a list of links to its own headings."""

import re

from django.utils.translation import gettext_lazy as _

from lessons.importing.document import Block, Omission, ParsedArticle
from lessons.importing.readers.contents_title import is_contents_title, key

CONTENTS = _("The text’s own table of contents.")
OWN_LINK = re.compile(r'<a [^>]*href="#')
ITEM = re.compile(r"<li\b")
LINK = re.compile(r'<a [^>]*href="#[^>]*>.*?</a>')
TAG = re.compile(r"<[^>]*>")
MIN_ITEMS = 3
MIN_NAMED = 0.8  # of the items of a list below a title, those that are headings


def leave_out(parsed: ParsedArticle) -> None:
    """Move tables of contents from the blocks to the omissions, and a heading above one with it."""
    headings = {key(block.text) for block in parsed.blocks if block.type == "heading"}
    if is_contents_title(parsed.title):
        parsed.omissions.append(Omission(parsed.title, CONTENTS))
        parsed.title = ""
    kept: list[Block] = []
    for n, block in enumerate(parsed.blocks):
        before = parsed.blocks[n - 1] if n else None
        after = parsed.blocks[n + 1] if n + 1 < len(parsed.blocks) else None
        is_below_title = before is not None and is_contents_title(before.text) and _is_list_of(block, headings)
        is_contents = is_below_title or _is_contents(block, kept[-1] if kept else None) or _is_line_of_links(block)
        if is_contents or _is_lone_title(block, after, headings):
            parsed.omissions.append(Omission(block.text, CONTENTS, block, len(kept)))
        else:
            kept.append(block)
    has_changed = len(kept) < len(parsed.blocks)
    parsed.blocks = kept
    if has_changed and not parsed.title:
        parsed.title = _first_heading(parsed)


def _is_links(block: Block | None) -> bool:
    """Return whether a block is a list whose items are all links to the text itself."""
    if block is None or block.type != "list":
        return False
    items = len(ITEM.findall(block.html))
    return items > 0 and len(OWN_LINK.findall(block.html)) >= items


def _is_contents(block: Block, before: Block | None) -> bool:
    """Return whether a list is a table of contents, and not one of several lists of links."""
    is_first = before is None or before.type != "list"
    return is_first and _is_links(block) and len(ITEM.findall(block.html)) >= MIN_ITEMS


def _is_list_of(block: Block | None, headings: set[str]) -> bool:
    """Return whether a list below a title is a table of contents: links to the text, or the names of its headings."""
    if block is None or block.type != "list":
        return False
    items = [key(line) for line in block.text.split("\n")]
    return _is_links(block) or sum(item in headings for item in items) >= MIN_NAMED * len(items)


def _is_line_of_links(block: Block) -> bool:
    """Recognise "Contents: A | B", whose words are links to the text itself."""
    if block.type != "paragraph" or len(OWN_LINK.findall(block.html)) < 2:
        return False
    return is_contents_title(" ".join(TAG.sub(" ", LINK.sub(" ", block.html)).split()))


def _is_lone_title(block: Block, after: Block | None, headings: set[str]) -> bool:
    is_title = block.type in ("heading", "paragraph") and is_contents_title(block.text)
    is_empty = after is None or (block.type == "heading" and after.type == "heading")
    return is_title and (is_empty or _is_list_of(after, headings))


def _first_heading(parsed: ParsedArticle) -> str:
    """Take the only first-level heading out of the blocks if it is the first of all, and return it as the title."""
    headings = [block for block in parsed.blocks if block.type == "heading"]
    if [block.level for block in headings].count(1) != 1 or headings[0].level != 1:
        return ""
    parsed.blocks.remove(headings[0])
    return headings[0].text
