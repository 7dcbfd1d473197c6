"""Find tables of contents in a text: lists of links to its own headings."""

import re

from django.utils.translation import gettext_lazy as _

from lessons.importing.document import Block, Omission, ParsedArticle

CONTENTS = _("The text’s own table of contents.")
TITLES = set(
    "contents|table of contents|toc|on this page|in this article|inhalt|inhaltsverzeichnis|sommaire|"
    "table des matières|"
    "contenido|contenidos|tabla de contenidos|tabla de contenido|índice|indice|sumário|conteúdo|inhoud|inhoudsopgave|"
    "spis treści|obsah|innehåll|indhold|indholdsfortegnelse|innhold|sisällys|cuprins|tartalom|içindekiler|содержание|"
    "оглавление|зміст|目录|目錄|目次|차례|목차".split("|")
)
OWN_LINK = re.compile(r'<a [^>]*href="#')
ITEM = re.compile(r"<li\b")
MIN_ITEMS = 3


def leave_out(parsed: ParsedArticle) -> None:
    """Move tables of contents, with the headings above them, from the blocks to the omissions."""
    if _is_title(parsed.title):
        parsed.omissions.append(Omission(parsed.title, CONTENTS))
        parsed.title = ""
    kept: list[Block] = []
    for n, block in enumerate(parsed.blocks):
        after = parsed.blocks[n + 1] if n + 1 < len(parsed.blocks) else None
        if _is_contents(block, kept[-1] if kept else None) or _is_lone_title(block, after):
            parsed.omissions.append(Omission(block.text, CONTENTS, block, len(kept)))
        else:
            kept.append(block)
    has_changed = len(kept) < len(parsed.blocks)
    parsed.blocks = kept
    if has_changed and not parsed.title:
        parsed.title = _first_heading(parsed)


def _is_title(text: str) -> bool:
    return text.strip(" :.*#").casefold() in TITLES


def _is_links(block: Block | None) -> bool:
    """Return whether a block is a list whose items are all links within the text."""
    if block is None or block.type != "list":
        return False
    items = len(ITEM.findall(block.html))
    return items > 0 and len(OWN_LINK.findall(block.html)) >= items


def _is_contents(block: Block, before: Block | None) -> bool:
    """Return whether a list is a table of contents, and not one of several lists of links."""
    is_first = before is None or before.type != "list"
    return is_first and _is_links(block) and len(ITEM.findall(block.html)) >= MIN_ITEMS


def _is_lone_title(block: Block, after: Block | None) -> bool:
    is_title = block.type in ("heading", "paragraph") and _is_title(block.text)
    return is_title and (after is None or _is_links(after) or (block.type == "heading" and after.type == "heading"))


def _first_heading(parsed: ParsedArticle) -> str:
    """Remove the only first-level heading from the blocks if it is the first heading, and return it as the title."""
    headings = [block for block in parsed.blocks if block.type == "heading"]
    if [block.level for block in headings].count(1) != 1 or headings[0].level != 1:
        return ""
    parsed.blocks.remove(headings[0])
    return headings[0].text
