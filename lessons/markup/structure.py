"""Pure: a text as a list of leaves, for a comparison of two texts: paragraphs, headings, items, rows and the like.

A leaf is what can be read on its own: a table's row is one, with its cells. Its tokens are words, images, formulas
and lines of code, each with what it is marked as. Ids and other things that nobody reads are left out.
"""

import re
from html import unescape
from typing import NamedTuple

from lessons.markup.blocks import TAG, tag_name, unescape_text
from lessons.markup.text_diff import TOKEN

WORD, LINE, IMAGE, FORMULA, CELL, BREAK, RULE = "word", "line", "image", "formula", "cell", "break", "rule"
CONTAINERS = set("ul ol dl blockquote table aside details section figure".split())
BLOCKS = set("p h2 h3 h4 li dt dd pre caption summary figcaption".split())
ITEMS = ("li", "dd", "dt")
INLINE = {
    "strong": "bold",
    "b": "bold",
    "em": "italic",
    "i": "italic",
    "u": "underlined",
    "s": "struck",
    "sub": "subscript",
    "sup": "superscript",
    "code": "code",
    "kbd": "key",
    "q": "quotation",
    "cite": "cite",
    "abbr": "abbreviation",
    "a": "link",
}
ATTRIBUTE = re.compile(r'([\w-]+)="([^"]*)"')
LANGUAGE = re.compile(r"language-(\S+)")
CALLOUT = re.compile(r"callout-(\w+)")


class Token(NamedTuple):
    """A word, or another inline item. marks: what it is marked as, each with its address or title."""

    kind: str
    text: str
    marks: tuple[tuple[str, str], ...] = ()
    has_space: bool = False

    @property
    def key(self) -> tuple[str, str]:
        return self.kind, self.text


class Container(NamedTuple):
    """An element that contains leaves. detail: the kind of a callout, the numbering of a list. number: which it is."""

    name: str
    detail: str
    number: int


class Leaf(NamedTuple):
    """A part of a text that can be read on its own. detail: the language of code."""

    kind: str
    detail: str
    containers: tuple[Container, ...]
    tokens: list[Token]

    @property
    def key(self) -> tuple:
        """Return a key that is equal for leaves with the same text, whatever their kind and marks."""
        return tuple(token.key for token in self.tokens)


def leaves(html: str) -> list[Leaf]:
    """Return the leaves of sanitised HTML in order. Linear in its length."""
    return _Reader().read(html)


class _Reader:
    def __init__(self):
        self.leaves: list[Leaf] = []
        self.containers: list[Container] = []
        self.blocks: list[str] = []
        self.inline: list[tuple[str, tuple[str, str]]] = []
        self.leaf: Leaf | None = None
        self.language = ""
        self.formula: list[str] | None = None
        self.has_started_item = False
        self.count = 0

    def read(self, html: str) -> list[Leaf]:
        for n, piece in enumerate(TAG.split(html)):
            if n % 2 == 0:
                self._text(unescape_text(piece))
            elif name := tag_name(piece):
                (self._end if name[0] == "/" else self._start)(name.lstrip("/"), piece)
        self._finish()
        return self.leaves

    def _text(self, text: str) -> None:
        if self.formula is not None:
            self.formula.append(text)
        elif "pre" in self.blocks:
            for line in text.split("\n") if text else ():
                self._add(LINE, line)
        elif text.strip():
            if text[0].isspace():
                self._space()
            for word in TOKEN.findall(text.lstrip()):
                self._add(WORD, word.rstrip(), has_space=word[-1].isspace())
        elif text:
            self._space()

    def _space(self) -> None:
        if self.leaf and self.leaf.tokens:
            self.leaf.tokens[-1] = self.leaf.tokens[-1]._replace(has_space=True)

    def _start(self, name: str, tag: str) -> None:
        if self.formula is not None:
            return
        attributes = {key: unescape(value) for key, value in ATTRIBUTE.findall(tag)}
        if name in CONTAINERS:
            self._finish()
            self.count += 1
            self.containers.append(Container(name, _detail(name, attributes), self.count))
            self.blocks.append(name)
        elif name == "tr":
            self._finish()
            self.leaf = Leaf("tr", "", tuple(self.containers), [])
        elif name in ("td", "th"):
            span = "×".join(attributes.get(key, "1") for key in ("colspan", "rowspan"))
            self._add(CELL, "", marks=((name, span),))
        elif name in BLOCKS:
            self._start_block(name)
        elif name == "hr":
            self._finish()
            self._add(RULE, "")
            self._finish()
        elif name == "br":
            self._add(BREAK, "")
        elif name == "img":
            marks = (("alt", attributes.get("alt", "")),)
            self._add(IMAGE, attributes.get("src", ""), marks=marks)
        elif name == "math":
            self.formula = []
            self.tex = attributes.get("alttext", "")
        elif name == "code" and "pre" in self.blocks:
            self.language = (LANGUAGE.search(attributes.get("class", "")) or ["", ""])[1]
        elif name in INLINE:
            value = attributes.get("href") or attributes.get("title") or ""
            self.inline.append((name, (INLINE[name], value)))

    def _start_block(self, name: str) -> None:
        if self.leaf and self.leaf.kind == "tr":
            if self.leaf.tokens and self.leaf.tokens[-1].kind != CELL:
                self._add(BREAK, "")
            return
        is_in_item = name == "p" and self.blocks and self.blocks[-1] in ITEMS
        if not is_in_item or self.leaf:
            self._finish()
        if name in ITEMS:
            self.has_started_item = False
        self.blocks.append(name)

    def _end(self, name: str, _tag: str) -> None:
        if name == "math":
            if self.formula is not None:
                self._add_formula()
        elif self.formula is not None:
            return
        elif name in CONTAINERS:
            self._finish()
            self._leave(name)
            if self.containers:
                self.containers.pop()
        elif name == "tr":
            self._finish()
        elif name in BLOCKS:
            if not (self.leaf and self.leaf.kind == "tr"):
                self._finish()
                self._leave(name)
        elif name in INLINE:
            for n in range(len(self.inline) - 1, -1, -1):
                if self.inline[n][0] == name:
                    del self.inline[n]
                    break

    def _leave(self, name: str) -> None:
        if name in self.blocks:
            while self.blocks.pop() != name:
                pass
        if name == "pre":
            self.language = ""

    def _add_formula(self) -> None:
        tex, self.formula = self.tex or "".join(self.formula or ()).strip(), None
        self._add(FORMULA, tex)

    def _add(self, kind: str, text: str, marks: tuple[tuple[str, str], ...] = (), has_space: bool = False) -> None:
        if self.leaf is None:
            self.leaf = Leaf(self._kind(), self.language, tuple(self.containers), [])
        if self.inline and not marks:
            marks = tuple(sorted({mark for _name, mark in self.inline}))
        self.leaf.tokens.append(Token(kind, text, marks, has_space))

    def _kind(self) -> str:
        """Return the kind of a leaf that begins: of an item, its first paragraph is the item."""
        inner = self.blocks[-1] if self.blocks else "p"
        if inner == "p" and len(self.blocks) > 1 and self.blocks[-2] in ITEMS:
            inner = self.blocks[-2] if not self.has_started_item else "p"
        if inner in ITEMS:
            self.has_started_item = True
        return inner if inner in BLOCKS else "p"

    def _finish(self) -> None:
        if self.leaf and (self.leaf.tokens or self.leaf.kind == "tr"):
            if self.leaf.kind == "pre":
                while len(self.leaf.tokens) > 1 and not self.leaf.tokens[-1].text:
                    self.leaf.tokens.pop()
            self.leaves.append(self.leaf._replace(detail=self.language))
        self.leaf = None


def _detail(name: str, attributes: dict[str, str]) -> str:
    classes = attributes.get("class", "")
    if name == "aside":
        return (CALLOUT.search(classes) or ["", "note"])[1]
    if name == "ol":
        return " ".join(attributes[key] for key in ("type", "start") if key in attributes)
    return classes
