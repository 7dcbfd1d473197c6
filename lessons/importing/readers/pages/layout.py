"""Classify the elements of a page: blocks, nested elements, and layout tables and lists."""

from collections.abc import Container

from selectolax.lexbor import LexborNode

HEADINGS = {"h1", "h2", "h3", "h4", "h5", "h6"}
LISTS = {"ul", "ol", "dl"}
BLOCKS = (
    HEADINGS
    | LISTS
    | set(
        "address article aside blockquote body center dd details dialog div dt fieldset figcaption figure footer form "
        "header hgroup hr li main menu nav p pre search section summary table tbody td tfoot th thead tr "
        "caption".split()
    )
)
BLOCK_SELECTOR = ", ".join(sorted(BLOCKS))
IN_LAYOUT_TABLES = "h1, h2, h3, h4, h5, h6, table"
IN_LAYOUT_LISTS = "h1, h2, h3, h4, h5, h6, article, section, table"


def is_layout(node: LexborNode) -> bool:
    """Return whether a table or list only serves layout, as in old pages and e-mails, or in lists of cards."""
    if node.tag in LISTS:
        return bool(node.css_first(IN_LAYOUT_LISTS))
    if node.attributes.get("role") == "presentation":
        return True
    if len(node.css(IN_LAYOUT_TABLES)) > len(node.css("caption")) + 1:
        return True
    return all(len(row.css("td, th")) < 2 for row in node.css("tr"))


def outermost(nodes: list[LexborNode]) -> list[LexborNode]:
    """Return the elements that are not inside another of them, each once, so that each can be removed."""
    by_id = {node.mem_id: node for node in nodes}
    return [node for node in by_id.values() if not is_inside(node, by_id)]


def is_inside(node: LexborNode, ids: Container[int]) -> bool:
    """Return whether an element around this one has one of the `mem_id`s."""
    ancestor = node.parent
    while ancestor and ancestor.mem_id not in ids:
        ancestor = ancestor.parent
    return bool(ancestor)
