"""Read the runs of a paragraph, each of one format, as spans: their text, fields, notes and images."""

from collections import Counter
from collections.abc import Callable

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from lxml.etree import _Element as Element

from lessons.importing.document import element
from lessons.importing.readers.docx import drawings, symbols
from lessons.importing.readers.docx.content import LINE_BREAK, Item, LeftOut, Paragraph, Span, Tag
from lessons.importing.readers.docx.context import Context
from lessons.importing.readers.docx.namespaces import MC, W
from lessons.importing.readers.docx.selection import chosen, outermost
from lessons.importing.readers.docx.styles import DEFAULT_SIZE, MONOSPACE, run_properties
from lessons.importing.readers.docx.text import (
    NO_BREAK_HYPHEN,
    SOFT_HYPHEN,
    form_field_text,
    note_key,
    symbol_of,
    text_of,
)
from lessons.markup.characters import clean_text

HIDDEN = _("Hidden text.")
COMMENT = _("A comment.")
ReadItems = Callable[[Element], list[Item]]


class RunReader:
    """Adds the runs of one paragraph to it. read_items: reads the content of a text box."""

    def __init__(self, paragraph: Paragraph, context: Context, read_items: ReadItems):
        self._paragraph, self._context, self._read_items = paragraph, context, read_items
        # The links that are open around the run.
        self._tags: tuple[Tag, ...] = ()
        # The number of visible characters of each size, and of each format.
        self._sizes: Counter[int] = Counter()
        self._letters: Counter[str] = Counter()

    def _run(self, node: Element) -> None:
        own = node.find(W + "rPr")
        direct = run_properties(own) if own is not None else {}
        character = self._context.styles.character(direct.get("style"))
        marked = {**character.run, **direct}
        effective = {**self._context.styles.run, **self._paragraph.style.run, **marked}
        is_code = character.is_inline_code or self._is_monospace(marked)
        tags = self._run_tags(marked, direct, is_code)
        for child in node:
            self._run_child(child, tags, effective)
            if child.tag == W + "fldChar":
                tags = self._run_tags(marked, direct, is_code)

    def _is_monospace(self, marked: dict) -> bool:
        """Return whether the run's own font is one for code, in a document that is not all typed in one."""
        if self._context.is_typewritten or self._paragraph.style.role == "code":
            return False
        return bool(MONOSPACE.search(marked.get("font", ""))) and not self._paragraph.style.run.get("font")

    def _run_tags(self, marked: dict, direct: dict, is_code: bool) -> tuple[Tag, ...]:
        link = self._context.field_link() if not self._tags else ""
        links = (link_tag(link),) if link else self._tags
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
        if not self._context.is_typewritten and MONOSPACE.search(effective.get("font", "")):
            self._letters["monospace"] += letters
        language = effective.get("language")
        if language:
            self._context.languages[language] = self._context.languages.get(language, 0) + letters
        self._add(Span(text, tags))

    def _add(self, span: Span) -> None:
        if self._context.is_in_toc():
            self._paragraph.is_toc = True
        self._paragraph.spans.append(span)

    def _leave_out(self, text: str, reason: str | Promise) -> None:
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
            self._context.open_field()
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
        for piece in drawings.read_drawing(node, self._context):
            if isinstance(piece, LeftOut):
                self._paragraph.left_out.append(piece)
            else:
                self._add(piece)

    def _ruby(self, node: Element) -> None:
        """Add ruby: a reading above its base, as in Japanese."""
        base, reading = (
            text_of(part) if part is not None else "" for part in map(node.find, (W + "rubyBase", W + "rt"))
        )
        if base and self._context.is_visible():
            html = element("ruby", base, element("rp", "("), element("rt", reading), element("rp", ")"))
            self._sizes[DEFAULT_SIZE] += len(base)
            self._add(Span(f"{base}({reading})", html=html))


def link_tag(address: str) -> Tag:
    return ("a", (("href", address),))
