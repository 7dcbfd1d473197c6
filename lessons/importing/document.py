"""An article on its way in: blocks as every reader gives them, what was left out and why, sections, the outline."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from html import escape

LESSON, SECTION, CASE_STUDY = "lesson", "section", "case_study"
MULTILINE_TYPES = {"list", "table", "quote"}


@dataclass(frozen=True, slots=True)
class Block:
    """One piece of an article.

    type: paragraph, heading, list, quote, table, image or footnote. text: its words; a list has a line an item (with
    its number where items are numbered), a table a line a row, a quote a line a paragraph. html: sanitised, empty for
    headings. level: a heading's own level, 1 to 6, where the format knows it. strong: the whole paragraph is bold.
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
    text: str
    reason: str

    def as_json(self) -> dict:
        return {"text": self.text, "why": str(self.reason)}


@dataclass(slots=True)
class ParsedArticle:
    """An article as its format gives it. source: every text of it, for counting its letters; raw: as it came."""

    blocks: list[Block]
    source: str
    title: str = ""
    omissions: list[Omission] = field(default_factory=list)
    original: str = ""


@dataclass(slots=True)
class Section:
    """A heading, the blocks directly under it, and the sections under it. level: 1 at the top."""

    heading: str
    level: int
    kind: str = LESSON
    blocks: list[Block] = field(default_factory=list)
    sections: list["Section"] = field(default_factory=list)

    def words(self) -> int:
        """Of the whole section, those under it too."""
        return sum(len(b.text.split()) for b in self.blocks) + sum(s.words() for s in self.sections)

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
    """title; blocks before the first heading; top-level sections; what the reader left out."""

    title: str
    blocks: list[Block]
    sections: list[Section]
    omissions: list[Omission]

    def walk(self):
        """Every section, in the order of the text."""
        waiting = list(reversed(self.sections))
        while waiting:
            section = waiting.pop()
            yield section
            waiting += reversed(section.sections)

    def texts(self):
        """Every text the outline holds or names as left out."""
        yield self.title
        yield from (block.text for block in self.blocks)
        for section in self.walk():
            yield section.heading
            yield from (block.text for block in section.blocks)
        yield from (left.text for left in self.omissions)


def paragraph_block(text: str) -> Block:
    return Block("paragraph", text, f"<p>{escape_html(text)}</p>")


def list_block(items: list[str], numbers: list[str] | None = None) -> Block:
    """A list block; `numbers` are the marks as written ("1.", "b)"), kept in the text, counted again in the HTML."""
    inner = "".join(f"<li>{escape_html(item)}</li>" for item in items)
    if not numbers:
        return Block("list", "\n".join(items), f"<ul>{inner}</ul>")
    first = numbers[0].strip("().")
    start = f' start="{int(first)}"' if first.isdecimal() and first != "1" else ""
    text = "\n".join(f"{number} {item}" for number, item in zip(numbers, items, strict=True))
    return Block("list", text, f"<ol{start}>{inner}</ol>")


def table_block(rows: list[list[str]]) -> Block:
    cells = "".join("<tr>" + "".join(f"<td>{escape_html(cell)}</td>" for cell in row) + "</tr>" for row in rows)
    text = "\n".join(" | ".join(row) for row in rows)
    return Block("table", text, f"<table><tbody>{cells}</tbody></table>")


def escape_html(text: str) -> str:
    """As the sanitiser writes it, so that sanitising changes nothing."""
    return escape(text, quote=False).replace("\xa0", "&nbsp;")


def count_characters(texts: Iterable[str]) -> Counter:
    """How often each letter and digit occurs; white space, punctuation and list marks do not count."""
    bag = Counter()
    for text in texts:
        bag.update(c for c in text if c.isalnum())
    return bag
