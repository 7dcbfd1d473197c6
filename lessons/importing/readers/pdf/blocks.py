"""Convert paragraphs of a PDF to blocks: text with emphasis, lists, tables, code, footnotes. Pure."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.safestring import SafeString

from lessons.importing.document import Block, element, escape_html, table_block
from lessons.importing.readers.pdf.images import PlacedImage
from lessons.importing.readers.pdf.joining import Vocabulary, is_hyphenated, needs_space
from lessons.importing.readers.pdf.layout import Line
from lessons.importing.readers.pdf.paragraphs import Paragraph, has_marker
from lessons.importing.readers.pdf.words import Word
from lessons.markup.sanitise import sanitise

SMALLER = 0.86
RAISED = 0.12
SAME_INDENT = 6.0
WEB_ADDRESS = re.compile(r"https?://|mailto:", re.IGNORECASE)
MIN_TABLE_ROWS = 2


@dataclass(slots=True)
class _Piece:
    """A run of text in one style. kind: `sup`, `sub` or empty. note: the key of the footnote that it refers to."""

    text: str
    kind: str = ""
    bold: bool = False
    italic: bool = False
    fixed: bool = False
    link: str = ""
    note: str = ""

    def looks_like(self, other: "_Piece") -> bool:
        return (
            not self.note
            and not other.note
            and (self.kind, self.bold, self.italic, self.fixed, self.link)
            == (other.kind, other.bold, other.italic, other.fixed, other.link)
        )

    def html(self) -> str:
        if self.note:
            link = element("a", self.text.strip(), href=f"#{self.note}")
            return element("sup", link, class_="footnote-ref")
        result: str = escape_html(self.text)
        for name, is_on in (("code", self.fixed), ("em", self.italic), ("strong", self.bold), (self.kind, self.kind)):
            result = element(name, SafeString(result)) if is_on else result
        return element("a", SafeString(result), href=self.link) if self.link else result


class Writer:
    """Writes blocks. notes: keys of footnotes by the ids of the words that refer to them."""

    def __init__(self, vocabulary: Vocabulary, notes: dict[int, str]):
        self._vocabulary, self._notes = vocabulary, notes

    def blocks(self, paragraphs: Sequence[Paragraph]) -> list[Block]:
        """Return the blocks of consecutive paragraphs."""
        result: list[Block] = []
        start = 0
        while start < len(paragraphs):
            end = self._end_of_group(paragraphs, start)
            result += self._group(paragraphs[start:end])
            result += [image_block(image) for p in paragraphs[start:end] for image in p.images]
            start = end
        return [block for block in result if block.text or block.type == "image"]

    def _end_of_group(self, paragraphs: Sequence[Paragraph], start: int) -> int:
        """Return the index after the paragraphs that make one block with the one at `start`."""
        kind = _kind(paragraphs[start])
        if kind in ("heading", "paragraph"):
            return start + 1
        end = start + 1
        while (
            end < len(paragraphs) and _kind(paragraphs[end]) == kind and not _is_apart(paragraphs[end - 1 : end + 1])
        ):
            end += 1
        return end

    def _group(self, group: Sequence[Paragraph]) -> list[Block]:
        kind = _kind(group[0])
        if kind == "heading":
            return [self._heading(group[0])]
        if kind == "code":
            return [_code(group)]
        if kind == "list":
            return [self._list(group)]
        if kind == "table" and len(group) >= MIN_TABLE_ROWS:
            return [_table(group)]
        return [self._paragraph(paragraph) for paragraph in group]

    def _heading(self, paragraph: Paragraph) -> Block:
        text, _html = self.inline(paragraph.lines, plain=True)
        return Block("heading", text, level=paragraph.level)

    def _paragraph(self, paragraph: Paragraph) -> Block:
        text, html = self.inline(paragraph.lines)
        strong = paragraph.is_bold and any(c.isalpha() for c in text)
        return Block("paragraph", text, sanitise(element("p", html)), strong=strong)

    def footnote(self, paragraph: Paragraph, key: str) -> Block:
        """Return a note without the mark at its start."""
        lines = [Line(_without_mark(paragraph.first.words), paragraph.page), *paragraph.lines[1:]]
        text, html = self.inline([line for line in lines if line.words])
        return Block("footnote", text, sanitise(element("li", html, id=key)))

    def _list(self, group: Sequence[Paragraph]) -> Block:
        items = []
        for paragraph in group:
            marker, *rest = paragraph.first.words
            lines = [Line(rest, paragraph.page), *paragraph.lines[1:]]
            items.append((paragraph.first.x0, marker.text, *self.inline(lines)))
        lines_of_text = [text if not _is_number(marker) else f"{marker} {text}" for _x, marker, text, _html in items]
        return Block("list", "\n".join(lines_of_text), sanitise(_nested(items)))

    def inline(self, lines: Sequence[Line], *, plain: bool = False) -> tuple[str, SafeString]:
        """Return the text and the HTML of the joined lines. plain: leave the HTML empty."""
        all_bold = all(line.is_bold for line in lines)
        pieces: list[_Piece] = []
        for n, line in enumerate(lines):
            for m, word in enumerate(line.words):
                piece = self._piece(word, line, all_bold)
                if pieces and m == 0 and n:
                    self._join_lines(pieces, piece)
                elif pieces and word.has_space:
                    piece.text = f" {piece.text}"
                if pieces and pieces[-1].looks_like(piece):
                    pieces[-1].text += piece.text
                else:
                    pieces.append(piece)
        text = "".join(piece.text for piece in pieces)
        return " ".join(text.split()), SafeString("" if plain else "".join(map(_spaced_html, pieces)).strip())

    def _join_lines(self, pieces: list[_Piece], piece: _Piece) -> None:
        """Join the first word of a line to the text before it."""
        before = "".join(one.text for one in pieces[-3:])
        if is_hyphenated(before, piece.text):
            if not self._vocabulary.keeps_hyphen(before, piece.text):
                pieces[-1].text = pieces[-1].text[:-1]
        elif needs_space(before, piece.text):
            piece.text = f" {piece.text}"

    def _piece(self, word: Word, line: Line, all_bold: bool) -> _Piece:
        style = word.style
        is_small = style.size <= SMALLER * line.size
        shift = line.baseline - word.baseline
        kind = ""
        if is_small and abs(shift) > RAISED * line.size:
            kind = "sup" if shift > 0 else "sub"
        link = word.link if WEB_ADDRESS.match(word.link) else ""
        note = self._notes.get(id(word), "")
        return _Piece(word.text, kind, style.bold and not all_bold, style.italic, style.fixed, link, note)


def image_block(image: PlacedImage) -> Block:
    return Block("image", "", sanitise(element("p", element("img", src=f"/assets/{image.source.uid}/", alt=""))))


def _spaced_html(piece: _Piece) -> str:
    """Return the HTML of a piece, with the space before it outside of its elements."""
    if piece.text.startswith(" "):
        piece.text = piece.text[1:]
        return " " + piece.html()
    return piece.html()


def _kind(paragraph: Paragraph) -> str:
    if paragraph.level is not None:
        return "heading"
    if paragraph.is_fixed:
        return "code"
    if has_marker(paragraph.first):
        return "list"
    return "table" if paragraph.is_table_row else "paragraph"


def _is_apart(pair: Sequence[Paragraph]) -> bool:
    """Return whether two table rows, list items or lines of code belong to different blocks."""
    before, after = pair
    if _kind(before) == "list":
        is_same_depth = abs(before.first.x0 - after.first.x0) <= SAME_INDENT
        return is_same_depth and _is_number(before.first.words[0].text) != _is_number(after.first.words[0].text)
    return after.gap > 3.5 or (_kind(before) == "table" and before.page != after.page)


def _is_number(marker: str) -> bool:
    return any(c.isalnum() for c in marker)


def _nested(items: list[tuple[float, str, str, SafeString]]) -> SafeString:
    """Return a list. Items further right than the previous one make an inner list."""
    children: list[SafeString] = []
    indent, first_marker = items[0][0], items[0][1]
    n = 0
    while n < len(items):
        _x, _marker, _text, html = items[n]
        end = n + 1
        while end < len(items) and items[end][0] > indent + SAME_INDENT:
            end += 1
        inner = _nested(items[n + 1 : end]) if end > n + 1 else SafeString("")
        children.append(element("li", html, inner))
        n = end
    if not _is_number(first_marker):
        return element("ul", *children)
    number = first_marker.strip("().[]")
    attributes = {"start": int(number)} if number.isdecimal() and number != "1" else {}
    return element("ol", *children, **attributes)


def _code(group: Sequence[Paragraph]) -> Block:
    lines = [line for paragraph in group for line in paragraph.lines]
    left = min(line.x0 for line in lines)
    texts = []
    for line in lines:
        width = max((line.x1 - line.x0) / max(len(line.text), 1), 1.0)
        texts.append(" " * max(0, round((line.x0 - left) / width)) + line.text)
    text = "\n".join(texts)
    return Block("code", text, sanitise(element("pre", element("code", text))))


def _table(group: Sequence[Paragraph]) -> Block:
    """Return a table whose columns are the positions at which cells of different rows are aligned."""
    table = [line.cells for paragraph in group for line in paragraph.lines]
    columns: list[list[float]] = []
    for cell in sorted((cell for row in table for cell in row), key=lambda cell: cell[0].x0):
        x0, x1 = cell[0].x0, cell[-1].x1
        if columns and x0 < columns[-1][1]:
            columns[-1][1] = max(columns[-1][1], min(x1, columns[-1][1] + x1 - x0))
        else:
            columns.append([x0, x1])
    result = []
    for row in table:
        texts = [""] * len(columns)
        for cell in row:
            index = max((n for n, column in enumerate(columns) if column[0] <= cell[0].x0 + 1), default=0)
            texts[index] = f"{texts[index]} {_cell_text(cell)}".strip()
        result.append(texts)
    return table_block(result)


def _cell_text(words: Sequence[Word]) -> str:
    return "".join((" " if word.has_space else "") + word.text for word in words).strip()


def _without_mark(words: Sequence[Word]) -> list[Word]:
    return list(words[1:]) if len(words) > 1 else []
