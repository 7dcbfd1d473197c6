"""Count the numbers of lists and headings, which a Word document does not contain as text."""

import re
from dataclasses import dataclass

from lxml.etree import _Element as Element

from lessons.importing.readers.docx.namespaces import W, is_on, number, value
from lessons.importing.readers.docx.styles import Styles, indent_of
from lessons.importing.readers.nested_lists import Marker
from lessons.importing.readers.text_lines import format_number as html_number

LEVELS = 9
PLACEHOLDER = re.compile(r"%([1-9])")
HTML_TYPES = {"lowerLetter": "a", "upperLetter": "A", "lowerRoman": "i", "upperRoman": "I"}
CHINESE_FORMATS = {
    "chineseCounting", "chineseCountingThousand", "japaneseCounting", "taiwaneseCounting", "taiwaneseCountingThousand",
    "ideographTraditional", "koreanCounting", "japaneseDigitalTenThousand", "ideographDigital",
}  # fmt: skip
# Bullets that mark tasks, open or done.
BOXES = "☐☑☒"
CHINESE_DIGITS = "〇一二三四五六七八九"


@dataclass(slots=True)
class Level:
    format: str = "decimal"
    text: str = ""
    start: int = 1
    restarts: bool = True
    is_legal: bool = False
    style: str = ""
    indent: int = 0


class Numbering:
    """The lists of a document. `next_marker` must be called for each of its paragraphs in order."""

    def __init__(self, root: Element | None, styles: Styles):
        self._styles = styles
        self._abstract: dict[str, Element] = {}
        self._lists: dict[str, tuple[str, dict[int, Level], dict[int, int]]] = {}
        self._nodes: dict[str, Element] = {}
        self._counts: dict[str, list[int | None]] = {}
        self._started: set[tuple[str, int]] = set()
        if root is None:
            return
        for node in root.findall(W + "abstractNum"):
            self._abstract[node.get(W + "abstractNumId") or ""] = node
        for node in root.findall(W + "num"):
            self._nodes[node.get(W + "numId") or ""] = node

    def next_marker(self, list_id: str, level: int | None, style_id: str) -> Marker | None:
        """Count one paragraph; return None for a list that does not exist. level: None if the style says it."""
        if list_id not in self._nodes:
            return None
        abstract_id, levels, overrides = self._list(list_id)
        if level is None:
            level = next((n for n, one in levels.items() if one.style == style_id), 0)
        level = max(0, min(level, LEVELS - 1))
        counts = self._counts.setdefault(abstract_id, [None] * LEVELS)
        definition = levels.get(level) or Level()
        if level in overrides and (list_id, level) not in self._started:
            counts[level] = None
        self._started.add((list_id, level))
        before = counts[level]
        counts[level] = overrides.get(level, definition.start) if before is None else before + 1
        for deeper in range(level + 1, LEVELS):
            if deeper not in levels or levels[deeper].restarts:
                counts[deeper] = None
        return _marker(list_id, level, levels, counts)

    def _list(self, list_id: str) -> tuple[str, dict[int, Level], dict[int, int]]:
        if list_id not in self._lists:
            self._lists[list_id] = self._read_list(self._nodes[list_id])
        return self._lists[list_id]

    def _read_list(self, node: Element) -> tuple[str, dict[int, Level], dict[int, int]]:
        """Return the id of the abstract list, its levels, and the numbers at which this list restarts."""
        abstract_id = value(node, "abstractNumId") or ""
        abstract = self._abstract.get(abstract_id)
        link = value(abstract, "numStyleLink")
        linked = self._nodes.get(self._styles.list_of(link) or "") if link else None
        if linked is not None and linked is not node:
            abstract_id = value(linked, "abstractNumId") or ""
            abstract = self._abstract.get(abstract_id)
        levels = _levels(abstract)
        overrides = {}
        for override in node.findall(W + "lvlOverride"):
            index = number(override.get(W + "ilvl"))
            levels.update(_levels(override))
            start = value(override, "startOverride")
            if start is not None:
                overrides[index] = number(start, 1)
        return abstract_id, levels, overrides


def _levels(parent: Element | None) -> dict[int, Level]:
    nodes = parent.findall(W + "lvl") if parent is not None else []
    return {number(node.get(W + "ilvl")): _level(node) for node in nodes}


def _level(node: Element) -> Level:
    legal, properties = node.find(W + "isLgl"), node.find(W + "pPr")
    return Level(
        format=value(node, "numFmt") or "decimal",
        text=value(node, "lvlText") or ("•" if node.find(W + "lvlPicBulletId") is not None else ""),
        start=number(value(node, "start"), 1),
        restarts=value(node, "lvlRestart") != "0",
        is_legal=legal is not None and is_on(legal),
        style=value(node, "pStyle") or "",
        indent=(indent_of(properties, 0) or 0) if properties is not None else 0,
    )


def _marker(list_id: str, level: int, levels: dict[int, Level], counts: list[int | None]) -> Marker:
    definition = levels.get(level) or Level()
    current = counts[level] or 0
    if definition.format in ("bullet", "none") and not PLACEHOLDER.search(definition.text):
        sign = definition.text.strip()
        box = sign if sign in BOXES else ""
        return Marker(list_id, level, box, current, "", not box, definition.indent, bool(sign))

    def shown(match: re.Match) -> str:
        index = int(match[1]) - 1
        other = levels.get(index) or Level()
        count = counts[index]
        name = "decimal" if definition.is_legal else other.format
        return format_number(other.start if count is None else count, name)

    label = PLACEHOLDER.sub(shown, definition.text).strip()
    outside = PLACEHOLDER.sub("", definition.text)
    is_plain = PLACEHOLDER.findall(definition.text) == [str(level + 1)] and not any(c.isalnum() for c in outside)
    html_type = HTML_TYPES.get(definition.format, "") if not definition.is_legal else ""
    has_html_type = bool(html_type) or definition.format in ("decimal", "decimalZero")
    return Marker(list_id, level, label, current, html_type, is_plain and has_html_type, definition.indent)


def format_number(count: int, name: str) -> str:
    """Return a number as Word's number format `name` shows it."""
    if name == "none":
        return ""
    if name in ("lowerLetter", "upperLetter") and 0 < count <= 26 * 30:
        letters = chr(ord("a") + (count - 1) % 26) * ((count - 1) // 26 + 1)
        return letters if name == "lowerLetter" else letters.upper()
    if name in ("lowerRoman", "upperRoman"):
        return html_number(count, HTML_TYPES[name])
    if name == "decimalZero":
        return f"{count:02}"
    if name == "ordinal":
        return f"{count}{_ordinal_suffix(count)}"
    if name in CHINESE_FORMATS and 0 < count < 100:
        return _chinese(count)
    return str(count)


def _ordinal_suffix(count: int) -> str:
    return "th" if 10 <= count % 100 <= 20 else {1: "st", 2: "nd", 3: "rd"}.get(count % 10, "th")


def _chinese(count: int) -> str:
    tens, units = divmod(count, 10)
    if not tens:
        return CHINESE_DIGITS[units]
    return ("" if tens == 1 else CHINESE_DIGITS[tens]) + "十" + (CHINESE_DIGITS[units] if units else "")
