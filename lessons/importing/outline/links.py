"""Links of an article to places in it: which block each leads to, and links that lead nowhere. Pure.

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
# Addresses that lead somewhere without a page that they stand on: other sites, and this one.
WHOLE = re.compile(r"(?:https?:|mailto:|/(?:assets|courses|lessons|tags|threads|posts|notes)/)", re.IGNORECASE)
# How the names of notes begin.
NOTE = "fn(?!ref)"
NOTE_ADDRESS = re.compile(f"#{NOTE}")
DEAD_LINKS = _("Links to passages or pages that were not imported. Their text was kept.")
MAX_LISTED = 500


def with_anchors_below(blocks: list[Block]) -> list[Block]:
    """Return the blocks with the anchors of each heading on the block below it, which a section never loses."""
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
    """Return the blocks, in which links that lead nowhere are plain text, and the omission that lists them."""
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
    """Return whether an address leads to another site, to a page of this one, to a note or to one of `anchors`."""
    if is_note(href):
        return True
    return anchor_in(href) in anchors if href.startswith("#") else bool(WHOLE.match(href))


def is_note(href: str) -> bool:
    return bool(NOTE_ADDRESS.match(href))


def anchor_in(href: str) -> str:
    """Return the name of the place in the article that the address `#NAME` leads to."""
    return unquote(href[1:])
