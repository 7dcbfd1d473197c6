"""Extract the text of a document in order, from its XML alone: the proof compares the article with it.

It includes what Word shows, tracked changes, comments and headers. A text box comes after the paragraph to which it is
anchored, a comment after the paragraph that it is about, notes at the end.
"""

from collections import deque

from lxml.etree import _Element as Element

from lessons.importing.readers.docx import omml
from lessons.importing.readers.docx.context import Context
from lessons.importing.readers.docx.drawings import description, diagram_text
from lessons.importing.readers.docx.namespaces import CHART, DIAGRAM, MC, WP, A, M, R, V, W
from lessons.importing.readers.docx.package import related
from lessons.importing.readers.docx.selection import chosen
from lessons.importing.readers.docx.text import NO_BREAK_HYPHEN, form_field_text, joins_next, symbol_of
from lessons.markup.characters import clean_text
from lessons.markup.formulas import clean_tex

TEXT = {W + "t", W + "delText"}
BREAKS = {W + "tab", W + "ptab", W + "br", W + "cr"}
SKIPPED = {W + "moveFrom", W + "rPr", W + "pPr", W + "instrText", W + "delInstrText"}
REFERENCES = {W + "footnoteReference": "footnote", W + "endnoteReference": "endnote"}


def source_text(body: Element, context: Context) -> str:
    """Return the text of the body, of the notes, and of the headers and footers."""
    walker = _Walker(context)
    walker.walk(body)
    for kind, notes in (("footnote", context.footnotes), ("endnote", context.endnotes)):
        for note_id in dict.fromkeys([*walker.notes[kind], *notes]):
            if note_id in notes:
                walker.walk(notes[note_id])
                walker.end_paragraph()
    walker.pieces += _margins(context)
    for comment_id, comment in context.comments.items():
        if comment_id not in walker.comments:
            walker.walk(comment)
    return clean_text("".join(walker.pieces).replace("\u00ad", ""))


def _margins(context: Context) -> list[str]:
    """Return the texts of headers and footers. Several kinds of pages often have the same."""
    texts: dict[str, None] = {}
    for kind in ("header", "footer"):
        for name in related(context.main_relationships, kind):
            root = context.package.xml(name)
            if root is not None:
                walker = _Walker(context, has_images=False)
                walker.walk(root)
                texts[" ".join("".join(walker.pieces).split())] = None
    return [f"{text}\n" for text in texts]


class _Walker:
    def __init__(self, context: Context, *, has_images: bool = True):
        self._context = context
        self._has_images = has_images
        self.notes: dict[str, list[str]] = {"footnote": [], "endnote": []}
        self.pieces: list[str] = []
        self.comments: set[str] = set()
        self._after: deque[Element] = deque()

    def walk(self, parent: Element) -> None:
        for node in parent:
            self._node(node)

    def _node(self, node: Element) -> None:
        tag = node.tag
        if tag in SKIPPED or not isinstance(tag, str):
            return
        if tag in TEXT:
            self.pieces.append(node.text or "")
        elif tag in BREAKS:
            self.pieces.append(" ")
        elif tag == W + "noBreakHyphen":
            self.pieces.append(NO_BREAK_HYPHEN)
        elif tag == W + "sym":
            self.pieces.append(symbol_of(node))
        elif tag == W + "fldChar":
            self.pieces.append(form_field_text(node))
        elif tag == M + "oMath":
            self.pieces.append(f" {clean_tex(omml.to_tex(node))[0]} ")
        elif tag == MC + "AlternateContent":
            choice = chosen(node)
            if choice is not None:
                self.walk(choice)
        elif tag == W + "txbxContent" or tag == W + "del":
            self._after.append(node)
        elif tag == W + "commentReference":
            self._comment(node.get(W + "id") or "")
        elif tag in REFERENCES:
            self.notes[REFERENCES[tag]].append(node.get(W + "id") or "")
        elif tag == W + "p":
            self._paragraph(node)
        else:
            self._other(node)

    def _other(self, node: Element) -> None:
        if node.tag in (DIAGRAM + "relIds", CHART + "chart"):
            self.pieces.append(f"\n{diagram_text(node, self._context)}\n")
        elif node.tag == WP + "docPr" and self._has_images and _shows_image(node.getparent()):
            self.pieces.append(f" {description(node)} ")
        elif node.tag == W + "ruby":
            self._ruby(node)
        else:
            self.walk(node)

    def _ruby(self, node: Element) -> None:
        for name in ("rubyBase", "rt"):
            part = node.find(W + name)
            if part is not None:
                self.walk(part)
                self.pieces.append(" ")

    def _comment(self, comment_id: str) -> None:
        comment = self._context.comments.get(comment_id)
        if comment is not None and comment_id not in self.comments:
            self.comments.add(comment_id)
            self._after.append(comment)

    def _paragraph(self, node: Element) -> None:
        outer, self._after = self._after, deque()
        self.walk(node)
        if joins_next(node.find(W + "pPr")):
            outer += self._after
        else:
            self.end_paragraph()
        self._after = outer

    def end_paragraph(self) -> None:
        self.pieces.append("\n")
        while self._after:
            self.walk(self._after.popleft())
            self.pieces.append("\n")


def _shows_image(parent: Element | None) -> bool:
    return parent is not None and next(parent.iter(A + "blip", V + "imagedata", R + "blip"), None) is not None
