"""Blocks as Markdown, each as lines. What Markdown cannot say is HTML: around Markdown where that is possible."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from string import ascii_lowercase

from lessons.markup.blocks import HEADINGS
from lessons.markup.html_to_markdown.inline import InlineWriter
from lessons.markup.html_to_markdown.raw import end_tag, html_lines, start_tag
from lessons.markup.html_to_markdown.tree import LISTS, Node
from lessons.markup.lesson_markdown import CHECK
from lessons.markup.markdown_structures import DONE_TASK, OPEN_TASK
from lessons.markup.roman_numerals import roman_numeral
from lessons.markup.sanitise import CALLOUT_KINDS, CHECK_ATTRIBUTE, CODE_LANGUAGE

# Between two blocks that would otherwise be one.
SEPARATOR = "<!-- -->"
MARKS = {OPEN_TASK: "[ ]", DONE_TASK: "[x]"}
FENCE = re.compile(r"^[ \t]*(`{3,}|~{3,})", re.MULTILINE)


@dataclass(slots=True)
class BlockWriter:
    """Writes the blocks of a text.

    plain_html: the numbers of top-level blocks that are written as HTML. cautious: those in which every sign is
    escaped. checks: the content of the block of each check, by its uid. The other fields are as in InlineWriter.
    """

    addresses: Mapping[str, str] = field(default_factory=dict)
    checks: Mapping[str, str] = field(default_factory=dict)
    has_footnotes: bool = False
    plain_html: frozenset[int] = frozenset()
    cautious: frozenset[int] = frozenset()
    is_cautious: bool = False

    def write(self, body: Node) -> str:
        """Return the Markdown of a whole text."""
        pieces: list[str] = []
        previous, is_other = None, False
        for number, node in enumerate(body.nodes):
            writer = replace(self, is_cautious=number in self.cautious)
            is_html = number in self.plain_html and not self._is_check(node)
            is_other = _follows_list(previous, node) and not is_other
            lines = writer.html(node) if is_html else writer.block(node, is_other)
            if _would_join(previous, node):
                pieces.append(SEPARATOR)
            pieces.append("\n".join(lines))
            previous = node
        return "\n\n".join(pieces) + "\n" if pieces else ""

    def inline(self, node: Node, *, single_line: bool = False, in_cell: bool = False) -> str:
        writer = InlineWriter(self.addresses, self.has_footnotes, single_line, in_cell, self.is_cautious)
        return writer.write(node.children)

    def blocks(self, nodes: list[Node]) -> list[str]:
        """Return the lines of several blocks, with a blank line between them."""
        lines: list[str] = []
        previous, is_other = None, False
        for node in nodes:
            if previous is not None:
                lines += ["", SEPARATOR, ""] if _would_join(previous, node) else [""]
            is_other = _follows_list(previous, node) and not is_other
            lines += self.block(node, is_other)
            previous = node
        return lines

    def block(self, node: Node, is_other_list: bool = False) -> list[str]:
        """Return the lines of a block. is_other_list: it follows a list from which its markers must differ."""
        if node.tag in LISTS:
            return self._list(node, is_other_list)
        if node.tag in HEADINGS:
            return self._heading(node)
        if node.tag == "p" and node.is_plain:
            return self.inline(node).split("\n")
        write = {
            "pre": self._code,
            "blockquote": self._quote,
            "aside": self._callout,
            "details": self._details,
            "dl": self._definitions,
            "table": self._table,
            "section": self._section,
        }.get(node.tag)
        if write is not None:
            return write(node)
        if self._is_check(node):
            return _fenced(CHECK, self.checks[node.attributes[CHECK_ATTRIBUTE]].removesuffix("\n"))
        return ["---"] if node.tag == "hr" and node.is_plain else self.html(node)

    def _is_check(self, node: Node) -> bool:
        return set(node.attributes) == {CHECK_ATTRIBUTE} and node.attributes[CHECK_ATTRIBUTE] in self.checks

    def html(self, node: Node) -> list[str]:
        return html_lines(self._with_addresses(node))

    def _with_addresses(self, node: Node) -> Node:
        children = [child if isinstance(child, str) else self._with_addresses(child) for child in node.children]
        attributes = {
            name: self.addresses.get(value, value) if name in ("href", "src") else value
            for name, value in node.attributes.items()
        }
        return Node(node.tag, attributes, children, node.html)

    def _heading(self, node: Node) -> list[str]:
        if set(node.attributes) - {"id"}:
            return self.html(node)
        name = node.attributes.get("id")
        text = self.inline(node, single_line=True)
        text = f"{text[:-1]}\\#" if text.endswith("#") and not text.endswith("\\#") else text
        return [" ".join(filter(None, ["#" * int(node.tag[1]), text, f"{{#{name}}}" if name else ""]))]

    def _code(self, node: Node) -> list[str]:
        code = node.nodes[0] if len(node.children) == 1 and node.nodes else None
        language = code.attributes.get("class", "") if code else ""
        is_text = code is not None and code.tag == "code" and all(isinstance(child, str) for child in code.children)
        has_language = bool(CODE_LANGUAGE.fullmatch(language)) and set(code.attributes if code else ()) == {"class"}
        is_fenced = is_text and node.is_plain and (has_language or (code is not None and code.is_plain))
        if code is None or not is_fenced or language == f"language-{CHECK}":
            return self.html(node)
        return _fenced(language.removeprefix("language-"), code.text())

    def _quote(self, node: Node) -> list[str]:
        if not node.is_plain or not node.children:
            return self._opened(node, node.nodes)
        return [f"> {line}".rstrip(" ") if not line else f"> {line}" for line in self.blocks(node.nodes)]

    def _opened(self, node: Node, children: list[Node], head: list[str] | None = None) -> list[str]:
        """Return an element as HTML around Markdown."""
        inner = ["", *self.blocks(children)] if children else []
        return [start_tag(node), *(head or []), *inner, "", end_tag(node)]

    def _callout(self, node: Node) -> list[str]:
        kind = node.attributes.get("class", "").removeprefix("callout callout-")
        title, rest = (node.nodes[0], node.nodes[1:]) if node.nodes else (None, [])
        if kind not in CALLOUT_KINDS or set(node.attributes) != {"class"} or title is None or not _is_title(title):
            return self._opened(node, node.nodes)
        words = self.inline(title.nodes[0], single_line=True)
        return self._container(node, kind, "" if words == kind.capitalize() else words, rest)

    def _details(self, node: Node) -> list[str]:
        summary = node.nodes[0] if node.nodes and node.nodes[0].tag == "summary" else None
        if summary is None:
            return self._opened(node, node.nodes)
        words = self.inline(summary, single_line=True) if summary.is_plain else ""
        if not node.is_plain or not words:
            return self._opened(node, node.nodes[1:], html_lines(self._with_addresses(summary)))
        return self._container(node, "details", words, node.nodes[1:])

    def _container(self, node: Node, name: str, title: str, children: list[Node]) -> list[str]:
        """Return `:::name Title`, the content and `:::`; as HTML where the title could be read as something else."""
        if title and (title[0] in "[{:\"'" or title[-1] in ":\"'}" or title != title.strip()):
            head = node.nodes[0]
            if head.tag == "summary":
                return self._opened(node, children, html_lines(self._with_addresses(head)))
            return self._opened(node, node.nodes)
        return [f":::{name} {title}".rstrip(), *(["", *self.blocks(children), ""] if children else []), ":::"]

    def _section(self, node: Node) -> list[str]:
        notes = node.nodes[0].nodes if node.nodes else []
        if not self.has_footnotes or node.attributes.get("class") != "footnotes":
            return self.html(node)
        lines: list[str] = []
        for number, note in enumerate(notes, 1):
            lines += [""] if lines else []
            lines += _indented(f"[^{number}]: ", self._item(note), 4)
        return lines

    def _item(self, node: Node) -> list[str]:
        """Return the lines of an item's content: text and lists below it, or blocks."""
        inline = [child for child in node.children if isinstance(child, str) or not child.is_block]
        blocks = [child for child in node.nodes if child.is_block]
        lines = self.inline(Node("p", {}, inline)).split("\n") if inline else []
        return [*lines, *(self.blocks(blocks) if not lines or not blocks else self._nested(blocks))]

    def _nested(self, lists: list[Node]) -> list[str]:
        lines: list[str] = []
        for n, node in enumerate(lists):
            lines += self._list(node, n % 2 == 1 and lists[n - 1].tag == node.tag)
        return lines

    def _list(self, node: Node, is_other_list: bool) -> list[str]:
        items = node.nodes
        if style := node.attributes.get("type"):
            return self._lettered(node, style)
        if set(node.attributes) - {"start"} or not items or any(not _is_simple(item) for item in items):
            return self._list_in_html(node)
        number, first, loose = int(node.attributes.get("start", "1")), True, any(map(_has_blocks, items))
        if number < 0 or (number == 0 and "value" in items[0].attributes):
            return self._list_in_html(node)
        lines: list[str] = []
        for item in items:
            value = int(item.attributes.get("value", number))
            if value < 0 or value >= 10**9 or (not first and value == number - 1):
                return self._list_in_html(node)
            marker = ("*" if is_other_list else "-") if node.tag == "ul" else f"{value}{')' if is_other_list else '.'}"
            content = self._item(item)
            if item.attributes.get("class") == "task":
                content[0] = content[0].replace(content[0][:1], MARKS[content[0][0]], 1)
            lines += [""] if loose and lines else []
            lines += _indented(f"{marker} ", content, len(marker) + 1)
            number, first = value + 1, False
        return lines

    def _lettered(self, node: Node, style: str) -> list[str]:
        """Return a list whose items have letters or Roman numerals; as HTML if not all of it is short."""
        items = node.nodes
        letters = list(map(roman_numeral, range(1, 16))) if style in "iI" else list(ascii_lowercase)
        simple = all(item.is_plain and item.children and not _has_blocks(item) and not item.nodes for item in items)
        if set(node.attributes) != {"type"} or not simple or not 2 <= len(items) <= len(letters):
            return self._list_in_html(node)
        names = [name.upper() if style.isupper() else name for name in letters[: len(items)]]
        texts = [self.inline(item, single_line=True) for item in items]
        return [f"{name}) {text}" for name, text in zip(names, texts, strict=True)]

    def _list_in_html(self, node: Node) -> list[str]:
        """Return a list as HTML: around Markdown if its items have blocks."""
        if not any(map(_has_blocks, node.nodes)):
            return self.html(node)
        lines = [start_tag(node)]
        for item in node.nodes:
            lines += [start_tag(item), "", *self._item(item), "", end_tag(item)]
        return [*lines, end_tag(node)]

    def _definitions(self, node: Node) -> list[str]:
        parts = node.nodes
        is_paired = all(
            part.is_plain and part.children and (part.tag == "dd" or (n + 1 < len(parts) and parts[n + 1].tag == "dd"))
            for n, part in enumerate(parts)
        )
        if not node.is_plain or not parts or parts[0].tag != "dt" or not is_paired:
            return self.html(node)
        lines: list[str] = []
        for part in parts:
            if part.tag == "dt":
                lines += [""] if lines else []
                lines.append(self.inline(part, single_line=True))
            else:
                lines += ["", *_indented(":   ", self._item(part), 4)]
        return lines

    def _table(self, node: Node) -> list[str]:
        rows = [row for part in node.nodes for row in part.nodes]
        if not _is_simple_table(node, rows):
            return self.html(node)
        lines = [self._row(row) for row in rows]
        lines.insert(1, f"|{'|'.join(map(_alignment_marker, rows[0].nodes))}|")
        return lines

    def _row(self, row: Node) -> str:
        cells = [self.inline(cell, single_line=True, in_cell=True) for cell in row.nodes]
        return "|" + "".join(f" {cell} |" if cell else " |" for cell in cells)


def _fenced(language: str, text: str) -> list[str]:
    """Return the lines of a fenced block, whose fence is longer than any in its text."""
    fence = "`" * max(3, 1 + max((len(run) for run in re.findall("`+", text)), default=0))
    return [f"{fence}{language}", *text.split("\n"), fence]


def _indented(marker: str, lines: list[str], width: int) -> list[str]:
    """Return lines of which the first begins with the marker, and the others with as many spaces."""
    first, *rest = lines or [""]
    return [f"{marker}{first}".rstrip(" "), *(" " * width + line if line else "" for line in rest)]


def _is_simple_table(node: Node, rows: list[Node]) -> bool:
    """Return whether Markdown can say a table: a head of one row, and columns that are aligned alike in all rows."""
    cells = [cell for row in rows for cell in row.nodes]
    return (
        node.is_plain
        and [part.tag for part in node.nodes] in (["thead"], ["thead", "tbody"])
        and all(part.is_plain for part in [*node.nodes, *rows])
        and len(node.nodes[0].nodes) == 1
        and all(_attributes(row) == _attributes(rows[0]) for row in rows)
        and all(_alignment_marker(cell) and not _has_blocks(cell) for cell in cells)
        and all((cell.tag == "th") is (row is rows[0]) for row in rows for cell in row.nodes)
    )


def _attributes(row: Node) -> list[dict[str, str]]:
    return [cell.attributes for cell in row.nodes]


def _alignment_marker(cell: Node) -> str:
    """Return the dashes below a table's head for the column of a cell; empty if Markdown cannot say its attributes."""
    if cell.is_plain:
        return "---"
    is_aligned = set(cell.attributes) == {"class"}
    return {"align-center": ":-:", "align-end": "--:"}.get(cell.attributes["class"], "") if is_aligned else ""


def _has_blocks(node: Node) -> bool:
    """Return whether the element holds blocks, other than lists below its text."""
    blocks = [child for child in node.nodes if child.is_block]
    return any(block.tag not in LISTS for block in blocks) or (len(blocks) == len(node.children) > 1)


def _is_simple(item: Node) -> bool:
    """Return whether Markdown can say an item: its number, and whether it is a task."""
    attributes = set(item.attributes) - {"value"}
    if attributes == {"class"}:
        first = item.children[0] if item.children else ""
        first = first.children[0] if isinstance(first, Node) and first.tag == "p" and first.children else first
        return isinstance(first, str) and first[:2] in (f"{OPEN_TASK} ", f"{DONE_TASK} ") and len(first) > 2
    return not attributes


def _is_title(node: Node) -> bool:
    """Return whether a paragraph is bold, and nothing else: the title of a callout."""
    is_one = node.tag == "p" and node.is_plain and len(node.children) == 1 and len(node.nodes) == 1
    return is_one and node.nodes[0].tag == "strong" and node.nodes[0].is_plain


def _would_join(previous: Node | None, node: Node) -> bool:
    """Return whether Markdown would make one block of the two."""
    tags = (previous.tag, node.tag) if previous else ("", "")
    if tags in (("blockquote", "blockquote"), ("dl", "dl")):
        return True
    # A term of a definition list is a paragraph that a line with a colon follows.
    is_fenced = node.tag == "pre" or CHECK_ATTRIBUTE in node.attributes
    return tags[0] in LISTS | {"dl"} and is_fenced


def _follows_list(previous: Node | None, node: Node) -> bool:
    """Return whether a list follows another of its kind, so that its markers must be others."""
    return previous is not None and previous.tag == node.tag and node.tag in LISTS
