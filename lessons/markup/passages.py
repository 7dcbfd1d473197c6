"""Pure: the passages of a text, each of which can be found on its own, with the headings that it stands under.

A passage is a paragraph, or several short blocks in a row: the items of a list, the rows of a table, a line that
introduces them. A question about a list has its words in more than one item.
"""

import re
from collections.abc import Iterable, Iterator
from html import unescape
from typing import NamedTuple

from lessons.markup.blocks import BLOCK_TAGS, CELLS, HEADINGS, TAG, tag_name, unescape_text
from lessons.markup.sanitise import CHECK_PLACE

MIN_LENGTH = 240
"""In characters: shorter blocks are joined with those that follow."""
MAX_LENGTH = 4000
"""In characters: longer blocks are divided. PostgreSQL indexes at most 1 MB of terms at once."""
MAX_HEADING_LENGTH = 300
SEPARATOR = " · "
"""Stands between the cells of a table, and between short blocks, such as the items of a list, without a full stop."""
STOPS = ".!?…:;,。．！？：；，、؟؛۔।"
CLOSING = "”’\"')]»」』"

ATTRIBUTE = re.compile(r'([\w-]+)="([^"]*)"')
LONG_PIECE = re.compile(rf"(?s).{{1,{MAX_LENGTH}}}(?:(?<=\s)|\Z)|.{{1,{MAX_LENGTH}}}")


class Passage(NamedTuple):
    """A range of code points of the text, `[start, end)`, and what is shown of it.

    text: on one line, with formulas as `$TEX$` and the descriptions of images. headings: those it stands under, the
    outermost first. anchor: the id of the innermost, empty where there is none.
    """

    start: int
    end: int
    text: str
    headings: tuple[str, ...] = ()
    anchor: str = ""


def passages(html: str) -> list[Passage]:
    """Return the passages of a revision's HTML in order. Linear in its length."""
    return _Reader().read(html)


def check_places(html: str) -> dict[str, Passage]:
    """Return where the checks of a revision's HTML stand, by their uids: empty passages, without a text."""
    reader = _Reader()
    reader.read(html)
    return reader.places


class _Heading(NamedTuple):
    level: str
    text: str
    anchor: str


class _Reader:
    def __init__(self):
        self.passages: list[Passage] = []
        self.places: dict[str, Passage] = {}
        self.headings: list[_Heading] = []
        self.has_passage = True
        """Whether there is text under the last heading."""
        self.blocks: list[Passage] = []
        self.offset = 0
        self.rows = 0
        self.unread = ""
        """The element whose text is not shown: a formula, or a reference to a footnote."""
        self._start_block()

    def read(self, html: str) -> list[Passage]:
        for n, piece in enumerate(TAG.split(html)):
            if n % 2 == 0:
                self._text(unescape_text(piece))
            elif name := tag_name(piece):
                self._tag(name, piece)
        self._end_section()
        self._keep_empty_heading()
        return self.passages

    # --- The text of a block ---
    def _start_block(self) -> None:
        self.pieces: list[str] = []
        self.length = 0
        self.start: int | None = None
        self.end = self.offset
        self.anchor = ""

    def _text(self, text: str) -> None:
        for piece in LONG_PIECE.findall(text) if len(text) > MAX_LENGTH else [text]:
            if piece.strip():
                start = self.offset + len(piece) - len(piece.lstrip())
                self.start = start if self.start is None else self.start
                self.end = self.offset + len(piece.rstrip())
            self.offset += len(piece)
            if not self.unread:
                self._show(piece)
            if self.length >= MAX_LENGTH:
                self._end_block()

    def _show(self, text: str) -> None:
        self.pieces.append(text)
        self.length += len(text)

    def _shown(self) -> str:
        """Return what was shown since the block began, on one line."""
        return " ".join("".join(self.pieces).split()).removesuffix(SEPARATOR.rstrip()).rstrip()

    # --- Tags ---
    def _tag(self, name: str, tag: str) -> None:
        if self.unread:
            self.unread = "" if name == f"/{self.unread}" else self.unread
        elif name in ("math", "sup", "img"):
            self._replaced(name, tag)
        elif name.lstrip("/") in HEADINGS:
            self._end_heading(name[1:]) if name[0] == "/" else self._start_heading(tag)
        elif name == "section":
            self._end_section()
            self.headings = []
        elif name.lstrip("/") in BLOCK_TAGS:
            self._boundary(name)
            if found := CHECK_PLACE.fullmatch(tag):
                self._place(found[1])
        elif name == "br":
            self._show(" ")

    def _replaced(self, name: str, tag: str) -> None:
        attributes = {key: unescape(value) for key, value in ATTRIBUTE.findall(tag)}
        if name == "math":
            self.unread = name
            self._show(f"${attributes.get('alttext', '')}$")
        elif name == "img":
            self._show(f" {attributes.get('alt', '')} ")
        elif attributes.get("class") == "footnote-ref":
            self.unread = name

    def _boundary(self, name: str) -> None:
        """End the block, but within the row of a table only the cell."""
        if name == "tr":
            self.rows += 1
            if self.rows > 1:
                return
        elif name == "/tr":
            self.rows = max(self.rows - 1, 0)
        if not self.rows:
            self._end_block()
        elif self.pieces:
            self._show(SEPARATOR if name.lstrip("/") in CELLS and name[0] == "/" else " ")

    def _place(self, uid: str) -> None:
        headings = tuple(heading.text for heading in self.headings)
        anchor = self.headings[-1].anchor if self.headings else ""
        self.places.setdefault(uid, Passage(self.offset, self.offset, "", headings, anchor))

    # --- Blocks and passages ---
    def _end_block(self) -> None:
        if text := self._shown():
            start = self.end if self.start is None else self.start
            self.blocks.append(Passage(start, self.end, text))
        self._start_block()

    def _end_section(self) -> None:
        """Make passages of the blocks since the last heading."""
        self._end_block()
        if self.blocks:
            headings = tuple(heading.text for heading in self.headings)
            anchor = self.headings[-1].anchor if self.headings else ""
            self.passages += (row._replace(headings=headings, anchor=anchor) for row in _joined(self.blocks))
            self.blocks, self.has_passage = [], True

    def _start_heading(self, tag: str) -> None:
        self._end_section()
        self.anchor = unescape(dict(ATTRIBUTE.findall(tag)).get("id", ""))

    def _end_heading(self, level: str) -> None:
        text, anchor, start, end = self._shown(), self.anchor, self.start, self.end
        if not self.has_passage and self.headings and self.headings[-1].level >= level:
            self._keep_empty_heading()
        self._start_block()
        self.headings = [heading for heading in self.headings if heading.level < level]
        if text:
            self.headings.append(_Heading(level, text[:MAX_HEADING_LENGTH], anchor))
            self.heading_span = (end if start is None else start, end)
            self.has_passage = False
        if len(text) > MAX_HEADING_LENGTH:
            self.blocks.append(Passage(*self.heading_span, text))

    def _keep_empty_heading(self) -> None:
        """Add a passage of the last heading alone, if there is no text under it."""
        if not self.has_passage:
            *outer, last = self.headings
            headings = tuple(heading.text for heading in outer)
            self.passages.append(Passage(*self.heading_span, last.text, headings, last.anchor))
            self.has_passage = True


def _joined(blocks: Iterable[Passage]) -> Iterator[Passage]:
    """Yield passages of at least MIN_LENGTH, where there is as much: a short rest is joined with what precedes it."""
    joined: list[list[Passage]] = []
    length = MIN_LENGTH
    for block in blocks:
        if length >= MIN_LENGTH:
            joined.append([])
            length = 0
        joined[-1].append(block)
        length += len(block.text)
    if length < MIN_LENGTH and len(joined) > 1:
        rest = joined.pop()
        joined[-1] += rest
    for group in joined:
        yield Passage(group[0].start, group[-1].end, "".join(_separated(group)))


def _separated(blocks: Iterable[Passage]) -> Iterator[str]:
    before = ""
    for block in blocks:
        if before:
            goes_on = len(before) >= MIN_LENGTH or before.rstrip(CLOSING)[-1:] in STOPS
            yield " " if goes_on else SEPARATOR
        yield block.text
        before = block.text
