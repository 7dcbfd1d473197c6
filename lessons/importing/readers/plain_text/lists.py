"""Parse lists in a plain text: bullets and numbers, nested by indentation, with items of several lines."""

from dataclasses import dataclass, field

from django.utils.safestring import SafeString

from lessons.importing.document import Block, element, list_block
from lessons.importing.readers import list_markers
from lessons.importing.readers.plain_text.layout import RAGGED, Layout
from lessons.importing.readers.plain_text.lines import Line, fits, join_lines
from lessons.importing.readers.text_lines import INDENT

NESTED = 2  # columns by which an item is indented more than its parent
MAX_BLANKS = 1
MAX_DEPTH = 8
MAX_TERM = 60  # columns


@dataclass(slots=True)
class Item:
    """An item with the lines of its text. marker: "1." or "b)", empty for a bullet."""

    indent: int
    marker: str
    lines: list[Line] = field(default_factory=list)
    items: list["Item"] = field(default_factory=list)


def parse_marker(line: Line) -> tuple[str, str] | None:
    """Return (number, text), the number empty for a bullet; None if the line starts no item."""
    bullet = list_markers.parse_bullet(line.text)
    return ("", bullet) if bullet is not None else list_markers.parse_number(line.text)


def parse_list(lines: list[Line], start: int, layout: Layout) -> tuple[Block | None, int]:
    """Return the list that starts at a line, or None, and the index of the line after it.

    A single number does not make a list: it is that of a heading, or part of the text.
    """
    items, end = _items(lines, start, layout)
    if not items or not all(item.lines for item in items) or (items[0].marker and len(items) < 2):
        return None, start
    tree = _nested(items)
    if tree[0].marker and len(tree) < 2:
        return None, start
    if not any(item.items for item in tree):
        numbers = [item.marker for item in tree]
        return list_block([_text(item, layout) for item in tree], numbers if numbers[0] else None), end
    return Block("list", "\n".join(_texts(tree, layout)), _html(tree, layout)), end


def _items(lines: list[Line], start: int, layout: Layout) -> tuple[list[Item], int]:
    """Return the items in order, without nesting, and the index of the line after the last one."""
    items: list[Item] = []
    n = end = start
    while n < len(lines):
        line = lines[n]
        if not line:
            n += 1
            if n - end > MAX_BLANKS:
                break
            continue
        marked = parse_marker(line)
        if marked and items and not items[-1].lines:
            break
        if marked and _belongs(items, line.indent, marked[0]):
            items.append(Item(line.indent, marked[0]))
            if marked[1]:
                items[-1].lines.append(_without_marker(line, marked[1]))
        elif not items or not _continues(items[-1], lines[end - 1], line, n > end, layout):
            break
        else:
            items[-1].lines.append(line)
        n += 1
        end = n
    return items, end


def _without_marker(line: Line, text: str) -> Line:
    """Return a line with the text after the marker, which keeps its width."""
    return Line(line.number, " " * (line.width - Line(0, text).width) + text)


def _belongs(items: list[Item], indent: int, marker: str) -> bool:
    """Return whether an item with this marker continues the list or an outer one, or starts an inner one."""
    if not items:
        return True
    if indent < items[0].indent:
        return indent > items[0].indent - NESTED and bool(marker) == bool(items[0].marker)
    level = next((item for item in reversed(items) if item.indent < indent + NESTED), None)
    if level is None or level.indent <= indent - NESTED:
        return not marker or list_markers.is_first_marker(marker)
    if not marker or not level.marker:
        return not marker and not level.marker
    return list_markers.is_next_marker(level.marker, marker)


def _continues(item: Item, before: Line, line: Line, is_after_blank: bool, layout: Layout) -> bool:
    """Return whether a line without a marker belongs to the item."""
    if not item.lines:
        return True
    if is_after_blank:
        return line.indent >= item.indent + NESTED and line.indent >= layout.indent + NESTED
    if line.indent > item.indent:
        return True
    return bool(layout.width) and not fits(before, line, layout.width - RAGGED) and not before.ends_sentence


def _nested(items: list[Item]) -> list[Item]:
    top: list[Item] = []
    stack: list[Item] = []
    for item in items:
        while stack and (stack[-1].indent > item.indent - NESTED or len(stack) >= MAX_DEPTH):
            stack.pop()
        (stack[-1].items if stack else top).append(item)
        stack.append(item)
    return top


def _text(item: Item, layout: Layout) -> str:
    return join_lines(item.lines, layout.compounds)


def _texts(items: list[Item], layout: Layout, indent: str = "") -> list[str]:
    """Return one text per item, with its number; the items of an inner list follow their parent, indented by two."""
    texts: list[str] = []
    for item in items:
        text = f"{item.marker} {_text(item, layout)}".strip()
        texts += [indent + text, *_texts(item.items, layout, indent + INDENT)]
    return texts


def _html(items: list[Item], layout: Layout) -> SafeString:
    children = [
        element("li", _text(item, layout), *([_html(item.items, layout)] if item.items else [])) for item in items
    ]
    first = items[0].marker.strip("().")
    if not items[0].marker:
        return element("ul", *children)
    return element("ol", *children, **({"start": int(first)} if first.isdecimal() and first != "1" else {}))


def parse_definitions(lines: list[Line], start: int, layout: Layout) -> tuple[Block | None, int]:
    """Return the definition list that starts at a line, or None: terms with indented definitions below them."""
    pairs: list[tuple[str, str]] = []
    n = end = start
    while n < len(lines):
        below = _definition_end(lines, n, lines[start].indent, layout)
        if below == n:
            break
        pairs.append((lines[n].single_spaced, join_lines(lines[n + 1 : below], layout.compounds)))
        n = end = below
        while n < len(lines) and not lines[n] and n - end <= MAX_BLANKS:
            n += 1
    if not pairs:
        return None, start
    children = [part for term, text in pairs for part in (element("dt", term), element("dd", text))]
    return Block("list", "\n".join(text for pair in pairs for text in pair), element("dl", *children)), end


def _definition_end(lines: list[Line], n: int, indent: int, layout: Layout) -> int:
    """Return where the definition below a term ends; `n` if the line is not a term.

    A term has the indentation of the text; a line with less is a heading.
    """
    term = lines[n]
    if not term or term.indent != indent or indent != layout.indent or not layout.blank_lines or term.ends_sentence:
        return n
    if term.width - indent > MAX_TERM or parse_marker(term) or n + 1 >= len(lines) or not lines[n + 1]:
        return n
    depth = lines[n + 1].indent
    end = n + 1
    while end < len(lines) and lines[end] and lines[end].indent == depth and not parse_marker(lines[end]):
        end += 1
    is_whole = end == len(lines) or not lines[end]
    return end if depth >= indent + NESTED and end > n + 1 and is_whole else n
