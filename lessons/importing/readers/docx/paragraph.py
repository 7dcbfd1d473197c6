"""One paragraph: its properties, and its links, changes, formulas and bookmarks around the runs."""

from collections.abc import Iterable

from django.utils.translation import gettext_lazy as _
from lxml.etree import _Element as Element

from lessons.importing.readers.docx import omml
from lessons.importing.readers.docx.content import Paragraph, Span, Tag
from lessons.importing.readers.docx.context import Context, FieldState
from lessons.importing.readers.docx.namespaces import MC, M, R, W, is_on, value
from lessons.importing.readers.docx.runs import ReadItems, RunReader, link_tag
from lessons.importing.readers.docx.selection import chosen
from lessons.importing.readers.docx.styles import heading_level, indent_of, numbering_of
from lessons.importing.readers.docx.text import joins_next, text_of
from lessons.markup.formulas import formula
from lessons.markup.plain_text import plain_text

DELETED = _("Deleted text, recorded as a tracked change.")
MAX_OUTLINE_HEADING = 200
MAX_HEADING = 500
DISPLAYED = "display"
TRANSPARENT = {
    W + name
    for name in ("ins", "moveTo", "smartTag", "customXml", "dir", "bdo", "sdtContent", "rubyBase", "hyperlink")
}
Numbered = tuple[str, int | None] | None


class ParagraphReader(RunReader):
    """Reads one `w:p`. read_items: reads the content of a text box."""

    def __init__(self, node: Element, context: Context, read_items: ReadItems):
        self._node = node
        self._properties = node.find(W + "pPr")
        style = context.styles.paragraph(value(self._properties, "pStyle"))
        super().__init__(Paragraph(style), context, read_items)

    def read(self) -> Paragraph:
        self._read_properties()
        self._walk(self._node)
        self._summarise()
        return self._paragraph

    def joins_next(self) -> bool:
        """Return whether the paragraph continues in the next one: its end was deleted, or it is a drop cap."""
        return joins_next(self._properties)

    def _read_properties(self) -> None:
        paragraph, style, properties = self._paragraph, self._paragraph.style, self._properties
        paragraph.level = style.level
        paragraph.indent = style.indent or 0
        numbering = style.numbering
        if properties is not None:
            outline_level = value(properties, "outlineLvl")
            if outline_level is not None and not style.role:
                paragraph.level = heading_level(outline_level)
            numbering = self._own_numbering(numbering_of(properties), numbering)
            direction = properties.find(W + "bidi")
            paragraph.is_right_to_left = direction is not None and is_on(direction)
        if numbering and numbering[0] != "0" and not self.joins_next():
            paragraph.marker = self._context.numbering.next_marker(*numbering, style.id)
        if paragraph.marker:
            paragraph.indent = paragraph.marker.indent or paragraph.indent
            paragraph.marker = paragraph.marker if paragraph.marker.is_visible else None
        if properties is not None:
            paragraph.indent = indent_of(properties, paragraph.indent) or 0

    @staticmethod
    def _own_numbering(own: Numbered, styled: Numbered) -> Numbered:
        """Return the paragraph's own list; without a level of its own it is the first."""
        if own is None:
            return styled
        same_list = styled is not None and styled[0] == own[0]
        return own if own[1] is not None or same_list else (own[0], 0)

    def _summarise(self) -> None:
        paragraph = self._paragraph
        text, total = paragraph.text, self._sizes.total()
        paragraph.size = self._sizes.most_common(1)[0][0] if total else 0
        paragraph.bold = 0 < total == self._letters["bold"]
        paragraph.underlined = 0 < total == self._letters["underlined"]
        paragraph.monospace = 0 < total == self._letters["monospace"]
        if len(text) > (MAX_OUTLINE_HEADING if paragraph.style.level is None else MAX_HEADING):
            paragraph.level = None
        if self._context.is_in_toc() and (paragraph.level or len(text) > MAX_HEADING):
            self._context.end_toc()
            paragraph.is_toc = False
        if paragraph.style.role in ("toc", "toc_heading"):
            paragraph.is_toc = True

    # Elements of a paragraph

    def _walk(self, parent: Element) -> None:
        for node in parent:
            tag = node.tag
            if tag == W + "r":
                self._run(node)
            elif tag == W + "hyperlink":
                self._hyperlink(node)
            elif tag in TRANSPARENT:
                self._walk(node)
            elif tag == W + "sdt":
                self._content_control(node)
            elif tag == W + "fldSimple":
                self._simple_field(node)
            elif tag in (W + "del", W + "moveFrom"):
                self._deletion(node)
            elif tag in (M + "oMath", M + "oMathPara"):
                self._formulas(node)
            elif tag == W + "bookmarkStart":
                self._bookmark(node)
            elif tag == MC + "AlternateContent":
                choice = chosen(node)
                if choice is not None:
                    self._walk(choice)

    def _with_tags(self, tags: Iterable[Tag], node: Element) -> None:
        before, self._tags = self._tags, (*self._tags, *tags)
        self._walk(node)
        self._tags = before

    def _hyperlink(self, node: Element) -> None:
        relationship = self._context.relationships.get(node.get(R + "id") or "")
        address = relationship.target if relationship and relationship.is_external else ""
        anchor = node.get(W + "anchor")
        address = f"{address}#{anchor}" if anchor else address
        self._with_tags([link_tag(address)] if address and not self._tags else [], node)

    def _content_control(self, node: Element) -> None:
        content = node.find(W + "sdtContent")
        if content is not None:
            self._walk(content)

    def _simple_field(self, node: Element) -> None:
        instruction = node.get(W + "instr") or ""
        state = FieldState(instruction, has_result=True)
        self._context.fields.append(state)
        self._walk(node)
        if state in self._context.fields:
            self._context.fields.remove(state)

    def _deletion(self, node: Element) -> None:
        if node.tag == W + "del":
            self._leave_out(text_of(node), DELETED)
        for field_end in node.iter(W + "fldChar"):
            self._field_character(field_end)

    def _formulas(self, node: Element) -> None:
        is_displayed = node.tag == M + "oMathPara"
        for one in node.iter(M + "oMath") if is_displayed else [node]:
            self._add_formula(one, is_displayed)

    def _add_formula(self, node: Element, is_displayed: bool) -> None:
        tex = omml.to_tex(node)
        html = formula(tex, display=is_displayed) if tex else None
        if html and self._context.is_visible():
            text = " ".join(plain_text(html).split())
            self._add(Span(text, html=html, kind=DISPLAYED if is_displayed else "formula"))

    def _bookmark(self, node: Element) -> None:
        name = node.get(W + "name")
        if name and name != "_GoBack":
            self._paragraph.anchors.append(name)
