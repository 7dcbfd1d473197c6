"""Define an article during its import: blocks as every reader returns them, omissions with their reasons, sections.

Conventions for a block's HTML, which every reader follows:

    formula   `<math alttext="TEX">…</math>`, in a paragraph or, as a block of its own, with `display="block"`
    code      `<pre><code class="language-NAME">`; without the class if the language is not known
    footnote  `<li id="fn-KEY">`; the reference to it is `<sup class="footnote-ref"><a href="#fn-KEY" …>`
    link      within the article: `href="#ANCHOR"`, where a block has ANCHOR among its `anchors`
    image     `<img src="/assets/UID/" alt="…">`, whose file is in `ParsedArticle.images`; without the file, the
              paragraph that `image_placeholder` returns
"""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from html import escape

from django.utils.functional import Promise
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from lessons.markup.scripts import count_words

LESSON, SECTION, CASE_STUDY = "lesson", "section", "case_study"
MULTILINE_TYPES = {"list", "table", "quote"}
VOID_ELEMENTS = {"br", "img"}
PASTED_TEXT, PASTED_PAGE, PASTED_FRAGMENT = "paste.txt", "paste.html", "fragment.html"
"""File names that stand for pasted articles. A fragment is pasted into a text, and has no title."""


@dataclass(frozen=True, slots=True)
class Block:
    """One piece of an article.

    type: paragraph, heading, list, quote, table, code, formula, image or footnote. text: plain text; a list has one
    line per item (with its number where items are numbered; inner lists are indented by two spaces), a table one per
    row, a quote one per paragraph, code its own lines. html: sanitised, empty for headings. level: a heading's own
    level, 1 to 6, where the format knows it. strong: the whole paragraph is bold. anchors: the names by which links
    in the article refer to the block.
    """

    type: str
    text: str
    html: str = ""
    level: int | None = None
    strong: bool = False
    anchors: tuple[str, ...] = ()

    @property
    def paragraphs(self) -> list[str]:
        return [line.strip() for line in self.text.split("\n")] if self.type in MULTILINE_TYPES else [self.text]

    def as_heading(self, level: int | None = None) -> "Block":
        return replace(self, type="heading", html="", level=level)

    def as_json(self) -> dict:
        return {"type": self.type, "text": self.text, "html": self.html}


@dataclass(frozen=True, slots=True)
class Omission:
    """Text of the source that is not part of the article, and the reason why.

    block: what can be put back; a paragraph of `text` if None. position: the number of blocks of the article before
    it, None if unknown.
    """

    text: str
    reason: str | Promise
    block: Block | None = None
    position: int | None = None

    def as_json(self) -> dict:
        """Return the object of the command `outline`, whose key for the reason is `why`."""
        return {"text": self.text, "why": str(self.reason)}


@dataclass(frozen=True, slots=True)
class SourceImage:
    """An image of the article as it is in the file, not checked yet. uid: as in its URL."""

    uid: str
    data: bytes
    alt: str = ""
    name: str = ""


@dataclass(slots=True)
class ParsedArticle:
    """An article as its reader returns it.

    source: all text of the input in order, extracted independently of the blocks: the proof compares the words of
    the outline with it. original: the input itself, as text. encoding: how bytes were decoded, a key of
    `decoding.ENCODINGS`, empty if that was certain. language: the document's language as declared ("de"), empty if
    it declares none. definitions: the terms that the document itself explains, each with its definition. contents: the
    entries of a table of contents that the reader left out, with their indentation; they name headings.
    """

    blocks: list[Block]
    source: str
    title: str = ""
    omissions: list[Omission] = field(default_factory=list)
    original: str = ""
    images: list[SourceImage] = field(default_factory=list)
    encoding: str = ""
    language: str = ""
    contents: list[str] = field(default_factory=list)
    definitions: list[tuple[str, str]] = field(default_factory=list)


@dataclass(slots=True)
class Section:
    """A heading, the blocks directly below it, and its subsections. level: 1 at the top."""

    heading: str
    level: int
    kind: str = LESSON
    blocks: list[Block] = field(default_factory=list)
    sections: list["Section"] = field(default_factory=list)

    def word_count(self) -> int:
        """Count the words of the section and of its subsections."""
        return sum(count_words(b.text) for b in self.blocks) + sum(s.word_count() for s in self.sections)

    def as_json(self) -> dict:
        return {
            "heading": self.heading,
            "kind": self.kind,
            "level": self.level,
            "paragraphs": [p for block in self.blocks for p in block.paragraphs],
            "blocks": [block.as_json() for block in self.blocks],
            "sections": [section.as_json() for section in self.sections],
        }


@dataclass(slots=True)
class Outline:
    """The title, the blocks before the first heading, the top-level sections, and what the reader left out.

    definitions: as in `ParsedArticle`.
    """

    title: str
    blocks: list[Block]
    sections: list[Section]
    omissions: list[Omission]
    definitions: list[tuple[str, str]] = field(default_factory=list)

    def walk(self) -> Iterator[Section]:
        """Yield every section in the order of the text."""
        pending = list(reversed(self.sections))
        while pending:
            section = pending.pop()
            yield section
            pending += reversed(section.sections)


def escape_html(text: str) -> SafeString:
    """Escape `text` as the sanitiser writes it, so that sanitising changes nothing; a SafeString stays as it is."""
    if isinstance(text, SafeString):
        return text
    return SafeString(escape(text, quote=False).replace("\xa0", "&nbsp;"))


def element(name: str, *children: str, **attributes: str | int) -> SafeString:
    """Return `<name>` with its children: elements, which are SafeStrings, and text, which is escaped.

    An attribute whose name is a Python keyword is written with an underscore at its end: `class_="footnotes"`.
    """
    written = "".join(f' {key.rstrip("_")}="{escape(str(value))}"' for key, value in attributes.items())
    if name in VOID_ELEMENTS:
        return SafeString(f"<{name}{written}>")
    return SafeString(f"<{name}{written}>{''.join(map(escape_html, children))}</{name}>")


def is_formula(html: str) -> bool:
    """Return whether the sanitised content of a paragraph is a single displayed formula."""
    is_one = html.startswith("<math ") and html.endswith("</math>") and html.count("<math ") == 1
    return is_one and 'display="block"' in html[: html.index(">")]


def paragraph_block(text: str) -> Block:
    return Block("paragraph", text, element("p", text))


def image_placeholder(alt: str) -> Block:
    """Return the paragraph that replaces an image whose file is not available. alt: may end with a caption."""
    lines = [line.strip() for line in alt.splitlines() if line.strip()]
    text = _("[Image: %(alt)s]") % {"alt": " – ".join(lines)} if lines else _("[Image]")
    return Block("image", text, element("p", text))


def list_block(items: list[str], numbers: list[str] | None = None) -> Block:
    """Return a list block. `numbers` are the markers as written ("1.", "b)"): kept in the text, not in the HTML."""
    children = [element("li", item) for item in items]
    if not numbers:
        return Block("list", "\n".join(items), element("ul", *children))
    first = numbers[0].strip("().")
    attributes = {"start": int(first)} if first.isdecimal() and first != "1" else {}
    text = "\n".join(f"{number} {item}" for number, item in zip(numbers, items, strict=True))
    return Block("list", text, element("ol", *children, **attributes))


def table_block(rows: list[list[str]]) -> Block:
    text = "\n".join(" | ".join(row) for row in rows)
    html_rows = [element("tr", *(element("td", cell) for cell in row)) for row in rows]
    return Block("table", text, element("table", element("tbody", *html_rows)))
