"""Convert structures of a page that make one block each: code, lists, callouts, and collapsible sections."""

from django.utils.safestring import SafeString
from selectolax.lexbor import LexborHTMLParser, LexborNode

from lessons.importing.document import Block, Omission
from lessons.importing.readers import callouts, page_code
from lessons.importing.readers.text_lines import list_lines, text_lines
from lessons.markup.sanitise import sanitise

LISTS = {"ul", "ol", "dl"}
HEADINGS = "h1, h2, h3, h4, h5, h6"
# Numbering styles by their CSS names, and by the class names of publishing systems.
LIST_TYPES = {
    **dict.fromkeys(("lower-alpha", "lower-latin", "loweralpha"), "a"),
    **dict.fromkeys(("upper-alpha", "upper-latin", "upperalpha"), "A"),
    **dict.fromkeys(("lower-roman", "lowerroman"), "i"),
    **dict.fromkeys(("upper-roman", "upperroman"), "I"),
}


def normalise(page: LexborHTMLParser) -> list[Omission]:
    """Convert the structures of `page` to their form in a lesson, and return what is removed from them."""
    omissions = page_code.normalise(page)
    callouts.normalise(page)
    for node in page.css("ol"):
        _set_type(node)
    return omissions


def _set_type(node: LexborNode) -> None:
    """Set the numbering style of a list as an attribute, if a class or a style gives it."""
    item = node.css_first("li")
    styles = [node.attributes.get("style"), item.attributes.get("style") if item is not None else None]
    words = " ".join(filter(None, [*styles, node.attributes.get("class")])).replace(":", " ").replace(";", " ").split()
    style = next((LIST_TYPES[word] for word in words if word in LIST_TYPES), None)
    if style and not node.attributes.get("type"):
        node.attrs["type"] = style


def block_of(node: LexborNode) -> Block | None:
    """Return the block for one of these structures, None for any other element."""
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
