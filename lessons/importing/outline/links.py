"""Resolve links within an article to blocks, and remove dead links. Pure.

A link is an element of sanitised HTML: `<a href="#there" rel="…">there</a>`; links are never inside each other.
"""

import re
from collections.abc import Iterable
from dataclasses import replace
from html import unescape
from urllib.parse import unquote

from django.utils.translation import gettext_lazy as _

from lessons.importing.document import Block, Omission, ParsedArticle

LINK = re.compile(
    r'<a (?:[a-z-]+="[^"]*" )*?href="(?P<href>[^"]*)"(?: [a-z-]+="[^"]*")*>(?P<inside>.*?)</a>', re.DOTALL
)
TAG = re.compile(r"<[^<>]*+>")
# URLs that work wherever they are: of other sites, and of pages of this one.
WHOLE = re.compile(r"(?:https?:|mailto:|/(?:assets|courses|lessons|tags|threads|posts|notes)/)", re.IGNORECASE)
# The beginning of the anchors of footnotes.
NOTE = "fn(?!ref)"
NOTE_ADDRESS = re.compile(f"#{NOTE}")
DEAD_LINKS = _("Links to passages or pages that were not imported. Their text was kept.")
MAX_LISTED = 500


def with_anchors_below(blocks: list[Block]) -> list[Block]:
    """Return the blocks, with the anchors of each heading moved to the block below it, which stays in its section."""
    result: list[Block] = []
    pending: tuple[str, ...] = ()
    for block in blocks:
        if block.type == "heading":
            pending += block.anchors
        elif pending:
            block, pending = replace(block, anchors=(*pending, *block.anchors)), ()
        result.append(block)
    return result


def without_dead_links(parsed: ParsedArticle) -> tuple[list[Block], list[Omission]]:
    """Return the blocks with dead links replaced by plain text, and the omission that lists those links."""
    anchors = {anchor for block in parsed.blocks for anchor in block.anchors}
    dead: dict[str, None] = {}

    def keep_or_unlink(match: re.Match) -> str:
        href = unescape(match["href"])
        if leads_somewhere(href, anchors):
            return match[0]
        words = " ".join(TAG.sub("", match["inside"]).split())
        dead[f"{unescape(words)} ({href})"] = None
        return match["inside"]

    blocks = [
        replace(block, html=LINK.sub(keep_or_unlink, block.html)) if "<a " in block.html else block
        for block in parsed.blocks
    ]
    listed = list(dead)[:MAX_LISTED]
    return blocks, [Omission("\n".join(listed), DEAD_LINKS)] if listed else []


def leads_somewhere(href: str, anchors: Iterable[str]) -> bool:
    """Return whether a URL leads to another site, a page of this site, a footnote or one of `anchors`."""
    if is_note(href):
        return True
    return anchor_in(href) in anchors if href.startswith("#") else bool(WHOLE.match(href))


def is_note(href: str) -> bool:
    return bool(NOTE_ADDRESS.match(href))


def anchor_in(href: str) -> str:
    """Return NAME of the URL `#NAME`."""
    return unquote(href[1:])
