"""Find headings that a plain text marks: underlined, between equals signs (AsciiDoc, wikis), after stars (Org)."""

import re
from collections import Counter
from dataclasses import dataclass, field

from lessons.importing.readers.plain_text.lines import Line
from lessons.importing.readers.plain_text.preformatted import GAP
from lessons.markup.scripts import display_width

UNDERLINE = re.compile(r"([=\-~^\"'`*+#_:.—═─])\1{2,}")
EQUALS = re.compile(r"(={1,6})\s+(\S.*?)(?:\s+\1)?|(={2,6})([^\s=].*?[^\s=])\3")
STARS = re.compile(r"(\*{1,6})\s+(\S.*)")
DECORATED = re.compile(r"([*~=#—-])\1{1,}\s+(\S.*?\w.*?)\s+\1{2,}")
DECORATION = "*~=#—-"
MAX_LENGTH = 140
MIN_MARKED = 2


@dataclass(slots=True)
class MarkedHeadings:
    """The headings marked in a text. title: its text. levels, texts: of headings, by line number.

    skipped: the numbers of the lines that are only marks, and of the title's lines.
    """

    title: str = ""
    levels: dict[int, int] = field(default_factory=dict)
    texts: dict[int, str] = field(default_factory=dict)
    skipped: set[int] = field(default_factory=set)


def mark_headings(lines: list[Line]) -> MarkedHeadings:
    """Return the headings that the text marks consistently, or none."""
    for find in (_underlined, _between_equals, _starred, _decorated):
        marked = find(lines)
        if marked.levels or marked.title:
            return marked
    return MarkedHeadings()


def _underlined(lines: list[Line]) -> MarkedHeadings:
    """Return underlined lines. Each underline character, in order of appearance, is a level."""
    found: list[tuple[Line, str, list[int]]] = []
    for n, line in enumerate(lines[1:], 1):
        above = lines[n - 1]
        if not above or not UNDERLINE.fullmatch(line.text) or not _is_as_long(line, above):
            continue
        before = lines[n - 2] if n > 1 else None
        has_overline = bool(before) and before is not None and before.text == line.text
        if before and not has_overline:
            continue
        marks = [line.number, *([before.number] if has_overline and before else [])]
        found.append((above, line.text[0] + "^" * has_overline, marks))
    return _with_levels(found, lines)


def _is_as_long(underline: Line, text: Line) -> bool:
    width = display_width(text.text)
    is_text = any(c.isalpha() for c in text.text) and len(text.text) <= MAX_LENGTH and not GAP.search(text.text)
    return is_text and 0.7 * width <= display_width(underline.text) <= 1.4 * width + 3


def _with_levels(found: list[tuple[Line, str, list[int]]], lines: list[Line]) -> MarkedHeadings:
    """Return the headings; the first is the title if nothing is before it and no other has its mark."""
    marked = MarkedHeadings()
    if not found:
        return marked
    count = Counter(style for _line, style, _marks in found)
    first, first_style, first_marks = found[0]
    start = next(line.number for line in lines if line and line.number not in first_marks)
    if count[first_style] == 1 and start == first.number:
        marked.title = first.single_spaced
        marked.skipped |= {first.number, *first_marks}
        found = found[1:]
    if len(found) < MIN_MARKED:
        return marked
    styles = list(dict.fromkeys(style for _line, style, _marks in found))
    for line, style, marks in found:
        marked.levels[line.number] = min(6, styles.index(style) + 1)
        marked.texts[line.number] = line.single_spaced
        marked.skipped |= set(marks)
    return marked


def _after_blank(lines: list[Line]) -> list[Line]:
    """Return the lines that start a paragraph."""
    return [line for before, line in zip([Line(-1, ""), *lines], lines, strict=False) if line and not before]


def _between_equals(lines: list[Line]) -> MarkedHeadings:
    found = [
        (line, match[1] or match[3], match[2] or match[4])
        for line in _after_blank(lines)
        if len(line.text) <= MAX_LENGTH
        and not line.indent
        and (match := EQUALS.fullmatch(line.text))
        and not line.ends_sentence
    ]
    return _by_length(found, lines)


def _starred(lines: list[Line]) -> MarkedHeadings:
    """Return lines that start with stars, if there are several with text between them: otherwise they are lists."""
    filled = [line for line in lines if line]
    found = [(n, match) for n, line in enumerate(filled) if not line.indent and (match := STARS.fullmatch(line.text))]
    numbers = {n for n, _match in found}
    with_text = sum(n + 1 < len(filled) and n + 1 not in numbers for n in numbers)
    if len({match[1] for _n, match in found}) < 2 or 2 * with_text < len(found):
        return MarkedHeadings()
    return _by_length([(filled[n], match[1], match[2]) for n, match in found], lines)


def _decorated(lines: list[Line]) -> MarkedHeadings:
    found = [
        (line, match[1], match[2])
        for line in _after_blank(lines)
        if len(line.text) <= MAX_LENGTH and line.text[-1] in DECORATION and (match := DECORATED.fullmatch(line.text))
    ]
    return _by_length([(line, sign, text) for line, sign, text in found if not text.endswith(".")], lines)


def _by_length(found: list[tuple[Line, str, str]], lines: list[Line]) -> MarkedHeadings:
    """Return the headings with levels by the length of their marks; a single first-level one is the title."""
    marked = MarkedHeadings()
    if len(found) < MIN_MARKED:
        return marked
    shortest = min(len(mark) for _line, mark, _text in found)
    top = [line for line, mark, _text in found if len(mark) == shortest]
    start = next(line.number for line in lines if line)
    for line, mark, text in found:
        if len(top) == 1 and line is top[0] and line.number == start and len(found) > 1:
            marked.title = " ".join(text.split())
            marked.skipped.add(line.number)
            continue
        marked.levels[line.number] = len(mark) - shortest + (0 if marked.title else 1)
        marked.texts[line.number] = " ".join(text.split())
    return marked
