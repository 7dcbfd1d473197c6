"""Element operations that the parser lacks. It copies whatever is inserted, with its content."""

from selectolax.lexbor import LexborHTMLParser, LexborNode

# What Word for the web has at the end of each paragraph, and what Safari has for a space where others would be lost.
ENDS, SPACES = "span.EOP", "span.Apple-converted-space"
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


def remove_fillers(page: LexborHTMLParser) -> None:
    """Remove spaces that do not break where nobody has typed them."""
    for node in page.css(ENDS):
        if not node.text(deep=True).strip():
            node.decompose()
    for node in page.css(SPACES):
        if not node.text(deep=True).strip():
            node.replace_with(" ")


def remove_direction(page: LexborHTMLParser) -> None:
    """Remove the direction of elements that have that of nearly all texts, unless the page has both."""
    if page.css_first("[dir=rtl]") is None:
        for node in page.css("[dir=ltr]"):
            del node.attrs["dir"]
