"""The HTML of a lesson as a tree in a normal form: two texts with the same tree are the same text for their readers.

What the normal form leaves out, each because it says nothing to readers, or cannot be said in Markdown:

    white space     between blocks, at the beginning and end of one, and around line breaks; several spaces are one
    paragraphs      in an item, a definition, a cell or a caption that has no other: `<li><p>a</p>` is `<li>a`; text
                    beside blocks is a paragraph; an empty paragraph is nothing
    emphasis        the spaces at its ends stand outside it, as those of links do; around nothing it is nothing
    tables          a first row of `<th>` is the table's head; spans of one cell; `scope="col"` in the head
    numbers         the attributes that say what the numbers of a list are anyway
    ids             of headings: those that publishing would give anyway
    footnotes       are numbered in the order in which the text refers to them; their marks and the links back are
                    those that Markdown makes, and so is the line above the notes
    images        no alternative text is an empty one; a line end in it is a space
    code            the line end after the last line of a block
    links           `rel`, which the sanitiser sets, and an empty title; a link without an address is its text
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import groupby

from selectolax.lexbor import LexborHTMLParser, LexborNode

from lessons.markup.blocks import HEADINGS
from lessons.markup.sanitise import add_heading_ids

LISTS = {"ul", "ol"}
BLOCKS = HEADINGS | set(
    "p ul ol li dl dt dd blockquote table caption thead tbody tfoot tr th td figure figcaption pre hr section "
    "aside details summary".split()
)
# Elements that hold blocks only: text among them is a paragraph.
CONTAINERS = {"body", "blockquote", "aside", "details", "section"}
# Elements that hold certain elements only: nothing but white space stands between those.
FRAMES = {"ul", "ol", "dl", "table", "thead", "tbody", "tfoot", "tr"}
ITEMS = {"li", "dd"}
SINGLE = {"td", "th", "figcaption", "caption", "summary", "dt"}
SPACES = re.compile(r"[ \t\n\r\f]+")
FOOTNOTE_MARK = r"[\[(]?{}(?::\d+)?[\])]?"


@dataclass(slots=True)
class Node:
    """An element. children: elements and text, unescaped. html: of a formula, the whole of it, as it is stored."""

    tag: str
    attributes: dict[str, str] = field(default_factory=dict)
    children: list["Node | str"] = field(default_factory=list)
    html: str = ""

    @property
    def nodes(self) -> list["Node"]:
        return [child for child in self.children if isinstance(child, Node)]

    @property
    def is_plain(self) -> bool:
        """Return whether the element has no attributes."""
        return not self.attributes

    @property
    def is_block(self) -> bool:
        return self.tag in BLOCKS

    def text(self) -> str:
        return "".join(child if isinstance(child, str) else child.text() for child in self.children)

    def walk(self) -> Iterator["Node"]:
        """Yield the element and everything in it, in order."""
        yield self
        for child in self.nodes:
            yield from child.walk()


def parse(html: str) -> Node:
    """Return the tree of sanitised HTML in its normal form, in an element `body`."""
    page = LexborHTMLParser(f"<!doctype html><body>{add_heading_ids(html)}")
    body = Node("body", children=_children(page.body) if page.body else [])
    _without_given_ids(body)
    _normalise(body)
    _normalise_footnotes(body)
    return body


def _children(parent: LexborNode) -> list["Node | str"]:
    children: list[Node | str] = []
    for child in parent.iter(include_text=True):
        if child.is_text_node:
            children.append(child.text(deep=False))
        elif child.tag == "math":
            attributes = {name: value or "" for name, value in child.attributes.items()}
            children.append(Node("math", attributes, [child.text(deep=True)], child.html or ""))
        elif child.tag and child.tag[0] != "-":
            attributes = {name: value or "" for name, value in child.attributes.items() if name != "rel"}
            children.append(Node(child.tag, attributes, _children(child)))
    return children


def _without_given_ids(body: Node) -> None:
    """Remove the ids of headings that publishing gives to headings without ids."""
    headings = [node for node in body.walk() if node.tag in HEADINGS]
    ids = [heading.attributes.pop("id", "") for heading in headings]
    source = "".join(f"<h2>{heading.text().replace('&', '&amp;').replace('<', '&lt;')}</h2>" for heading in headings)
    given = [node.attributes.get("id") for node in LexborHTMLParser(f"<body>{add_heading_ids(source)}").css("h2")]
    if ids == given:
        return
    for heading, name, other in zip(headings, ids, given, strict=False):
        if name != other:
            heading.attributes["id"] = name


def _normalise(node: Node) -> None:
    if node.tag in ("math", "pre"):
        if node.tag == "pre":
            _normalise_code(node)
        return
    children = [child for child in node.children if not isinstance(child, str) or child]
    if node.tag in FRAMES or (node.tag == "figure"):
        children = [child for child in children if not isinstance(child, str) or child.strip(" \t\n\r\f")]
    node.children = children
    for child in node.nodes:
        _normalise(child)
    node.children = _tidied(node)
    if node.tag in CONTAINERS:
        node.children = _in_paragraphs(node.children)
    elif node.tag in ITEMS:
        node.children = _item(node.children)
    elif node.tag in SINGLE and len(node.children) == 1 and _is_bare_paragraph(node.children[0]):
        node.children = node.nodes[0].children
    _normalise_attributes(node)


def _normalise_code(node: Node) -> None:
    code = node.nodes[0] if node.nodes else None
    if code is not None and code.children and isinstance(code.children[-1], str):
        code.children[-1] = code.children[-1].removesuffix("\n")
        code.children = [child for child in code.children if child != ""]


def _tidied(node: Node) -> list["Node | str"]:
    """Return the children without needless elements, and with white space where it means something."""
    children: list[Node | str] = []
    for child in node.children:
        if isinstance(child, Node) and child.tag == "a" and child.is_plain:
            children += child.children
        elif isinstance(child, Node) and (child.tag == "a" or (child.tag in ("strong", "em") and child.is_plain)):
            children += _outside(child)
        elif not (isinstance(child, Node) and child.tag == "p" and child.is_plain and not child.children):
            children.append(child)
    return _spaced(children, at_edges=node.is_block or node.tag == "body")


def _outside(node: Node) -> list["Node | str"]:
    """Return an emphasis or a link with the spaces at its ends outside it."""
    first, last = node.children[:1], node.children[-1:]
    before = " " if first and isinstance(first[0], str) and SPACES.match(first[0]) else ""
    after = " " if last and isinstance(last[0], str) and last[0][-1:] in tuple(" \t\n\r\f") else ""
    inner = _spaced(node.children, at_edges=True)
    if not inner and node.is_plain:
        return [before or after]
    return [before, Node(node.tag, node.attributes, inner), after]


def _spaced(children: list["Node | str"], *, at_edges: bool) -> list["Node | str"]:
    """Return the children with runs of white space as one space or line end, and none beside blocks and breaks.

    at_edges: whether there is none at the beginning and end either.
    """
    merged: list[Node | str] = []
    for is_text, group in groupby(children, key=lambda child: isinstance(child, str)):
        if is_text:
            merged.append(SPACES.sub(_one_space, "".join(child for child in group if isinstance(child, str))))
        else:
            merged += group
    result: list[Node | str] = []
    for n, child in enumerate(merged):
        if isinstance(child, str):
            if (n == 0 and at_edges) or (n and _breaks(merged[n - 1])):
                child = child.lstrip(" \n")
            if (n == len(merged) - 1 and at_edges) or (n < len(merged) - 1 and _breaks(merged[n + 1])):
                child = child.rstrip(" \n")
        if child != "":
            result.append(child)
    return result


def _one_space(found: re.Match[str]) -> str:
    return "\n" if "\n" in found[0] else " "


def _breaks(child: "Node | str") -> bool:
    return isinstance(child, Node) and (child.is_block or child.tag == "br")


def _in_paragraphs(children: list["Node | str"]) -> list["Node | str"]:
    """Return the children of a block, already `_spaced`, with each run of text and inline elements in a paragraph."""
    result: list[Node | str] = []
    for is_block, group in groupby(children, key=lambda child: isinstance(child, Node) and child.is_block):
        nodes = list(group)
        result += nodes if is_block else [Node("p", {}, nodes)]
    return result


def _item(children: list["Node | str"]) -> list["Node | str"]:
    """Return the content of an item: text and lists below it, or else blocks."""
    blocks = _in_paragraphs(children)
    first = blocks[0] if blocks else ""
    if _is_bare_paragraph(first) and all(isinstance(b, Node) and b.tag in LISTS for b in blocks[1:]):
        return [*first.children, *blocks[1:]]  # type: ignore[union-attr]  # it is a node
    return blocks


def _is_bare_paragraph(child: "Node | str") -> bool:
    return isinstance(child, Node) and child.tag == "p" and child.is_plain


def _normalise_attributes(node: Node) -> None:
    attributes = node.attributes
    for name in ("colspan", "rowspan"):
        if attributes.get(name) == "1":
            del attributes[name]
    if node.tag == "ol":
        _normalise_numbers(node)
    elif node.tag == "a" and attributes.get("title") == "":
        del attributes["title"]
    elif node.tag == "img":
        attributes["alt"] = " ".join(attributes.get("alt", "").split())
    elif node.tag == "table":
        _normalise_head(node)
    if node.tag == "thead":
        for cell in [cell for row in node.nodes for cell in row.nodes]:
            if cell.attributes.get("scope") == "col" and "colspan" not in cell.attributes:
                del cell.attributes["scope"]


def _normalise_numbers(node: Node) -> None:
    """Remove numbers that are what they would be anyway."""
    if node.attributes.get("type") == "1":
        del node.attributes["type"]
    items = node.nodes
    if "reversed" in node.attributes:
        return
    if items and "value" in items[0].attributes:
        node.attributes["start"] = str(int(items[0].attributes.pop("value")))
    number = int(node.attributes.get("start", "1"))
    if number == 1:
        node.attributes.pop("start", None)
    for item in items:
        value = int(item.attributes.get("value", number))
        if value == number:
            item.attributes.pop("value", None)
        number = value + 1


def _normalise_head(node: Node) -> None:
    """Make the first row the head of the table if all of its cells are headings."""
    parts = [part for part in node.nodes if part.tag != "caption"]
    body = parts[0] if parts else None
    if body is None or body.tag != "tbody" or not body.nodes:
        return
    row = body.nodes[0]
    if row.nodes and row.is_plain and body.is_plain and all(cell.tag == "th" for cell in row.nodes):
        head = Node("thead", {}, [row])
        _normalise_attributes(head)
        rest = [Node("tbody", {}, body.children[1:])] if body.children[1:] else []
        index = node.children.index(body)
        node.children[index : index + 1] = [head, *rest]


def _normalise_footnotes(body: Node) -> None:
    """Number the notes of a text that has one list of them, all of which are referred to by their numbers."""
    section = next((node for node in reversed(body.nodes) if node.attributes.get("class") == "footnotes"), None)
    if section is None or len(section.nodes) != 1 or section.nodes[0].tag != "ol":
        return
    notes = {item.attributes.get("id", ""): item for item in section.nodes[0].nodes}
    references = [(link, link.attributes["href"][1:]) for node in body.walk() if (link := reference_in(node))]
    order = dict.fromkeys(name for _link, name in references)
    if set(order) != set(notes) or any(not _has_mark(link, [*order].index(name) + 1) for link, name in references):
        return
    numbers = {name: str(number) for number, name in enumerate(order, 1)}
    for link, name in references:
        link.attributes, link.children = {"href": f"#fn{numbers[name]}"}, [numbers[name]]
    for name, item in notes.items():
        item.attributes["id"] = f"fn{numbers[name]}"
        _remove_links_back(item)
        item.children = _item(_spaced(item.children, at_edges=True))
    section.nodes[0].children = [notes[name] for name in order]
    index = body.children.index(section)
    before = body.children[index - 1] if index else ""
    if isinstance(before, Node) and before.tag == "hr" and before.is_plain:
        del body.children[index - 1]


def reference_in(node: Node) -> Node | None:
    """Return the link of a mark that refers to a footnote, None for any other element."""
    links = node.nodes if node.tag == "sup" and node.attributes.get("class") == "footnote-ref" else []
    is_one = len(links) == 1 and links[0].tag == "a" and links[0].attributes.get("href", "").startswith("#fn")
    return links[0] if is_one else None


def _has_mark(link: Node, number: int) -> bool:
    return bool(re.fullmatch(FOOTNOTE_MARK.format(number), link.text().strip()))


def _remove_links_back(node: Node) -> None:
    for child in node.nodes:
        _remove_links_back(child)
    kept = [child for child in node.children if not _is_link_back(child)]
    if len(kept) != len(node.children):
        node.children = _spaced(kept, at_edges=node.is_block)


def _is_link_back(child: "Node | str") -> bool:
    return isinstance(child, Node) and child.tag == "a" and child.attributes.get("href", "").startswith("#fnref")
