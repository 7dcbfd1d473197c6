"""Lists of a Word document, nested and with the numbers that Word shows."""

from collections.abc import Sequence
from dataclasses import replace

from django.utils.safestring import SafeString

from lessons.importing.document import Block, element, escape_html
from lessons.importing.readers.docx.content import Item, Paragraph, Span
from lessons.importing.readers.docx.numbering import BOXES
from lessons.importing.readers.nested_lists import START_LENGTH, ListItem, ListNode, nest, typed_markers
from lessons.importing.readers.text_lines import INDENT


def list_blocks(paragraphs: Sequence[Paragraph]) -> list[Block]:
    """Return the lists of consecutive paragraphs; one without a marker belongs to the item before it."""
    nodes = nest((paragraph.marker, paragraph.indent, paragraph) for paragraph in paragraphs)
    return [Block("list", "\n".join(_lines(node)), _html(node)) for node in nodes]


def _html(node: ListNode[Paragraph]) -> SafeString:
    children = [
        _item_html(item, attributes) for item, attributes in zip(node.items, node.item_attributes(), strict=True)
    ]
    return element("ol" if node.is_numbered else "ul", *children, **node.attributes())


def _item_html(item: ListItem[Paragraph], attributes: dict[str, str]) -> SafeString:
    """Write an item; its first paragraph is one only if others follow it."""
    has_paragraphs = any(isinstance(part, Paragraph) for part in item.parts[1:])
    parts: list[SafeString] = []
    for n, part in enumerate(item.parts):
        if isinstance(part, ListNode):
            parts.append(_html(part))
            continue
        html = part.html()
        if n == 0 and item.marker.label and not item.marker.is_plain:
            html = SafeString(f"{escape_html(item.marker.label)} {html}")
        parts.append(element("p", html) if has_paragraphs else html)
    is_task = item.marker.label and item.marker.label in BOXES
    return element("li", *parts, **(attributes | ({"class": "task"} if is_task else {})))


def _lines(node: ListNode[Paragraph], indent: str = "") -> list[str]:
    lines = []
    for item in node.items:
        for n, part in enumerate(item.parts):
            if isinstance(part, ListNode):
                lines += _lines(part, indent + INDENT)
            else:
                text = f"{item.marker.label if n == 0 else ''} {part.text}".strip()
                lines += [indent + text] if text else []
    return lines


def mark_typed_lists(items: Sequence[Item]) -> None:
    """Set the markers of paragraphs that begin with a typed bullet, or with consecutive numbers."""
    visible = [item for item in items if not isinstance(item, Paragraph) or item.text]
    markers = typed_markers([_start(item) for item in visible], "typed")
    for item, marked in zip(visible, markers, strict=True):
        if marked and isinstance(item, Paragraph):
            item.marker = marked[0]
            item.spans = without_start(item.spans, marked[1])


def _start(item: Item) -> str | None:
    """Return the start of a paragraph that could be an item, None for any other."""
    if not isinstance(item, Paragraph) or item.marker or item.level or item.is_toc or item.style.role:
        return None
    return "".join(span.text for span in item.spans[:4])[:START_LENGTH].lstrip(" ")


def without_start(spans: list[Span], length: int) -> list[Span]:
    """Return the spans without their first characters, not counting spaces at the very start."""
    result: list[Span] = []
    is_at_start = True
    for span in spans:
        if span.html is not None:
            result.append(span)
            is_at_start = False
            continue
        text = span.text.lstrip(" ") if is_at_start else span.text
        is_at_start = is_at_start and not text
        cut = min(length, len(text))
        length -= cut
        if text[cut:]:
            result.append(replace(span, text=text[cut:]))
    return result
