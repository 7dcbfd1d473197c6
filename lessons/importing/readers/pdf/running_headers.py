"""Remove lines at the top or bottom of many pages: running headers and footers, page numbers. Pure."""

import re
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from statistics import median

from lessons.importing.readers.numbered_labels import NUMBER_OF_PAGE, page_number
from lessons.importing.readers.pdf.headings import body_size
from lessons.importing.readers.pdf.layout import Line, rows
from lessons.importing.readers.pdf.words import Page

EDGE_NUMBER = re.compile(rf"\A{NUMBER_OF_PAGE}\b[\W_]*|[\W_]*\b{NUMBER_OF_PAGE}\Z")
DIGITS = re.compile(r"\d+")
NOT_WORDS = re.compile(r"[\W_]+")
EDGE_ROWS = 3
SAME_PLACE = 4.0
# The title on the first page, which running headers repeat, is larger by this factor.
LARGER = 1.3
MIN_PAGES = 3
# Running headers that change with the chapter are at one position on so many pages, apart from the text, and not so
# much larger than it as titles of slides, or of chapters that each begin a page.
MIN_SHARE = 0.5
MAX_SIZE = 1.2
MIN_GAP = 0.5
EDGE_SHARE = 0.2


@dataclass(slots=True)
class RunningHeaders:
    """What was left out.

    headers: texts without page numbers, with the number of their pages. numbers: by page. words: ids of all words.
    """

    headers: Counter[str] = field(default_factory=Counter)
    numbers: dict[int, str] = field(default_factory=dict)
    words: set[int] = field(default_factory=set)

    def add_number(self, page: int, number: str) -> None:
        self.numbers[page] = f"{self.numbers.get(page, '')} {number}".strip()


@dataclass(slots=True)
class _Row:
    line: Line
    fragments: list[Line]
    page: int
    is_top: bool
    gap: float

    @property
    def key(self) -> tuple[bool, str]:
        return self.is_top, NOT_WORDS.sub("", DIGITS.sub("#", self.line.text)).casefold()

    @property
    def is_number(self) -> bool:
        return bool(page_number(self.line.text))

    @property
    def y(self) -> float:
        return self.line.baseline


def remove_running_headers(pages: list[Page], fragments: list[list[Line]]) -> RunningHeaders:
    """Remove running headers, footers and page numbers from `fragments`, the lines of each page; return them."""
    edges = [list(_edge_rows(page, lines)) for page, lines in zip(pages, fragments, strict=True)]
    everything = [row for rows_of_page in edges for row in rows_of_page]
    repeated = _repeated(everything, len(pages))
    numbers = _page_numbers(everything)
    size = MAX_SIZE * body_size((line.size, len(line.text)) for lines in fragments for line in lines)
    places = _places(edges, len(pages), size)
    texts = Counter(row.line.text for row in everything)
    running = RunningHeaders()
    for number, rows_of_page in enumerate(edges):
        gone: set[int] = set()
        for is_top in (True, False):
            for row in [row for row in rows_of_page if row.is_top == is_top]:
                is_repeated = row.line.size < LARGER * repeated.get(row.key, 0)
                is_running = is_repeated or _is_at_place(row, places, size) or id(row) in numbers
                if not is_running:
                    break
                _record(running, row, texts)
                gone |= set(map(id, row.fragments))
                running.words |= {id(word) for line in row.fragments for word in line.words}
        if gone:
            fragments[number] = [line for line in fragments[number] if id(line) not in gone]
    return running


def _record(running: RunningHeaders, row: _Row, texts: Counter[str]) -> None:
    """Record a row that is left out. texts: those of all rows at page edges; one that varies has a page number."""
    text = row.line.text
    if row.is_number:
        running.add_number(row.page, text)
        return
    without_number = EDGE_NUMBER.sub("", text).strip()
    if texts[text] > 1 or not without_number:
        running.headers[text] += 1
        return
    running.headers[without_number] += 1
    if number := text.replace(without_number, "").strip():
        running.add_number(row.page, number)


def _edge_rows(page: Page, lines: list[Line]) -> list[_Row]:
    """Return the outermost rows of a page, from the edge inwards, near its top and bottom."""
    if not lines:
        return []
    height, angle = max(page.text_height, 1.0), page.angle
    lines = [line for line in lines if line.style.angle == angle]
    top = [line for line in lines if line.bottom < EDGE_SHARE * height]
    bottom = [line for line in lines if line.top > (1 - EDGE_SHARE) * height]
    result = []
    for is_top, near in ((True, top), (False, bottom)):
        grouped = _grouped(near, reverse=not is_top)
        for n, group in enumerate(grouped[:EDGE_ROWS]):
            inner = grouped[n + 1] if n + 1 < len(grouped) else None
            result.append(_Row(rows(group)[0], group, page.number, is_top, _gap(group, inner)))
    return result


def _grouped(lines: list[Line], reverse: bool) -> list[list[Line]]:
    groups: list[list[Line]] = []
    for line in sorted(lines, key=lambda line: line.baseline, reverse=reverse):
        if groups and abs(groups[-1][0].baseline - line.baseline) <= 0.3 * line.size:
            groups[-1].append(line)
        else:
            groups.append([line])
    return groups


def _gap(group: list[Line], inner: list[Line] | None) -> float:
    """Return the white space between the row and the next one inwards, as a multiple of the row's height."""
    if inner is None:
        return 9.0
    top, bottom = min(line.top for line in group), max(line.bottom for line in group)
    inner_top, inner_bottom = min(line.top for line in inner), max(line.bottom for line in inner)
    return max(inner_top - bottom, top - inner_bottom, 0.0) / max(bottom - top, 1.0)


def _repeated(edge_rows: list[_Row], page_count: int) -> dict[tuple[bool, str], float]:
    """Return the keys of rows with the same text at the same position on several pages, and their usual size."""
    by_key: dict[tuple[bool, str], list[_Row]] = defaultdict(list)
    for row in edge_rows:
        if row.key[1]:
            by_key[row.key].append(row)
    needed = MIN_PAGES if page_count > MIN_PAGES else 2
    result = {}
    for key, same in by_key.items():
        y = median(row.y for row in same)
        at_place = {row.page for row in same if abs(row.y - y) <= SAME_PLACE}
        if len(at_place) >= needed and (len(at_place) >= MIN_PAGES or all(row.gap > MIN_GAP for row in same)):
            result[key] = median(row.line.size for row in same)
    return result


def _page_numbers(edge_rows: list[_Row]) -> set[int]:
    """Return the ids of the rows that are page numbers: they increase with the pages, or are Roman."""
    offsets: dict[tuple[bool, int | str], list[_Row]] = defaultdict(list)
    for row in edge_rows:
        if number := page_number(row.line.text):
            offset = int(number) - row.page if number.isdecimal() else "other"
            offsets[row.is_top, offset].append(row)
    return {id(row) for rows_of_offset in offsets.values() if len(rows_of_offset) > 1 for row in rows_of_offset}


def _places(edges: list[list[_Row]], page_count: int, size: float) -> dict[bool, set[int]]:
    """Return the vertical positions of the outermost row on most pages, if set apart from the text.

    size: of the largest row that can be a running header.
    """
    result: dict[bool, set[int]] = {True: set(), False: set()}
    if page_count <= MIN_PAGES:
        return result
    for is_top in (True, False):
        outermost = [next((row for row in page_rows if row.is_top == is_top), None) for page_rows in edges]
        heights = Counter(round(row.y) for row in outermost if row and _is_apart(row, size))
        for height, count in heights.most_common(2):
            if count >= max(MIN_PAGES, MIN_SHARE * page_count / 2):
                result[is_top] |= {height - 1, height, height + 1}
        near = sum(count for height, count in heights.items() if height in result[is_top])
        if near < MIN_SHARE * page_count:
            result[is_top] = set()
    return result


def _is_at_place(row: _Row, places: dict[bool, set[int]], size: float) -> bool:
    return round(row.y) in places[row.is_top] and _is_apart(row, size) and len(row.line.text) < 120


def _is_apart(row: _Row, size: float) -> bool:
    return row.gap > MIN_GAP and row.line.size <= size
