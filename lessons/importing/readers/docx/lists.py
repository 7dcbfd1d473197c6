"""Lists: paragraphs with markers as nested `<ol>` and `<ul>`, with the numbers that the document shows."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from django.utils.safestring import SafeString

from lessons.importing.document import Block, element
from lessons.importing.readers import list_markers
from lessons.importing.readers.docx.content import Item, Paragraph, Span
from lessons.importing.readers.docx.numbering import Marker

DEEPER = 200  # twentieths of a point by which a list is indented more than the one around it
TYPED_BULLET = re.compile(r"([-–•●○▪◦‣⁃·∙*§]|o(?=\t|\xa0| {2}))[ \t\xa0]++(?=\S)")
TYPED_NUMBER = re.compile(r"(\(?(?:\d{1,3}|[a-zA-Z]|[ivxIVX]{1,5})[.)])[ \t\xa0]++(?=\S)")
MAX_TYPED_NUMBER = 999


@dataclass(slots=True)
class ListItem:
    """An item: its paragraphs, and the lists below it."""

    marker: Marker
    parts: list["SafeString | ListNode"] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)


@dataclass(slots=True)
class ListNode:
    depth: tuple[int, int]
    marker: Marker
    items: list[ListItem] = field(default_factory=list)

    def accepts(self, marker: Marker) -> bool:
        """Return whether an item belongs to this list: bullets to bullets, numbers to the same way of counting."""
        mine = self.marker
        if bool(mine.label) != bool(marker.label) or mine.html_type != marker.html_type:
            return False
        if mine.is_plain != marker.is_plain:
            return False
        return mine.list_id == marker.list_id or not marker.label or marker.value != 1


def list_blocks(paragraphs: Sequence[Paragraph]) -> list[Block]:
    """Return the lists of consecutive paragraphs; one without a marker belongs to the item before it."""
    top: list[ListNode] = []
    stack: list[ListNode] = []
    for paragraph in paragraphs:
        marker = paragraph.marker
        if marker is None:
            if stack:
                _add_paragraph(stack[-1].items[-1], paragraph, stack[-1].items[-1].marker, is_first=False)
            continue
        depth = _depth(paragraph, marker, stack)
        while stack and stack[-1].depth > depth:
            stack.pop()
        if not stack or stack[-1].depth < depth:
            node = _open(depth, marker, stack[-1].items[-1].parts if stack else top)
            stack.append(node)
        elif not stack[-1].accepts(marker):
            stack.pop()
            stack.append(_open(depth, marker, stack[-1].items[-1].parts if stack else top))
        item = ListItem(marker)
        stack[-1].items.append(item)
        _add_paragraph(item, paragraph, marker, is_first=True)
    return [Block("list", "\n".join(_lines(node)), _html(node)) for node in top]


def _open(depth: tuple[int, int], marker: Marker, parent: list) -> ListNode:
    node = ListNode(depth, marker)
    parent.append(node)
    return node


def _depth(paragraph: Paragraph, marker: Marker, stack: list[ListNode]) -> tuple[int, int]:
    """Return the depth: the level within its list, then the indent, by which other lists may be deeper."""
    same = next((node for node in reversed(stack) if node.marker.list_id == marker.list_id), None)
    if same is not None and same.marker.level == marker.level:
        return same.depth
    top = stack[-1].depth if stack else (marker.level, paragraph.indent)
    if same is None and stack and stack[-1].marker.level == marker.level:
        indent = paragraph.indent
        close = next((node for node in reversed(stack) if abs(node.depth[1] - indent) <= DEEPER), None)
        return close.depth if close else (marker.level, indent)
    return (marker.level, paragraph.indent if not stack or marker.level != top[0] else top[1])


def _add_paragraph(item: ListItem, paragraph: Paragraph, marker: Marker, *, is_first: bool) -> None:
    label = marker.label if is_first else ""
    html = paragraph.html()
    if label and not marker.is_plain:
        html = SafeString(f"{element('span', label).removeprefix('<span>').removesuffix('</span>')} {html}")
    item.parts.append(html if is_first else element("p", html))
    item.lines.append(f"{label} {paragraph.text}".strip())


def _html(node: ListNode) -> SafeString:
    children = []
    expected = node.items[0].marker.value
    numbered = bool(node.marker.label) and node.marker.is_plain
    for item in node.items:
        children.append(_item_html(item, item.marker.value if numbered and item.marker.value != expected else None))
        expected = item.marker.value + 1
    if not numbered:
        return element("ul", *children)
    attributes: dict[str, str | int] = {"type": node.marker.html_type} if node.marker.html_type else {}
    first = node.items[0].marker.value
    return element("ol", *children, **(attributes | ({"start": first} if first != 1 else {})))


def _item_html(item: ListItem, number: int | None) -> SafeString:
    """Write an item; its first paragraph is one only if others follow it."""
    parts = [_html(part) if isinstance(part, ListNode) else part for part in item.parts]
    if any(part.startswith("<p>") for part in parts[1:]):
        parts[0] = element("p", parts[0])
    return element("li", *parts, **({"value": number} if number is not None else {}))


def _lines(node: ListNode) -> list[str]:
    lines = []
    for item in node.items:
        own = iter(item.lines)
        for part in item.parts:
            lines += _lines(part) if isinstance(part, ListNode) else [next(own)]
    return [line for line in lines if line]


def mark_typed_lists(items: Sequence[Item]) -> None:
    """Give markers to paragraphs that begin with a typed bullet, or with numbers that follow each other."""
    run: list[tuple[Paragraph, re.Match]] = []
    for item in [*items, None]:
        match = _typed_marker(item) if isinstance(item, Paragraph) else None
        if isinstance(item, Paragraph) and not item.text and not item.marker:
            continue
        if run and not (match and _follows(run[-1][1][1], match[1])):
            _mark(run)
            run = []
        if match and isinstance(item, Paragraph):
            run.append((item, match))


def _typed_marker(paragraph: Paragraph) -> re.Match | None:
    if paragraph.marker or paragraph.level or paragraph.is_toc or paragraph.style.role or not paragraph.spans:
        return None
    start = "".join(span.text for span in paragraph.spans[:4])[:40].lstrip(" ")
    return TYPED_BULLET.match(start) or TYPED_NUMBER.match(start)


def _follows(before: str, after: str) -> bool:
    is_bullet = not any(c.isdigit() for c in before) and before[-1] not in ".)"
    return before == after if is_bullet else list_markers.is_next_marker(before, after)


def _mark(run: list[tuple[Paragraph, re.Match]]) -> None:
    """Make a list of one bullet or more, or of two numbers or more."""
    sign = run[0][1][1]
    is_numbered = sign[-1] in ".)"
    if is_numbered and len(run) < 2 or sign in "-–*" and len(run) < 2:
        return
    first = _first_number(sign) if is_numbered else None
    for n, (paragraph, match) in enumerate(run):
        label = match[1] if is_numbered else ""
        value, html_type = (first[0] + n, first[1]) if first else (1, "")
        list_id = f"typed {id(run)}"
        indent = paragraph.indent
        paragraph.marker = Marker(list_id, 0, label, value, html_type, not is_numbered or first is not None, indent)
        paragraph.spans = without_start(paragraph.spans, match.end())


def _first_number(sign: str) -> tuple[int, str] | None:
    """Return (number, type of `<ol>`) of a typed marker: (3, "a") of "c)"."""
    body = sign.strip("().")
    if body.isdecimal():
        return int(body), ""
    if body.lower() == "i":
        return 1, "i" if body == "i" else "I"
    if len(body) == 1 and body.isascii():
        return ord(body.lower()) - ord("a") + 1, "a" if body.islower() else "A"
    return None


def without_start(spans: list[Span], length: int) -> list[Span]:
    """Return the spans without their first characters, not counting spaces at the very start."""
    result: list[Span] = []
    is_at_start = True
    for span in spans:
        text = span.text
        if is_at_start and span.html is None:
            text = text.lstrip(" ")
        is_at_start = is_at_start and not text
        if length and span.html is None:
            cut = min(length, len(text))
            text, length = text[cut:], length - cut
        if span.html is not None:
            result.append(span)
        elif text:
            result.append(replace(span, text=text))
    return result
