"""Recognise the layout of a plain text: whether and at which width lines are wrapped, how paragraphs are separated."""

import re
from collections import Counter
from dataclasses import dataclass
from itertools import pairwise

from lessons.importing.readers import list_markers
from lessons.importing.readers.plain_text.lines import Line, fits, is_divided
from lessons.markup.scripts import is_unspaced

MIN_FULL = 40  # columns of a line that may be full
MAX_WIDTH = 130
OUTLIER = 1.25  # times the median: a URL or a formula that was not broken
MAX_OUTLIERS = 0.15
FULL_SHARE = 0.93
OPENING = "“‘«\"'(_"
MAX_BROKEN, MIN_GROUP = 90, 2.5  # columns; lines between blank ones, on average
MIN_VERSE, MIN_VERSE_LINES = 4, 20
PROSE_LOWER = 0.3  # more of the lines of prose start with a lower-case letter
MAX_NAME = 25  # columns
RAGGED = 8  # columns that may be empty at the end of a full line
MIN_DIVIDED = 3
COMPOUND = re.compile(r"(?<![^\W\d_])[^\W\d_]++-[^\W\d_]++")
MAX_PARAGRAPH = 12  # lines, on average, where blank lines separate paragraphs of lines that are not wrapped


@dataclass(frozen=True, slots=True)
class Layout:
    """width: the column at which lines are wrapped, 0 if each line is a paragraph. indent: that of most lines.

    blank_lines: paragraphs are separated by blank lines. first_indents: their first line is indented.
    compounds: the hyphenated words within lines, None if no words are divided at line ends.
    verse: the text consists of poems or plays.
    """

    width: int
    indent: int
    blank_lines: bool
    first_indents: bool
    compounds: frozenset[str] | None
    verse: bool


def recognise_layout(lines: list[Line]) -> Layout:
    """Return the layout of a text."""
    filled = [line for line in lines if line]
    pairs = [(a, b) for a, b in pairwise(lines) if a and b]
    width = _wrap_width(filled, pairs)
    indents = Counter(line.indent for line in filled)
    indent = indents.most_common(1)[0][0] if indents else 0
    full = width or max((line.width for line in filled), default=0)
    breaks = sum(_looks_like_break(a, b, full) for a, b in pairs)
    # Ignore blank lines at the end, which separate nothing.
    gaps = max(0, sum(1 for a, b in pairwise([*lines, Line(0, "")]) if a and not b) - 1)
    return Layout(
        width,
        indent,
        blank_lines=gaps > breaks if width else MAX_PARAGRAPH * gaps >= len(filled),
        first_indents=bool(width) and _has_first_indents(pairs, indent),
        compounds=_compounds(filled) if sum(is_divided(a.text, b.text) for a, b in pairs) >= MIN_DIVIDED else None,
        verse=not width and len(pairs) >= MIN_VERSE_LINES and (is_verse(pairs) or _are_broken(filled, gaps)),
    )


def _compounds(lines: list[Line]) -> frozenset[str]:
    return frozenset(word.casefold() for line in lines for word in COMPOUND.findall(line.text))


def _wrap_width(filled: list[Line], pairs: list[tuple[Line, Line]]) -> int:
    """Return the width at which most lines are wrapped, so that the first word of the next line does not fit."""
    widths = sorted(line.width for line in filled if line.width > MIN_FULL)
    if len(widths) < 3:
        return _width_of_few(pairs, widths[-1]) if widths and widths[-1] <= MAX_WIDTH else 0
    longest = OUTLIER * widths[len(widths) // 2]
    usual = [width for width in widths if width <= longest]
    if len(usual) < (1 - MAX_OUTLIERS) * len(widths) - 1 or usual[-1] > MAX_WIDTH:
        return 0
    width = usual[int(FULL_SHARE * (len(usual) - 1))]
    prose = [
        (a, b)
        for a, b in pairs
        if a.width > MIN_FULL and list_markers.parse_bullet(b.text) is None and not b.text.startswith(">")
    ]
    full = [a for a, b in prose if not fits(a, b, width - RAGGED)]
    unfinished = sum(not line.ends_sentence for line in full)
    # Most full lines are followed by a line of the same paragraph; whole paragraphs are often followed by a heading.
    going_on = sum(b.starts_lower or 2 * b.width >= width for a, b in prose if not fits(a, b, width - RAGGED))
    is_wrapped = len(full) >= 2 and 2 * min(len(full), going_on) >= len(prose) and 2 * unfinished > len(full)
    return width if is_wrapped and not is_verse(pairs) else 0


def _width_of_few(pairs: list[tuple[Line, Line]], longest: int) -> int:
    """Return the width of a few lines if each full one stops within a sentence and the next goes on with it."""
    below_full = [(a, b) for a, b in pairs if a.width > MIN_FULL]
    is_wrapped = below_full and all(
        not a.ends_sentence and (b.starts_lower or is_unspaced(b.text[0])) and not fits(a, b, longest - RAGGED)
        for a, b in below_full
    )
    return longest if is_wrapped else 0


def is_verse(pairs: list[tuple[Line, Line]]) -> bool:
    """Return whether nearly every line starts with a capital, although the previous one does not end a sentence."""
    followed = [b for a, b in pairs if not a.text.endswith((".", "?", "!")) and b.text.lstrip(OPENING)[:1].isalpha()]
    cased = [line.starts_lower for line in followed if line.starts_lower or line.text.lstrip(OPENING)[:1].isupper()]
    return len(cased) >= MIN_VERSE and sum(cased) < PROSE_LOWER * len(cased)


def _are_broken(filled: list[Line], gaps: int) -> bool:
    """Return whether groups of short lines are speeches of a play, some in verse and some in prose."""
    widths = sorted(line.width for line in filled)
    return widths[int(FULL_SHARE * (len(widths) - 1))] <= MAX_BROKEN and len(filled) >= MIN_GROUP * gaps


def _looks_like_break(a: Line, b: Line, width: int) -> bool:
    """Return whether a paragraph ends between two lines, because the next word would have fitted and a sentence ends.

    A very short line may be the name of a speaker.
    """
    return a.width > MAX_NAME and fits(a, b, width - RAGGED) and a.ends_sentence and not b.starts_lower


def _has_first_indents(pairs: list[tuple[Line, Line]], indent: int) -> bool:
    """Return whether indented lines start paragraphs: they follow a sentence end, and precede an unindented line."""
    starts = [(a, b) for a, b in pairs if a.indent == indent and indent < b.indent <= indent + 10]
    fitting = sum(a.ends_sentence for a, _b in starts)
    return len(starts) >= 2 and 2 * fitting >= len(starts)
