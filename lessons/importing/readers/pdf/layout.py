"""Join words to lines, and sort the lines in reading order, column by column. Pure.

A page has columns where many lines begin at the same position right of other lines. What crosses it, such as a
title or a wide table, separates the columns above it from those below.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from statistics import median

from lessons.importing.readers.pdf.words import Page, Style, Word

# In units of the font's size.
MAX_SPACE = 1.4
MAX_SHIFT = 0.62
SAME_BASELINE = 0.3
CELL_GAP = 1.8
# Of columns.
MIN_COLUMN_LINES = 4
MIN_GUTTER = 7.0
MIN_COLUMN_CHARACTERS = 12
MIN_COLUMN_SHARE = 0.2
MAX_CROSSING = 0.3
MAX_DEPTH = 4
TOLERANCE = 3.0


@dataclass
class Line:
    """The words of a line. cells: the words between wide gaps, as in a table row."""

    words: list[Word]
    page: int = 0

    @cached_property
    def x0(self) -> float:
        return min(word.x0 for word in self.words)

    @cached_property
    def x1(self) -> float:
        return max(word.x1 for word in self.words)

    @cached_property
    def top(self) -> float:
        return min(word.top for word in self.words)

    @cached_property
    def bottom(self) -> float:
        return max(word.bottom for word in self.words)

    @cached_property
    def style(self) -> Style:
        """Return the style of most of the characters."""
        counts: Counter[Style] = Counter()
        for word in self.words:
            counts[word.style] += len(word.text)
        return counts.most_common(1)[0][0]

    @property
    def size(self) -> float:
        return self.style.size

    @cached_property
    def baseline(self) -> float:
        """Return the baseline of the words of the line's own size."""
        return median(word.baseline for word in self.words if word.style.size == self.size)

    @cached_property
    def is_bold(self) -> bool:
        return all(word.style.bold for word in self.words if any(c.isalpha() for c in word.text))

    @cached_property
    def text(self) -> str:
        pieces = [(" " if word.has_space else "") + word.text for word in self.words]
        return "".join(pieces).strip()

    @cached_property
    def cells(self) -> list[list[Word]]:
        cells = [[self.words[0]]]
        for before, word in zip(self.words, self.words[1:], strict=False):
            if word.x0 - before.x1 > CELL_GAP * self.size:
                cells.append([])
            cells[-1].append(word)
        return cells


@dataclass
class Region:
    """Consecutive lines: a column, or lines across several columns. x0, x1: its margins."""

    lines: list[Line]
    x0: float = field(init=False)
    x1: float = field(init=False)

    def __post_init__(self):
        starts, ends = sorted(line.x0 for line in self.lines), sorted(line.x1 for line in self.lines)
        self.x0 = starts[len(starts) // 20]
        self.x1 = ends[-1 - len(ends) // 20]

    @property
    def width(self) -> float:
        return max(self.x1 - self.x0, 1.0)


def fragments(page: Page) -> list[Line]:
    """Return the runs of consecutive words on one baseline without a wide gap, in the file's order."""
    result: list[Line] = []
    run: list[Word] = []
    for word in page.words:
        if run and not _follows(run, word):
            result.append(Line(run, page.number))
            run = []
        run.append(word)
    if run:
        result.append(Line(run, page.number))
    return result


def _follows(run: list[Word], word: Word) -> bool:
    before = run[-1]
    if word.style.angle != before.style.angle:
        return False
    size = max(word.style.size, before.style.size)
    gap = word.x0 - before.x1
    if not -0.5 * size <= gap <= MAX_SPACE * size:
        # In right-to-left scripts, the next word is to the left of the previous one.
        return _is_right_to_left(word.text) and -0.5 * size <= before.x0 - word.x1 <= MAX_SPACE * size
    return abs(word.baseline - before.baseline) <= MAX_SHIFT * size and _overlap(word, before) > 0.3


def _is_right_to_left(text: str) -> bool:
    return any("\u0590" <= c <= "\u08ff" or "\ufb1d" <= c <= "\ufefc" for c in text)


def _overlap(a: Word | Line, b: Word | Line) -> float:
    """Return the vertical overlap as a share of the smaller height."""
    height = min(a.bottom - a.top, b.bottom - b.top)
    return (min(a.bottom, b.bottom) - max(a.top, b.top)) / height if height > 0 else 0.0


def page_regions(lines: list[Line], main_angle: int) -> Iterator[Region]:
    """Yield the regions of a page in reading order; text rotated differently comes last."""
    angles = sorted({line.style.angle for line in lines}, key=lambda angle: (angle != main_angle, angle))
    for angle in angles:
        yield from regions([line for line in lines if line.style.angle == angle])


def regions(lines: list[Line], depth: int = 0) -> Iterator[Region]:
    """Yield the regions of lines with the same rotation, in reading order.

    lines: fragments; each is in one region.
    """
    edge = _column_edge(lines) if depth < MAX_DEPTH else None
    if edge is None:
        if lines:
            yield Region(rows(lines))
        return
    across = sorted(
        (line for line in lines if line.x0 < edge - TOLERANCE and line.x1 > edge), key=lambda line: line.top
    )
    rest = sorted((line for line in lines if not (line.x0 < edge - TOLERANCE and line.x1 > edge)), key=_middle)
    start = 0
    pending: list[Line] = []
    for line in across:
        end = start
        while end < len(rest) and _middle(rest[end]) < _middle(line):
            end += 1
        if end > start:
            if pending:
                yield Region(rows(pending))
                pending = []
            yield from _columns(rest[start:end], edge, depth)
            start = end
        pending.append(line)
    if pending:
        yield Region(rows(pending))
    yield from _columns(rest[start:], edge, depth)


def _columns(lines: list[Line], edge: float, depth: int) -> Iterator[Region]:
    left = [line for line in lines if line.x0 < edge - TOLERANCE]
    right = [line for line in lines if line.x0 >= edge - TOLERANCE]
    yield from regions(left, depth + 1)
    yield from regions(right, depth + 1)


def _middle(line: Line) -> float:
    return (line.top + line.bottom) / 2


def _column_edge(lines: list[Line]) -> float | None:
    """Return where the second column begins, None if there is one column."""
    if len(lines) < 2 * MIN_COLUMN_LINES:
        return None
    width = max(line.x1 for line in lines) - min(line.x0 for line in lines)
    counts = Counter(round(line.x0) for line in lines)
    starts = [(counts[x] + counts[x - 1] + counts[x + 1], x) for x in counts]
    for count, x in sorted(starts, reverse=True)[:8]:
        if count >= MIN_COLUMN_LINES and _is_edge(lines, float(x), width):
            return float(x)
    return None


def _is_edge(lines: list[Line], edge: float, width: float) -> bool:
    """Return whether a column of text begins at `edge`, and another one ends left of it."""
    right = [line for line in lines if line.x0 >= edge - TOLERANCE]
    left = [line for line in lines if line.x1 <= edge - MIN_GUTTER]
    if len(left) < MIN_COLUMN_LINES or len(right) < MIN_COLUMN_LINES:
        return False
    top, bottom = min(line.top for line in right), max(line.bottom for line in right)
    beside = [line for line in left if line.bottom > top and line.top < bottom]
    crossing = [
        line
        for line in lines
        if line.x0 < edge - TOLERANCE and line.x1 > edge - MIN_GUTTER and line.bottom > top and line.top < bottom
    ]
    if len(beside) < MIN_COLUMN_LINES or len(crossing) > MAX_CROSSING * (len(right) + len(beside)):
        return False
    return all(_is_text(side, width) for side in (beside, right))


def _is_text(lines: list[Line], width: float) -> bool:
    """Return whether the lines fill a column as text does, unlike the words or numbers in a table's column."""
    own_width = max(line.x1 for line in lines) - min(line.x0 for line in lines)
    if own_width < MIN_COLUMN_SHARE * width:
        return False
    widths = [line.x1 - line.x0 for line in lines]
    characters = median(len(line.text) for line in lines)
    return characters >= MIN_COLUMN_CHARACTERS and median(widths) >= 0.4 * own_width


def rows(lines: Iterable[Line]) -> list[Line]:
    """Return the lines of a region from top to bottom, each joined from the fragments on one level."""
    result: list[Line] = []
    row: list[Line] = []
    for line in sorted(lines, key=lambda line: (line.baseline, line.x0)):
        if row and not any(_is_beside(other, line) for other in row):
            result.append(_joined(row))
            row = []
        row.append(line)
    if row:
        result.append(_joined(row))
    return result


def _is_beside(a: Line, b: Line) -> bool:
    if min(a.x1, b.x1) - max(a.x0, b.x0) > TOLERANCE:
        return False
    size = max(a.size, b.size)
    return abs(a.baseline - b.baseline) <= SAME_BASELINE * size or (_overlap(a, b) > 0.6 and a.size != b.size)


def _joined(row: list[Line]) -> Line:
    if len(row) == 1:
        return row[0]
    is_rtl = _is_right_to_left("".join(line.text for line in row))
    ordered = sorted(row, key=lambda line: -line.x1 if is_rtl else line.x0)
    return Line([word for line in ordered for word in line.words], row[0].page)
