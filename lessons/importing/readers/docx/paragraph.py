"""One paragraph: its runs, links, fields, formulas, notes and pictures as spans, and what is left out of it."""

from collections import Counter
from collections.abc import Callable, Iterable

from django.utils.translation import gettext_lazy as _
from lxml.etree import _Element as Element

from lessons.importing.document import element
from lessons.importing.readers.docx import omml, pictures, symbols
from lessons.importing.readers.docx.content import LINE_BREAK, Item, LeftOut, Paragraph, Span, Tag
from lessons.importing.readers.docx.context import Context, FieldState, link_of
from lessons.importing.readers.docx.namespaces import MC, M, R, W, is_on, number, value
from lessons.importing.readers.docx.selection import chosen, outermost
from lessons.importing.readers.docx.styles import (
    DEFAULT_SIZE,
    MONOSPACE,
    heading_level,
    indent_of,
    numbering_of,
    run_properties,
)
from lessons.markup.characters import clean_text
from lessons.markup.formulas import formula
from lessons.markup.plain_text import plain_text

DELETED = _("Deleted in the document, where changes are tracked.")
HIDDEN = _("Hidden text of the document.")
COMMENT = _("A comment in the document.")
PROMPT = _("The prompt of a form field that is not filled in.")
NO_BREAK_HYPHEN = "\u2011"
SOFT_HYPHEN = "\u00ad"
MAX_OUTLINE_HEADING = 200
MAX_HEADING = 500
DISPLAYED = "display"
TRANSPARENT = {
    W + name for name in ("ins", "moveTo", "smartTag", "customXml", "dir", "bdo", "sdtContent", "rubyBase", "hyperlink")
}
ReadItems = Callable[[Element], list[Item]]


class ParagraphReader:
    """Reads one `w:p`. read_items: reads the content of a text box."""

    def __init__(self, node: Element, context: Context, read_items: ReadItems):
        self._node, self._context, self._read_items = node, context, read_items
        self._properties = node.find(W + "pPr")
        style = context.styles.paragraph(value(self._properties, "pStyle"))
        self._paragraph = Paragraph(style)
        self._tags: tuple[Tag, ...] = ()
        self._sizes: Counter[int] = Counter()
        self._letters: Counter[str] = Counter()

    def read(self) -> Paragraph:
        self._read_properties()
        self._walk(self._node)
        self._summarise()
        return self._paragraph

    def joins_next(self) -> bool:
        """Return whether the end of the paragraph was deleted, so that it goes on in the next one."""
        mark = self._properties.find(W + "rPr") if self._properties is not None else None
        return mark is not None and (mark.find(W + "del") is not None or mark.find(W + "moveFrom") is not None)

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
        if properties is not None:
            paragraph.indent = indent_of(properties, paragraph.indent) or 0

    @staticmethod
    def _own_numbering(own: tuple[str, int | None] | None, styled: tuple[str, int | None] | None):
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
        self._with_tags([_link(address)] if address and not self._tags else [], node)

    def _content_control(self, node: Element) -> None:
        properties, content = node.find(W + "sdtPr"), node.find(W + "sdtContent")
        if content is None:
            return
        if properties is not None and properties.find(W + "showingPlcHdr") is not None:
            self._leave_out(text_of(content), PROMPT)
        else:
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

    # Elements of a run

    def _run(self, node: Element) -> None:
        own = node.find(W + "rPr")
        direct = run_properties(own) if own is not None else {}
        character = self._context.styles.character(direct.get("style"))
        marked = {**character.run, **direct}
        effective = {**self._context.styles.run, **self._paragraph.style.run, **marked}
        is_code = character.is_inline_code or (
            bool(MONOSPACE.search(marked.get("font", ""))) and not self._paragraph.style.run.get("font")
        )
        tags = self._run_tags(marked, direct, is_code)
        for child in node:
            self._run_child(child, tags, effective)
            if child.tag == W + "fldChar":
                tags = self._run_tags(marked, direct, is_code)

    def _run_tags(self, marked: dict, direct: dict, is_code: bool) -> tuple[Tag, ...]:
        link = self._context.field_link() if not self._tags else ""
        links = (_link(link),) if link else self._tags
        inherited = self._paragraph.style.run
        names = [
            "strong" if marked.get("bold") and not inherited.get("bold") else "",
            "em" if marked.get("italic") and not inherited.get("italic") else "",
            "s" if marked.get("struck") else "",
            "u" if direct.get("underline") and not links else "",
            marked.get("position", ""),
            "code" if is_code else "",
        ]
        return (*links, *((name, ()) for name in names if name))

    def _run_child(self, child: Element, tags: tuple[Tag, ...], effective: dict) -> None:
        tag = child.tag
        if tag == W + "t":
            self._add_text(child.text or "", tags, effective)
        elif tag in (W + "tab", W + "ptab"):
            self._add_text("\t", tags, effective)
        elif tag in (W + "br", W + "cr"):
            self._line_break(child, tags)
        elif tag == W + "noBreakHyphen":
            self._add_text(NO_BREAK_HYPHEN, tags, effective)
        elif tag == W + "sym":
            self._add_text(symbol_of(child), tags, effective)
        elif tag == W + "fldChar":
            self._field_character(child)
        elif tag == W + "instrText":
            self._instruction(child)
        elif tag in (W + "footnoteReference", W + "endnoteReference"):
            self._note(child)
        elif tag == W + "commentReference":
            self._comment(child)
        elif tag in (W + "drawing", W + "pict", W + "object"):
            self._drawing(child)
        elif tag == W + "ruby":
            self._ruby(child)
        elif tag == MC + "AlternateContent":
            choice = chosen(child)
            for inner in choice if choice is not None else ():
                self._run_child(inner, tags, effective)

    def _add_text(self, text: str, tags: tuple[Tag, ...], effective: dict) -> None:
        text = symbols.unicode_text(text, effective.get("font", "")).replace(SOFT_HYPHEN, "")
        text = clean_text(text)
        if not text or not self._context.is_visible():
            return
        if effective.get("hidden"):
            self._leave_out(text, HIDDEN)
            return
        letters = sum(not c.isspace() for c in text)
        self._sizes[effective.get("size", DEFAULT_SIZE)] += letters
        self._letters["bold"] += letters if effective.get("bold") else 0
        self._letters["underlined"] += letters if effective.get("underline") else 0
        self._letters["monospace"] += letters if MONOSPACE.search(effective.get("font", "")) else 0
        language = effective.get("language")
        if language:
            self._context.languages[language] = self._context.languages.get(language, 0) + letters
        self._add(Span(text, tags))

    def _add(self, span: Span) -> None:
        if self._context.is_in_toc():
            self._paragraph.is_toc = True
        self._paragraph.spans.append(span)

    def _leave_out(self, text: str, reason) -> None:
        left_out = self._paragraph.left_out
        if not text.strip():
            return
        if left_out and left_out[-1].reason is reason and reason is HIDDEN:
            left_out[-1].text += text
        else:
            left_out.append(LeftOut(text, reason))

    def _line_break(self, node: Element, tags: tuple[Tag, ...]) -> None:
        if self._context.is_visible():
            is_line = node.get(W + "type") in (None, "textWrapping")
            self._add(Span(" ", tags, LINE_BREAK) if is_line else Span(" ", tags))

    def _field_character(self, node: Element) -> None:
        fields = self._context.fields
        kind = node.get(W + "fldCharType")
        if kind == "begin":
            text = form_field_text(node)
            if text:
                self._add_text(text, self._tags, {})
            fields.append(FieldState())
        elif kind == "separate" and fields:
            fields[-1].has_result = True
        elif kind == "end" and fields:
            fields.pop()

    def _instruction(self, node: Element) -> None:
        fields = self._context.fields
        if fields and not fields[-1].has_result:
            fields[-1].instruction += node.text or ""

    def _note(self, node: Element) -> None:
        kind = "footnote" if node.tag == W + "footnoteReference" else "endnote"
        notes = self._context.footnotes if kind == "footnote" else self._context.endnotes
        note_id = node.get(W + "id") or ""
        if note_id in notes and self._context.is_visible():
            is_first = note_id not in self._context.notes[kind]
            key, label = note_key(kind, self._context.note_number(kind, note_id))
            ids = {"id": f"fnref-{key}"} if is_first else {}
            link = element("a", f"[{label}]", href=f"#fn-{key}", **ids)
            self._add(Span(f"[{label}]", html=element("sup", link, class_="footnote-ref"), kind="note"))

    def _comment(self, node: Element) -> None:
        comment_id = node.get(W + "id") or ""
        comment = self._context.comments.get(comment_id)
        if comment is not None and comment_id not in self._context.comments_seen:
            self._context.comments_seen.add(comment_id)
            self._leave_out(text_of(comment), COMMENT)

    def _drawing(self, node: Element) -> None:
        if not self._context.is_visible():
            return
        for box in outermost(node, W + "txbxContent"):
            fields, self._context.fields = self._context.fields, []
            self._paragraph.boxes += self._read_items(box)
            self._context.fields = fields
        for piece in pictures.read_pictures(node, self._context):
            if isinstance(piece, LeftOut):
                self._paragraph.left_out.append(piece)
            else:
                self._add(piece)

    def _ruby(self, node: Element) -> None:
        """Write a reading beside its base, as in Japanese."""
        base, reading = (text_of(part) if part is not None else "" for part in map(node.find, (W + "rubyBase", W + "rt")))
        if base and self._context.is_visible():
            html = element("ruby", base, element("rp", "("), element("rt", reading), element("rp", ")"))
            self._sizes[DEFAULT_SIZE] += len(base)
            self._add(Span(f"{base}({reading})", html=html))


def _link(address: str) -> Tag:
    return ("a", (("href", address),))


def note_key(kind: str, count: int) -> tuple[str, str]:
    """Return (key, label) of the note with this number: endnotes have a key of their own."""
    return (str(count), str(count)) if kind == "footnote" else (f"e{count}", str(count))


def symbol_of(node: Element) -> str:
    try:
        code = int(node.get(W + "char") or "", 16)
    except ValueError:
        return ""
    return symbols.symbol(node.get(W + "font") or "", code)


def form_field_text(begin: Element) -> str:
    """Return what a form field shows that has no result: a box, or what was chosen from a list."""
    data = begin.find(W + "ffData")
    box = data.find(W + "checkBox") if data is not None else None
    if box is not None:
        checked = box.find(W + "checked")
        checked = checked if checked is not None else box.find(W + "default")
        return "☒" if checked is not None and is_on(checked) else "☐"
    choice = data.find(W + "ddList") if data is not None else None
    entries = [entry.get(W + "val") or "" for entry in choice.findall(W + "listEntry")] if choice is not None else []
    index = number(value(choice, "result"))
    return entries[index] if 0 <= index < len(entries) else ""


def text_of(node: Element) -> str:
    """Return the plain text of an element: of a comment, a deletion, a reading."""
    pieces = []
    for child in node.iter(W + "t", W + "delText", W + "tab", W + "br", W + "p", M + "t", W + "noBreakHyphen"):
        if child.tag in (W + "t", W + "delText", M + "t"):
            pieces.append(child.text or "")
        elif child.tag == W + "noBreakHyphen":
            pieces.append(NO_BREAK_HYPHEN)
        else:
            pieces.append(" ")
    return clean_text("".join(pieces).replace(SOFT_HYPHEN, ""))
