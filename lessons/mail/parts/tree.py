"""Pure: trusted HTML, of our templates or our sanitiser, as a tree of elements."""

import re
from dataclasses import dataclass, field

from lessons.markup.blocks import TAG, tag_name, unescape_text

ATTRIBUTE = re.compile(r'\s([\w-]+)(?:="([^"]*)")?')
VOID = {"br", "hr", "img"}


@dataclass(slots=True)
class Element:
    """An element. Its attributes and the strings among its children are still escaped."""

    tag: str
    attributes: dict[str, str] = field(default_factory=dict)
    children: list["Element | str"] = field(default_factory=list)

    def attribute(self, name: str) -> str:
        """Return the attribute's value, without escapes; empty if there is none."""
        return unescape_text(self.attributes.get(name, ""))

    def has_class(self, name: str) -> bool:
        return name in self.attributes.get("class", "").split()

    def elements(self, *tags: str) -> list["Element"]:
        """Return the child elements with one of these tags, or all of them."""
        return [node for node in self.children if isinstance(node, Element) and (not tags or node.tag in tags)]


def parse(html: str) -> Element:
    """Return an element without a tag that contains what is in `html`. Linear in its length.

    An end tag closes the elements in it that are still open; one without a start tag is ignored.
    """
    root = Element("")
    path = [root]
    for n, piece in enumerate(TAG.split(html)):
        if n % 2 == 0:
            if piece:
                path[-1].children.append(piece)
        elif piece.startswith("</"):
            _close(path, tag_name(piece)[1:])
        elif name := tag_name(piece):
            element = Element(name, dict(ATTRIBUTE.findall(piece)))
            path[-1].children.append(element)
            if name not in VOID and not piece.endswith("/>"):
                path.append(element)
    return root


def _close(path: list[Element], tag: str) -> None:
    for depth in range(len(path) - 1, 0, -1):
        if path[depth].tag == tag:
            del path[depth:]
            return


def text_of(node: Element | str) -> str:
    """Return the text in an element, as it is. Linear in its length."""
    if isinstance(node, str):
        return unescape_text(node)
    return "".join(map(text_of, node.children))


def adapt_posts(element: Element) -> None:
    """Make headings in posts lower than the e-mail's own, and remove the links from footnotes back to the text."""
    for child in element.elements():
        if child.has_class("post"):
            _adapt_post(child)
        else:
            adapt_posts(child)


def _adapt_post(element: Element) -> None:
    element.children = [node for node in element.children if isinstance(node, str) or not _leads_back(node)]
    for child in element.elements():
        child.tag = "h3" if child.tag == "h2" else child.tag
        _adapt_post(child)


def _leads_back(element: Element) -> bool:
    return element.tag == "a" and element.attributes.get("href", "").startswith("#fnref")
