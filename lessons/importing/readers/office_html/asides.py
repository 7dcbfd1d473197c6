"""Mark what is not the text itself: deletions, comments, tables of contents, page headers and footers."""

import re

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from selectolax.lexbor import LexborHTMLParser, LexborNode

from lessons.importing.readers.pages.layout import outermost
from lessons.importing.readers.pages.names import class_names
from lessons.importing.readers.pages.page_block import Exclusion

DELETED = _("Deleted text, recorded as a tracked change.")
COMMENT = _("A comment.")
CONTENTS = _("The document’s table of contents.")
MARGIN = _("A page header or footer.")
CONTENTS_CLASS = re.compile(
    r"MsoToc\d|MsoTocHeading|MsoTableofFigures|TOC(?:Heading|\d)?|contents-(?:heading|\d)", re.IGNORECASE
)
COMMENT_SIGNS = (
    "a.msocomanchor, a.msocomoff, a[href^='#_msocom_'], a[href^='#cmnt'][id^='cmnt_ref'], span.MsoCommentReference"
)
CONTENTS_TARGET = re.compile(r"#(?:_Toc|h\.|heading=|__RefHeading|_heading)")
# In Google's table of contents each entry is a paragraph with only a link. Fewer are a list of links.
MIN_ENTRIES = 3
# Until the whole page is normalised the reason is kept in an attribute, since changes copy elements.
ATTRIBUTE = "data-left-out"
REASONS: dict[str, str | Promise] = {
    "deleted": DELETED, "comment": COMMENT, "contents": CONTENTS, "margin": MARGIN,
}  # fmt: skip


def mark_deletions(page: LexborHTMLParser) -> None:
    for node in page.css(f"[{ATTRIBUTE}]"):
        del node.attrs[ATTRIBUTE]
    _mark(page.css("del, span.msoDel"), "deleted")


def mark_page_margins(page: LexborHTMLParser) -> None:
    """Mark the headers and footers of printed pages."""
    _mark(page.css("[style*='mso-element:header'], [style*='mso-element:footer']"), "margin")
    _mark(page.css("div[title=header], div[title=footer]"), "margin")


def mark_comments(page: LexborHTMLParser) -> None:
    """Mark comments, and their reference marks in the text."""
    for link in outermost(page.css(COMMENT_SIGNS)):
        parent, text = link.parent, link.text(deep=True).strip()
        is_alone = parent is not None and parent.tag in ("sup", "span") and parent.text(deep=True).strip() == text
        outside = parent if parent is not None and is_alone else link
        if any(c.isalnum() for c in text):
            sign = page.create_node("span")
            sign.attrs[ATTRIBUTE] = "comment"
            sign.insert_child(text)
            outside.insert_before(sign)
        outside.decompose()
    _mark(page.css("[style*='mso-element:comment']"), "comment")
    _mark([_comment_of_google(page, link) for link in page.css("a[id^='cmnt'][href^='#cmnt_ref']")], "comment")


def _comment_of_google(page: LexborHTMLParser, link: LexborNode) -> LexborNode:
    """Return the element or paragraph of a comment, after moving its reference mark from its beginning before it."""
    node = link
    while node.parent and node.parent.tag not in ("div", "body"):
        node = node.parent
    box = node.parent
    first = next(box.iter(), None) if box is not None and box.tag == "div" else None
    outside = box if box is not None and first is not None and first.mem_id == node.mem_id else node
    sign = page.create_node("p")
    sign.attrs[ATTRIBUTE] = "comment"
    sign.insert_child(link.text(deep=True))
    outside.insert_before(sign)
    link.decompose()
    return outside


def mark_contents(page: LexborHTMLParser) -> None:
    """Mark the table of contents."""
    found = [node for node in page.css("p[class], li[class], h1[class]") if _has_contents_class(node)]
    found += page.css("div[id^='Table of Contents']")
    run: list[LexborNode] = []
    for node in [*page.css("p"), None]:
        if node is not None and _is_entry(node):
            run.append(node)
            continue
        found += run if len(run) >= MIN_ENTRIES else []
        run = []
    _mark(found, "contents")


def _has_contents_class(node: LexborNode) -> bool:
    return any(CONTENTS_CLASS.fullmatch(name) for name in class_names(node))


def _is_entry(node: LexborNode) -> bool:
    """Return whether a paragraph is a link to a heading, perhaps with a page number."""
    link = node.css_first("a[href^='#']")
    if link is None or not CONTENTS_TARGET.match(link.attributes.get("href") or ""):
        return False
    outside = node.text(deep=True).replace(link.text(deep=True), "", 1)
    return not any(c.isalpha() for c in outside)


def _mark(nodes: list[LexborNode], reason: str) -> None:
    for node in nodes:
        node.attrs[ATTRIBUTE] = reason


def is_marked(node: LexborNode) -> bool:
    return ATTRIBUTE in node.attributes


def collect_exclusions(page: LexborHTMLParser) -> dict[int, Exclusion]:
    """Return the exclusions by `mem_id`. Call it once the page no longer changes."""
    return {
        node.mem_id: Exclusion(node.mem_id, REASONS[node.attributes.get(ATTRIBUTE) or ""], is_certain=True)
        for node in page.css(f"[{ATTRIBUTE}]")
    }
