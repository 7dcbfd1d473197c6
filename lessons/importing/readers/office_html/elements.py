"""Element operations that the parser lacks. It copies whatever is inserted, with its content."""

from selectolax.lexbor import LexborHTMLParser, LexborNode

KEPT = ("id", "dir", "lang")


def copy_children(source: LexborNode, target: LexborNode) -> None:
    """Copy all children of `source` to the end of `target`."""
    for child in source.iter(include_text=True):
        target.insert_child(child)


def rename(page: LexborHTMLParser, node: LexborNode, name: str) -> None:
    """Replace an element by one of another name with the same content, and with its id, direction and language."""
    renamed = page.create_node(name)
    for attribute in KEPT:
        value = node.attributes.get(attribute)
        if value:
            renamed.attrs[attribute] = value
    copy_children(node, renamed)
    node.replace_with(renamed)


def wrap_content(page: LexborHTMLParser, node: LexborNode, name: str) -> None:
    """Wrap the content of `node` in an element."""
    wrapper = page.create_node(name)
    copy_children(node, wrapper)
    for child in list(node.iter(include_text=True)):
        child.decompose()
    node.insert_child(wrapper)
