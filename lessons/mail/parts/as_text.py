"""Pure: the plain text part of an e-mail, wrapped at 72 columns."""

import re
from collections.abc import Callable
from typing import NamedTuple

from lessons.mail.parts.as_html import absolute_url, image_text
from lessons.mail.parts.tree import Element, text_of
from lessons.markup.blocks import unescape_text

WIDTH = 72
MIN_WIDTH = 24
INDENT = "  "
SPACE = re.compile(r"\s+")
BLOCKS = set(
    "h1 h2 h3 h4 p ul ol li dl dt dd blockquote table pre hr div section aside details summary figure "
    "figcaption".split()
)
UNDERLINES = {"h1": "=", "h2": "-"}
"""Titles. What follows them stands on the next line, without a blank line between."""
CONTINUING = {"dd", "figcaption"}
QUOTES = {"code": "`", "kbd": "`", "q": '"'}
SCHEME = re.compile(r"^(https?://|mailto:)")


def render(element: Element, base_url: str) -> str:
    """Return what is in the element as lines of at most WIDTH characters."""
    return "\n".join(line.rstrip() for line in _Text(base_url).blocks(element, WIDTH))


def wrapped(text: str, width: int) -> list[str]:
    """Return lines of at most `width` characters, except for words that are longer. Linear in the text's length."""
    lines: list[str] = []
    for line in text.split("\n"):
        words: list[str] = []
        length = -1
        for word in line.split():
            if words and length + 1 + len(word) > width:
                lines.append(" ".join(words))
                words, length = [], -1
            words.append(word)
            length += 1 + len(word)
        lines.append(" ".join(words))
    return lines


class Cell(NamedTuple):
    """The lines of a cell, and what aligns them in their column."""

    lines: list[str]
    place: Callable[[str, int], str]


class _Text:
    def __init__(self, base_url: str):
        self.base_url = base_url

    def blocks(self, element: Element, width: int, *, tight: bool = False) -> list[str]:
        """Return the element's content as lines, with a blank line between blocks unless they are `tight`."""
        lines: list[str] = []
        previous = ""
        for node in _blocks_of(element):
            block = self.block(node, width)
            if lines and block and not (tight or previous in UNDERLINES or node.tag in CONTINUING):
                lines.append("")
            lines += block
            previous = node.tag if block else previous
        return lines

    def block(self, element: Element, width: int) -> list[str]:
        """Return a block as lines."""
        narrower = max(width - len(INDENT), MIN_WIDTH)
        match element.tag:
            case "":
                text = self.inline(element.children).strip()
                return wrapped(text, width) if text else []
            case "h1" | "h2":
                lines = wrapped(self.inline(element.children).strip(), width)
                return [*lines, UNDERLINES[element.tag] * max(map(len, lines))]
            case "p" if element.has_class("button") or element.has_class("place") or element.has_class("links"):
                return [line for link in _links(element) for line in self._link_lines(link, element)]
            case "ul" | "ol":
                return self._items(element, width)
            case "blockquote":
                return [f"> {line}" for line in self.blocks(element, narrower)]
            case "pre":
                return [INDENT + line for line in text_of(element).strip("\n").split("\n")]
            case "table":
                return _table_lines(self._table(element), width, has_heading=not element.has_class("rows"))
            case "hr":
                return ["---"]
            case "div" | "dd" if element.tag == "dd" or element.has_class("post") or element.has_class("code"):
                return [INDENT + line for line in self.blocks(element, narrower)]
        return self.blocks(element, width, tight=element.tag == "li")

    def _link_lines(self, link: Element, block: Element) -> list[str]:
        label, url = self.inline(link.children).strip(), absolute_url(link, self.base_url)
        return [f"{label}: {url}"] if block.has_class("links") else [f"{label}:", url]

    def _items(self, element: Element, width: int) -> list[str]:
        start = element.attribute("start")
        number = int(start) if start.lstrip("-").isdecimal() else 1
        lines: list[str] = []
        for item in element.elements("li"):
            marker = "" if item.has_class("task") else "- " if element.tag == "ul" else f"{number}. "
            number += 1
            hanging = " " * (len(marker) or len(INDENT))
            content = self.block(item, max(width - len(hanging), MIN_WIDTH)) or [""]
            lines += [marker + content[0], *(hanging + line for line in content[1:])]
        return lines

    def _table(self, element: Element) -> list[list[Cell]]:
        """Return rows of cells."""
        rows = []
        for part in [element, *element.elements("thead", "tbody", "tfoot")]:
            for row in part.elements("tr"):
                rows.append([self._cell(cell) for cell in row.elements("td", "th")])
        return [row for row in rows if row]

    def _cell(self, cell: Element) -> Cell:
        lines = [" ".join(line.split()) for line in self.inline(cell.children).strip().split("\n")]
        place = str.rjust if cell.has_class("align-end") else str.ljust
        place = str.center if cell.has_class("align-center") else place
        return Cell([line for line in lines if line] or [""], place)

    def inline(self, nodes: list[Element | str]) -> str:
        """Return text in which only line breaks are line ends."""
        return "".join(SPACE.sub(" ", unescape_text(n)) if isinstance(n, str) else self._inline(n) for n in nodes)

    def _inline(self, element: Element) -> str:
        if element.tag == "br":
            return "\n"
        if element.tag == "img":
            return image_text(element)
        text = self.inline(element.children)
        if element.tag == "a":
            return self._link_text(element, text)
        mark = QUOTES.get(element.tag, "")
        return f"{mark}{text}{mark}"

    def _link_text(self, link: Element, text: str) -> str:
        url = absolute_url(link, self.base_url)
        if not url or SCHEME.sub("", text.strip()).rstrip("/") == SCHEME.sub("", url).rstrip("/"):
            return url if url else text
        return f"{text}\n{url}" if link.has_class("place") else f"{text} ({url})"


def _blocks_of(element: Element) -> list[Element]:
    """Return the blocks in the element; what is between them is in elements without a tag."""
    blocks: list[Element] = []
    for node in element.children:
        if isinstance(node, Element) and node.tag in BLOCKS:
            blocks.append(node)
        elif blocks and not blocks[-1].tag:
            blocks[-1].children.append(node)
        else:
            blocks.append(Element("", {}, [node]))
    return blocks


def _links(element: Element) -> list[Element]:
    found = []
    for node in element.elements():
        found += [node] if node.tag == "a" else _links(node)
    return found


def _table_lines(rows: list[list[Cell]], width: int, *, has_heading: bool) -> list[str]:
    """Return the table with aligned columns, or if it is too wide, each row as a list with the column's names."""
    if not rows:
        return []
    columns = max(map(len, rows))
    widths = [max(len(line) for row in rows if n < len(row) for line in row[n].lines) for n in range(columns)]
    if has_heading and sum(widths) + 2 * (columns - 1) > width:
        return _records(rows, width)
    lines: list[str] = []
    for n, row in enumerate(rows):
        for line in range(max(len(cell.lines) for cell in row)):
            texts = [cell.lines[line] if line < len(cell.lines) else "" for cell in row]
            placed = [cell.place(text, size) for cell, text, size in zip(row, texts, widths, strict=False)]
            lines.append("  ".join(placed).rstrip())
        if n == 0 and has_heading:
            lines.append("  ".join("-" * length for length in widths))
    return lines


def _records(rows: list[list[Cell]], width: int) -> list[str]:
    names = [" ".join(cell.lines) for cell in rows[0]]
    lines: list[str] = []
    for row in rows[1:]:
        lines += [""] if lines else []
        for n, cell in enumerate(row):
            name = f"{names[n]}: " if n < len(names) and names[n] else ""
            first, *others = wrapped(name + " ".join(cell.lines), max(width - len(INDENT), MIN_WIDTH))
            lines += [first, *(INDENT + line for line in others)]
    return lines
