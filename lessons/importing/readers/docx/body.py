"""The body of a document, a cell, a note or a text box: its paragraphs and tables in order."""

from copy import deepcopy

from django.utils.translation import gettext_lazy as _
from lxml import etree
from lxml.etree import _Element as Element

from lessons.importing.readers.docx import tables
from lessons.importing.readers.docx.assemble import CONTENTS
from lessons.importing.readers.docx.content import Item, LeftOut, Paragraph, Span, TableItem
from lessons.importing.readers.docx.context import Context
from lessons.importing.readers.docx.namespaces import MC, M, R, W, value
from lessons.importing.readers.docx.paragraph import ParagraphReader
from lessons.importing.readers.docx.selection import chosen
from lessons.importing.readers.docx.text import text_of

OBJECT = _("A document embedded in this one: open it in Word and copy its text.")
TRANSPARENT = {W + name for name in ("customXml", "smartTag", "ins", "moveTo", "sdtContent")}


class BodyReader:
    """Reads the children of one container. A text box or a cell inside it is read by a reader of its own."""

    def __init__(self, context: Context):
        self._context = context
        self._items: list[Item] = []
        self._anchors: list[str] = []
        self._joined: list[Span] = []

    def read(self, container: Element) -> list[Item]:
        """Return the paragraphs, tables and what is left out, in order."""
        self._walk(container)
        if self._joined or self._anchors:
            style = self._context.styles.paragraph(None)
            self._items.append(Paragraph(style, spans=self._joined, anchors=self._anchors))
        return self._items

    def _walk(self, container: Element) -> None:
        for node in container:
            tag = node.tag
            if tag == W + "p":
                self._paragraph(node)
            elif tag == W + "tbl":
                self._table(node)
            elif tag == W + "sdt":
                self._content_control(node)
            elif tag in TRANSPARENT:
                self._walk(node)
            elif tag == W + "bookmarkStart":
                self._anchors.append(node.get(W + "name") or "")
            elif tag == MC + "AlternateContent":
                choice = chosen(node)
                if choice is not None:
                    self._walk(choice)
            elif tag in (M + "oMathPara", M + "oMath"):
                self._formula(node)
            elif tag == W + "altChunk":
                self._other_document(node)

    def _paragraph(self, node: Element) -> None:
        reader = ParagraphReader(node, self._context, self._read_inside)
        paragraph = reader.read()
        self._joined += paragraph.spans
        self._anchors += paragraph.anchors
        if reader.joins_next():
            self._items += paragraph.left_out
        else:
            paragraph.spans, paragraph.anchors = self._joined, self._anchors
            self._joined, self._anchors = [], []
            self._items.append(paragraph)
        self._items += paragraph.boxes

    def _read_inside(self, container: Element) -> list[Item]:
        return BodyReader(self._context).read(container)

    def _table(self, node: Element) -> None:
        items = tables.read_table(node, self._context.styles, self._read_inside)
        if self._anchors and items and isinstance(items[0], TableItem | Paragraph):
            items[0].anchors = [*self._anchors, *items[0].anchors]
            self._anchors = []
        self._items += items

    def _content_control(self, node: Element) -> None:
        properties, content = node.find(W + "sdtPr"), node.find(W + "sdtContent")
        if content is None:
            return
        gallery = value(properties.find(W + "docPartObj") if properties is not None else None, "docPartGallery")
        if gallery == "Table of Contents":
            lines = [" ".join(text_of(paragraph).split()) for paragraph in content.iter(W + "p")]
            self._items.append(LeftOut("\n".join(line for line in lines if line), CONTENTS))
        else:
            self._walk(content)

    def _formula(self, node: Element) -> None:
        """Read a formula between paragraphs, which the format does not allow but Word reads."""
        paragraph = etree.Element(W + "p")
        paragraph.append(deepcopy(node))
        self._paragraph(paragraph)

    def _other_document(self, node: Element) -> None:
        relationship = self._context.relationships.get(node.get(R + "id") or "")
        name = relationship.target.rpartition("/")[2] if relationship else ""
        self._items.append(LeftOut(name, OBJECT))
