"""Intermediate form of a document: paragraphs of spans, tables, and what is left out, before they become blocks."""

from dataclasses import dataclass, field
from itertools import groupby

from django.utils.functional import Promise
from django.utils.safestring import SafeString

from lessons.importing.document import Block, element, escape_html
from lessons.importing.readers.docx.styles import Style
from lessons.importing.readers.nested_lists import Marker
from lessons.importing.readers.text_lines import raise_digits
from lessons.markup.plain_text import text_by_block

Tag = tuple[str, tuple[tuple[str, str], ...]]
LINE_BREAK = element("br")
APART = {"note", "image"}
FORMULAS = {"formula", "display"}


@dataclass(frozen=True, slots=True)
class Span:
    """A piece of a paragraph. tags: the elements around it, outermost first. html: instead of the text, if any."""

    text: str
    tags: tuple[Tag, ...] = ()
    html: SafeString | None = None
    kind: str = "text"

    def as_html(self) -> SafeString:
        return escape_html(self.text) if self.html is None else self.html

    def heading_text(self) -> str:
        """Return the text as a heading has it, which has no HTML."""
        if self.html and self.kind in FORMULAS:
            return text_by_block(self.html)
        raised = next((name for name, _attributes in self.tags if name in ("sup", "sub")), "")
        return raise_digits(self.text, raised) if raised else self.text


@dataclass(slots=True, eq=False)
class LeftOut:
    """Text that is not part of the article, at its original position."""

    text: str
    reason: str | Promise


@dataclass(slots=True, eq=False)
class Paragraph:
    """A paragraph. level: of a heading. bold, underlined: all of its text is. size: of most text, in half-points."""

    style: Style
    spans: list[Span] = field(default_factory=list)
    level: int | None = None
    marker: Marker | None = None
    indent: int = 0
    is_right_to_left: bool = False
    is_toc: bool = False
    bold: bool = False
    underlined: bool = False
    monospace: bool = False
    size: int = 0
    anchors: list[str] = field(default_factory=list)
    left_out: list[LeftOut] = field(default_factory=list)
    boxes: list["Item"] = field(default_factory=list)

    @property
    def text(self) -> str:
        return " ".join("".join(span.text for span in self.spans).split())

    @property
    def heading_text(self) -> str:
        """Return the text with formulas as `$TEX$`, without references to notes and descriptions of images."""
        return " ".join("".join(span.heading_text() for span in self.spans if span.kind not in APART).split())

    def apart(self) -> list[Span]:
        """Return the references to notes and the images, which a heading cannot have."""
        return [span for span in self.spans if span.kind in APART]

    @property
    def raw_text(self) -> str:
        """Return the text with its tabs, spaces and line ends, as code needs them."""
        return "".join("\n" if span.html == LINE_BREAK else span.text for span in self.spans)

    def kinds(self) -> set[str]:
        return {span.kind for span in self.spans if span.kind != "text" or span.text.strip()}

    def html(self) -> SafeString:
        return spans_html(self.spans)

    def as_element(self) -> SafeString:
        return element("p", self.html(), **({"dir": "rtl"} if self.is_right_to_left else {}))


@dataclass(slots=True, eq=False)
class TableItem:
    """A table, ready as a block, and what came with it."""

    block: Block
    anchors: list[str] = field(default_factory=list)
    left_out: list[LeftOut] = field(default_factory=list)


Item = Paragraph | TableItem | LeftOut


def spans_html(spans: list[Span]) -> SafeString:
    """Return the HTML of spans without white space at either end; equal tags of neighbours become one element."""
    first, last = 0, len(spans)
    while first < last and _is_blank(spans[first]):
        first += 1
    while last > first and _is_blank(spans[last - 1]):
        last -= 1
    kept = spans[first:last]
    if kept and kept[0].html is None:
        kept[0] = Span(kept[0].text.lstrip(), kept[0].tags)
    if kept and kept[-1].html is None:
        kept[-1] = Span(kept[-1].text.rstrip(), kept[-1].tags)
    return SafeString("".join(_nested(kept, 0)))


def _is_blank(span: Span) -> bool:
    return span.kind == "text" and not span.text.strip()


def _nested(spans: list[Span], depth: int) -> list[SafeString]:
    pieces: list[SafeString] = []
    for tag, group in groupby(spans, key=lambda span: span.tags[depth] if len(span.tags) > depth else None):
        inside = list(group)
        if tag is None:
            pieces += [span.as_html() for span in inside]
        else:
            name, attributes = tag
            pieces.append(element(name, *_nested(inside, depth + 1), **dict(attributes)))
    return pieces
