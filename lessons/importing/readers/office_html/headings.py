"""Convert headings and titles that office programs mark by class or style."""

import re

from selectolax.lexbor import LexborHTMLParser, LexborNode

from lessons.importing.readers.office_html.asides import is_marked
from lessons.importing.readers.office_html.elements import rename
from lessons.importing.readers.office_html.styles import declarations
from lessons.importing.readers.pages.names import class_names

TITLE_CLASSES = {"MsoTitle", "MsoTitleCxSpFirst", "MsoTitleCxSpMiddle", "MsoTitleCxSpLast", "title", "Title"}
HEADING_CLASS = re.compile(r"Mso(?:Heading|Überschrift)([1-9])|heading-?([1-9])", re.IGNORECASE)
QUOTES = "p.MsoQuote, p.MsoIntenseQuote, p.MsoBlockText, p.Quote, p.IntenseQuote"
# The letters of a title have 26 points in Google Docs, unless somebody has changed them.
TITLE_POINTS = 24
OUTLINE_LEVEL = re.compile(r"mso-outline-level:\s*([1-9])", re.IGNORECASE)
POINTS = re.compile(r"(\d{1,3}(?:\.\d{1,3})?)pt")
MAX_LENGTH = 500


def make_headings(page: LexborHTMLParser, *, by_size: bool) -> str:
    """Convert heading paragraphs to `<h1>` to `<h6>`; return the title, which becomes an `<h1>`.

    by_size: a title is also recognised by its font size, as in what Google Docs copies.
    """
    title = ""
    for node in page.css("p, div[role=heading], h1, h2, h3, h4, h5, h6"):
        text = " ".join(node.text(deep=True).split())
        if not text or len(text) > MAX_LENGTH or is_marked(node):
            continue
        is_title = bool(TITLE_CLASSES & set(class_names(node))) or (by_size and _is_large(node))
        level = 1 if is_title else _level(node)
        if level and node.tag != f"h{level}":
            rename(page, node, f"h{level}")
        title = title or (text if is_title else "")
    return title


def make_quotations(page: LexborHTMLParser) -> None:
    """Make quotations of paragraphs that have the style of one."""
    for node in page.css(QUOTES):
        rename(page, node, "blockquote")


def _is_large(node: LexborNode) -> bool:
    """Return whether all text of a paragraph is as large as a title."""
    if node.tag != "p" or (node.parent and node.parent.tag in ("li", "td", "th")):
        return False
    sizes = [_points(one.parent) for one in node.traverse(include_text=True) if one.is_text_node]
    return bool(sizes) and min(sizes) >= TITLE_POINTS


def _points(node: LexborNode | None) -> float:
    """Return the size of the letters that the style of an element gives, 0 if it gives none."""
    size = declarations((node.attributes.get("style") or "") if node else "").get("font-size", "")
    match = POINTS.fullmatch(size)
    return float(match[1]) if match else 0


def _level(node: LexborNode) -> int | None:
    if node.tag not in ("p", "div"):
        return None
    match = HEADING_CLASS.fullmatch(node.attributes.get("class") or "")
    if match:
        return min(int(match[1] or match[2]), 6)
    match = OUTLINE_LEVEL.search(node.attributes.get("style") or "")
    if match:
        return min(int(match[1]), 6)
    level = node.attributes.get("aria-level") or "" if node.attributes.get("role") == "heading" else ""
    return min(int(level), 6) if level.isascii() and level.isdecimal() and int(level[:4]) > 0 else None
