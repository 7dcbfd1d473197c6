"""Structures of a page that make one block each: code, lists, callouts, and what can be opened and closed."""

from django.utils.safestring import SafeString
from selectolax.lexbor import LexborHTMLParser, LexborNode

from lessons.importing.document import Block, Omission
from lessons.importing.readers import callouts, page_code
from lessons.importing.readers.text_lines import list_lines, text_lines
from lessons.markup.sanitise import sanitise

LISTS = {"ul", "ol", "dl"}
HEADINGS = "h1, h2, h3, h4, h5, h6"
# The style of the numbers of a list, by the names of CSS and by the classes that publishing systems give.
LIST_TYPES = {
    **dict.fromkeys(("lower-alpha", "lower-latin", "loweralpha"), "a"),
    **dict.fromkeys(("upper-alpha", "upper-latin", "upperalpha"), "A"),
    **dict.fromkeys(("lower-roman", "lowerroman"), "i"),
    **dict.fromkeys(("upper-roman", "upperroman"), "I"),
}


def unify(page: LexborHTMLParser) -> list[Omission]:
    """Give the structures of `page` the form that they have in a lesson, and return what is removed from them."""
    omissions = page_code.unify(page)
    callouts.unify(page)
    for node in page.css("ol"):
        _set_type(node)
    return omissions


def _set_type(node: LexborNode) -> None:
    """Write the style of a list's numbers as an attribute, if a class or a style says it."""
    item = node.css_first("li")
    styles = [node.attributes.get("style"), item.attributes.get("style") if item is not None else None]
    words = " ".join(filter(None, [*styles, node.attributes.get("class")])).replace(":", " ").replace(";", " ").split()
    style = next((LIST_TYPES[word] for word in words if word in LIST_TYPES), None)
    if style and not node.attributes.get("type"):
        node.attrs["type"] = style


def block_of(node: LexborNode) -> Block | None:
    """Return the block of an element that is one of these structures, None for any other element."""
    if node.tag == "pre":
        return page_code.code_block(node) or Block("code", "")
    if node.tag == "dl" and node.css_first("dt") is None:
        return None  # Wikis indent paragraphs and formulas with it.
    if node.tag in LISTS:
        html = SafeString(sanitise(node.html or ""))
        return Block("list", "\n".join(list_lines(html)), html)
    if callouts.is_callout(node) or (node.tag == "details" and not node.css_first(HEADINGS)):
        html = SafeString(sanitise(node.html or ""))
        return Block("quote", "\n".join(text_lines(html)), html)
    return None
