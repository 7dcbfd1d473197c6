"""An article while it is imported: its blocks as every reader returns them, omissions with their reasons, sections."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from html import escape

from django.utils.functional import Promise
from django.utils.safestring import SafeString

LESSON, SECTION, CASE_STUDY = "lesson", "section", "case_study"
MULTILINE_TYPES = {"list", "table", "quote"}


@dataclass(frozen=True, slots=True)
class Block:
    """One piece of an article.

    type: paragraph, heading, list, quote, table, image or footnote. text: plain text; a list has one line per item
    (with its number where items are numbered), a table one per row, a quote one per paragraph. html: sanitised, empty
    for headings. level: a heading's own level, 1 to 6, where the format knows it. strong: the whole paragraph is bold.
    """

    type: str
    text: str
    html: str = ""
    level: int | None = None
    strong: bool = False

    @property
    def paragraphs(self) -> list[str]:
        return self.text.split("\n") if self.type in MULTILINE_TYPES else [self.text]

    def as_heading(self, level: int | None = None) -> "Block":
        return replace(self, type="heading", html="", level=level)

    def as_json(self) -> dict:
        return {"type": self.type, "text": self.text, "html": self.html}


@dataclass(frozen=True, slots=True)
class Omission:
    """Text of the source that is not part of the article, and the reason why."""

    text: str
    reason: str | Promise

    def as_json(self) -> dict:
        """Return the object of the command `outline`, whose key for the reason is `why`."""
        return {"text": self.text, "why": str(self.reason)}


@dataclass(slots=True)
class ParsedArticle:
    """An article as its reader returns it.

    source: all text of the input, against which the characters are counted. original: the input itself.
    """

    blocks: list[Block]
    source: str
    title: str = ""
    omissions: list[Omission] = field(default_factory=list)
    original: str = ""


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
        return sum(len(b.text.split()) for b in self.blocks) + sum(s.word_count() for s in self.sections)

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
    """The title, the blocks before the first heading, the top-level sections, and what the reader left out."""

    title: str
    blocks: list[Block]
    sections: list[Section]
    omissions: list[Omission]

    def walk(self) -> Iterator[Section]:
        """Yield every section in the order of the text."""
        pending = list(reversed(self.sections))
        while pending:
            section = pending.pop()
            yield section
            pending += reversed(section.sections)

    def texts(self) -> Iterator[str]:
        """Yield every text that the outline contains or lists as omitted."""
        yield self.title
        yield from (block.text for block in self.blocks)
        for section in self.walk():
            yield section.heading
            yield from (block.text for block in section.blocks)
        yield from (omission.text for omission in self.omissions)


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
    return SafeString(f"<{name}{written}>{''.join(map(escape_html, children))}</{name}>")


def paragraph_block(text: str) -> Block:
    return Block("paragraph", text, element("p", text))


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


def count_characters(texts: Iterable[str]) -> Counter[str]:
    """Count each letter and digit; white space, punctuation and list markers do not count."""
    counts: Counter[str] = Counter()
    for text in texts:
        counts.update(c for c in text if c.isalnum())
    return counts
