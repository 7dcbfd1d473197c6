"""Build list elements from entries, and put them in place of the original elements."""

from dataclasses import dataclass

from selectolax.lexbor import LexborHTMLParser, LexborNode

from lessons.importing.readers.nested_lists import ListNode, Marker, nest


@dataclass(slots=True)
class Entry:
    """A paragraph or an item that is to become an item: its marker, indent, and the content of its element."""

    marker: Marker
    indent: int
    node: LexborNode
    content: list[LexborNode]


def children_of(node: LexborNode) -> list[LexborNode]:
    """Return the children of an element, text included."""
    return list(node.iter(include_text=True))


def is_blank(node: LexborNode) -> bool:
    """Return whether a node is a comment or white space."""
    return (node.is_text_node and not node.text(deep=False).strip()) or node.is_comment_node


def replace(page: LexborHTMLParser, run: list[LexborNode], entries: list[Entry]) -> None:
    """Replace the elements of `run` by the lists of `entries`."""
    for node in nest((entry.marker, entry.indent, entry) for entry in entries):
        run[0].insert_before(_element(page, node))
    for old in run:
        old.decompose()


def _element(page: LexborHTMLParser, node: ListNode[Entry]) -> LexborNode:
    result = page.create_node("ol" if node.is_numbered else "ul")
    for name, value in node.attributes().items():
        result.attrs[name] = value
    for item, attributes in zip(node.items, node.item_attributes(), strict=True):
        child = page.create_node("li")
        for name, value in attributes.items():
            child.attrs[name] = value
        for part in item.parts:
            if isinstance(part, ListNode):
                child.insert_child(_element(page, part))
            else:
                _move_content(part, child)
        result.insert_child(child)
    return result


def _move_content(entry: Entry, item: LexborNode) -> None:
    if entry.marker.label and not entry.marker.is_plain:
        item.insert_child(f"{entry.marker.label} ")
    name = entry.node.attributes.get("id") if not entry.node.is_text_node else None
    if name:
        item.attrs["id"] = name
    for child in entry.content:
        item.insert_child(child)


def cut_start(node: LexborNode, length: int) -> None:
    """Remove the first characters of an element's text, not counting leading white space."""
    is_at_start = True
    for child in [one for one in node.traverse(include_text=True) if one.is_text_node]:
        text = child.text(deep=False)
        kept = text.lstrip(" \t\r\n") if is_at_start else text
        is_at_start = is_at_start and not kept
        cut = min(length, len(kept))
        length -= cut
        if kept[cut:] != text:
            child.replace_with(kept[cut:])
        if not length and not is_at_start:
            return
