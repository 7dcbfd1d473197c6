"""Elements as HTML within Markdown: in one line within a paragraph, in lines of their own as a block."""

from lessons.markup.html_to_markdown.tree import FRAMES, Node

MAX_BRACKETS = 50
VOID = {"br", "hr", "img"}
# Elements whose children each have a line in a block of HTML.
OPENED = FRAMES | {"figure", "section", "aside", "details", "blockquote"}


def start_tag(node: Node) -> str:
    """Return the start tag, with attributes as the sanitiser writes them."""
    return f"<{node.tag}{''.join(_attribute(name, value) for name, value in node.attributes.items())}>"


def _attribute(name: str, value: str) -> str:
    return f' {name}="{escape_attribute(value)}"'


def escape_attribute(value: str) -> str:
    return escape_html(value).replace('"', "&quot;").replace("\n", "&#10;")


def escape_html(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def end_tag(node: Node) -> str:
    return "" if node.tag in VOID else f"</{node.tag}>"


def html_line(node: Node) -> str:
    """Return the element as HTML without a line end."""
    if node.tag == "math":
        return node.html.replace("\n", "&#10;")
    return f"{start_tag(node)}{''.join(map(_piece, node.children))}{end_tag(node)}"


def _piece(child: Node | str) -> str:
    if isinstance(child, Node):
        return html_line(child)
    text = escape_html(child).replace("\n", "&#10;")
    # The parser of Markdown refuses text with more, whether it is HTML or not.
    return text.replace("[", "&#91;") if text.count("[") > MAX_BRACKETS else text


def html_lines(node: Node, indent: str = "") -> list[str]:
    """Return the element as a block of HTML, none of whose lines is blank."""
    opened = node.tag in OPENED and node.children and all(isinstance(child, Node) for child in node.children)
    if not opened:
        return [indent + html_line(node)]
    lines = [indent + start_tag(node)]
    for child in node.nodes:
        lines += html_lines(child, indent if node.tag in ("table", "figure") else indent + "  ")
    return [*lines, indent + end_tag(node)]
