"""Assemble blocks from paragraphs and tables: lists, quotes, code and captions."""

from collections.abc import Callable, Iterable
from dataclasses import replace

from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from lessons.importing.document import Block, Omission, element
from lessons.importing.readers.docx.content import Item, LeftOut, Paragraph, TableItem
from lessons.importing.readers.docx.lists import list_blocks
from lessons.importing.readers.text_lines import list_lines

CONTENTS = _("The document’s table of contents.")
# Kinds of paragraphs that make one block with their neighbours.
JOINED = {"list", "quote", "code", "contents", "definitions"}
KIND_OF_ROLE = {"quote": "quote", "caption": "caption", "term": "definitions", "definition": "definitions"}


class Assembler:
    """Builds blocks from items. An omission's position is the number of blocks before it."""

    def __init__(self) -> None:
        self.blocks: list[Block] = []
        self.omissions: list[Omission] = []
        self._run: list[Paragraph] = []
        self._kind = ""
        self._item_indent = 0
        self._anchors: list[str] = []
        self._caption: Paragraph | None = None
        self._after_image = False

    def add(self, items: Iterable[Item]) -> None:
        """Add the blocks of items that follow each other."""
        for item in items:
            if isinstance(item, LeftOut):
                self._leave_out(item)
            elif isinstance(item, TableItem):
                self._table(item)
            else:
                self._paragraph(item)
        self._flush()
        self._flush_caption()

    def _paragraph(self, item: Paragraph) -> None:
        kind = self._kind_of(item)
        if kind != self._kind or kind not in JOINED:
            self._flush()
        for left_out in item.left_out:
            self._leave_out(left_out)
        if kind == "empty":
            self._anchors += item.anchors
            return
        if kind in JOINED:
            self._kind = kind
            if kind == "list" and not item.kinds():
                return
            self._run.append(item)
            self._item_indent = item.indent if item.marker else self._item_indent
            return
        if kind == "caption" and not self._after_image:
            self._flush_caption()
            self._caption = item
            return
        self._flush_caption()
        self._single(kind, item)

    def _kind_of(self, item: Paragraph) -> str:
        kinds = item.kinds()
        if item.is_toc:
            return "contents"
        if self._kind == "code" and not kinds and (item.style.role == "code" or item.monospace):
            return "code"
        if not kinds:
            # An empty paragraph between two items does not end the list.
            return self._kind if self._kind in JOINED and not item.left_out and not item.anchors else "empty"
        if item.level is not None and item.text:
            return "heading"
        if kinds <= {"image"}:
            return "image"
        if kinds <= {"display"}:
            return "formula"
        if item.style.role == "code" or (item.monospace and not item.marker):
            return "code"
        if item.marker or (self._kind == "list" and self._continues(item)):
            return "list"
        return KIND_OF_ROLE.get(item.style.role, "paragraph")

    def _continues(self, item: Paragraph) -> bool:
        """Return whether a paragraph without a marker continues the item before it, being indented like its text."""
        return 0 < self._item_indent <= item.indent and not item.style.role

    def _leave_out(self, item: LeftOut) -> None:
        if item.text.strip():
            position = len(self.blocks) + bool(self._run)
            self.omissions.append(Omission(_tidy(item.text), item.reason, position=position))

    def _single(self, kind: str, item: Paragraph) -> None:
        if kind == "heading":
            self._heading(item)
        elif kind == "image":
            self._append(Block("image", item.text, item.as_element()), item.anchors)
            self._after_image = True
        elif kind == "caption":
            self._figure(item)
        elif kind == "formula":
            self._append(Block("formula", item.text, item.as_element()), item.anchors)
        else:
            self._append(Block("paragraph", item.text, item.as_element(), strong=item.bold), item.anchors)

    def _append(self, block: Block, anchors: Iterable[str]) -> None:
        names = tuple(dict.fromkeys([*self._anchors, *anchors]))
        self.blocks.append(replace(block, anchors=names))
        self._anchors, self._after_image = [], False

    def _heading(self, item: Paragraph) -> None:
        """Add a heading with its number; its images and footnote references follow it."""
        number = item.marker.label if item.marker else ""
        self._append(Block("heading", f"{number} {item.heading_text}".strip(), level=item.level), item.anchors)
        for span in item.apart():
            kind = "image" if span.kind == "image" else "paragraph"
            self._append(Block(kind, span.text, element("p", span.as_html())), ())

    def _figure(self, caption: Paragraph) -> None:
        image = self.blocks.pop()
        inside = SafeString(image.html.removeprefix("<p>").removesuffix("</p>"))
        html = element("figure", inside, element("figcaption", caption.html()))
        text = "\n".join(filter(None, [image.text, caption.text]))
        self._append(Block("image", text, html), [*image.anchors, *caption.anchors])

    def _table(self, item: TableItem) -> None:
        self._flush()
        caption, self._caption = self._caption, None
        for left_out in item.left_out:
            self._leave_out(left_out)
        block = item.block
        if caption is not None:
            inside = SafeString(block.html.removeprefix("<table>").removesuffix("</table>"))
            html = element("table", element("caption", caption.html()), inside)
            block = Block("table", f"{caption.text}\n{block.text}", html)
        if block.text or "<img" in block.html or "<math" in block.html:
            self._append(block, [*(caption.anchors if caption else ()), *item.anchors])

    def _flush_caption(self) -> None:
        caption, self._caption = self._caption, None
        if caption is not None:
            self._append(Block("paragraph", caption.text, caption.as_element()), caption.anchors)

    def _flush(self) -> None:
        kind, run = self._kind, self._run
        self._kind, self._run = "", []
        if not run:
            return
        self._flush_caption()
        if kind == "contents":
            self._leave_out(LeftOut("\n".join(item.text for item in run), CONTENTS))
            return
        anchors = [name for item in run for name in item.anchors]
        for block in BUILDERS[kind](run):
            self._append(block, anchors)
            anchors = []


def _tidy(text: str) -> str:
    return "\n".join(line for raw in text.split("\n") if (line := " ".join(raw.split())))


def _quote(run: list[Paragraph]) -> list[Block]:
    kept = [item for item in run if item.kinds()]
    html = element("blockquote", *(item.as_element() for item in kept))
    return [Block("quote", "\n".join(item.text for item in kept), html)]


def _code(run: list[Paragraph]) -> list[Block]:
    text = "\n".join(item.raw_text.rstrip() for item in run).strip("\n")
    return [Block("code", text, element("pre", element("code", text)))]


def _definitions(run: list[Paragraph]) -> list[Block]:
    """Return a definition list of paragraphs with the styles of terms and definitions."""
    kept = [item for item in run if item.kinds()]
    html = element("dl", *(element("dt" if item.style.role == "term" else "dd", item.html()) for item in kept))
    return [Block("list", "\n".join(list_lines(html)), html)]


BUILDERS: dict[str, Callable[[list[Paragraph]], list[Block]]] = {
    "list": list_blocks, "quote": _quote, "code": _code, "definitions": _definitions,
}  # fmt: skip


def cell_blocks(items: Iterable[Item]) -> list[Block]:
    """Return the blocks of a cell, a note or a text box, where a heading is a bold paragraph."""
    assembler = Assembler()
    assembler.add(items)
    return [_without_heading(block) for block in assembler.blocks]


def _without_heading(block: Block) -> Block:
    if block.type != "heading":
        return block
    return Block("paragraph", block.text, element("p", element("strong", block.text)), strong=True)
