"""Remove running headers, footers and page numbers from a text that was once printed on pages."""

import re
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Collection
from dataclasses import dataclass, field

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from lessons.importing.readers.numbered_labels import MARKED_PAGE_NUMBER, is_labelled, page_number
from lessons.importing.readers.plain_text.lines import Line, is_divided
from lessons.importing.readers.plain_text.preformatted import GAP

EDGE = 3  # lines at the top or bottom of a page that may be running headers or footers
MIN_PAGES = 3
APART = 0.8
DIGITS = re.compile(r"\d+")
RUNNING_HEADER = _("A running header or footer, repeated from page to page.")
PAGE_NUMBER_REASON = _("A page number.")
MIN_DISTANCE = 8  # lines between two page numbers of a text without form feeds, on average


@dataclass(slots=True)
class Removed:
    """Lines that are not part of the article. number: that of the first line. reason: why they are removed."""

    number: int
    text: str
    reason: str | Promise


@dataclass(slots=True)
class Pages:
    """The lines without running headers, footers and page numbers; paragraphs across pages are joined again."""

    lines: list[Line]
    removed: list[Removed] = field(default_factory=list)


def remove_running_headers(lines: list[Line]) -> Pages:
    """Return the lines of the text itself, and what was removed."""
    headers = _repeated_at_edges(lines) if lines and lines[-1].page else set()
    numbers = _page_numbers_at_edges(lines, headers) if lines and lines[-1].page else _scattered_page_numbers(lines)
    if not lines[-1].page and numbers:
        headers = _repeated_beside(lines, numbers)
    if not headers and not numbers and not lines[-1].page:
        return Pages(lines)
    removed = [
        Removed(line.number, line.single_spaced, RUNNING_HEADER if line.number in headers else PAGE_NUMBER_REASON)
        for line in lines
        if line.number in headers or line.number in numbers
    ]
    return Pages(_rejoined(lines, headers | numbers), removed)


def _shape(line: Line) -> str:
    return DIGITS.sub("#", line.single_spaced).casefold()


def _edges(lines: list[Line]) -> list[tuple[list[Line], list[Line]]]:
    """Return (first lines, last lines) of each page with more lines than these."""
    pages: defaultdict[int, list[Line]] = defaultdict(list)
    for line in lines:
        if line:
            pages[line.page].append(line)
    return [
        (page[: min(EDGE, len(page) // 2)], page[max(len(page) - EDGE, (len(page) + 1) // 2) :])
        for page in pages.values()
    ]


def _repeated_at_edges(lines: list[Line]) -> set[int]:
    """Return the numbers of the lines that recur at the top or bottom of several pages, ignoring digits."""
    edges = _edges(lines)
    repeated: set[int] = set()
    for side in (0, 1):
        outward = [edge[0] if side == 0 else edge[1][::-1] for edge in edges]
        shapes = _running_shapes(outward)
        for edge in outward:
            for line in edge:
                if _shape(line) in shapes and _is_set_apart(lines, line, side):
                    repeated.add(line.number)
                elif not page_number(line.text):
                    break
    return repeated


def _running_shapes(edges: list[list[Line]]) -> set[str]:
    """Return the shapes of lines that recur from page to page, differing only in the page number."""
    found: defaultdict[str, list[Line]] = defaultdict(list)
    for edge in edges:
        for shape, line in {_shape(line): line for line in edge}.items():
            found[shape].append(line)
    needed = min(MIN_PAGES, max(2, len(edges)))
    return {s for s, same in found.items() if len(same) >= needed and s.strip("#- ") and _counts_pages(same)}


def _is_set_apart(lines: list[Line], line: Line, side: int, numbers: Collection[int] = ()) -> bool:
    """Return whether a line is set apart from the text: by a blank line, or because it is not full."""
    at = line.number - lines[0].number
    inner = lines[at + 1 : at + 2] if side == 0 else lines[max(0, at - 1) : at]
    if not inner or not inner[0] or inner[0].number in numbers:
        return True
    return line.width < APART * inner[0].width or GAP.search(line.text) is not None


def _counts_pages(lines: list[Line]) -> bool:
    """Return whether lines that are equal except for digits differ only in the page number."""
    if len({line.single_spaced for line in lines}) <= max(1, len(lines) // 2):
        return True
    if is_labelled(lines[0].text):
        return False
    numbers = [[int(digits) for digits in DIGITS.findall(line.text)] for line in lines]
    for place in range(len(numbers[0])):
        distances = Counter(values[place] - line.page for values, line in zip(numbers, lines, strict=True))
        if distances.most_common(1)[0][1] >= 0.7 * len(lines):
            return True
    return False


def _page_numbers_at_edges(lines: list[Line], headers: set[int]) -> set[int]:
    numbers: set[int] = set()
    for top, foot in _edges(lines):
        for edge in (top, foot[::-1]):
            outermost = next((line for line in edge if line.number not in headers), None)
            if outermost and page_number(outermost.text):
                numbers.add(outermost.number)
    return numbers if len(numbers) > 1 else set()


def _scattered_page_numbers(lines: list[Line]) -> set[int]:
    """Return the page numbers in a text without form feeds: lines of one form with ascending numbers.

    Bare numbers may be those of chapters, too, but page numbers interrupt sentences.
    """
    marked = [line for line in lines if line and len(line.text) < 120 and MARKED_PAGE_NUMBER.search(line.text)]
    if len(marked) >= MIN_PAGES and _is_counting(marked):
        return {line.number for line in marked}
    bare = [line for line in lines if line.text.isascii() and line.text.isdigit() and len(line.text) < 5]
    if len(bare) < MIN_PAGES or not _is_counting(bare) or len(lines) < MIN_DISTANCE * len(bare):
        return set()
    position = {line.number: n for n, line in enumerate(lines)}
    unfinished = sum(_is_unfinished_before(lines, position[line.number]) for line in bare)
    return {line.number for line in bare} if 10 * unfinished >= 3 * len(bare) else set()


def _is_counting(lines: list[Line]) -> bool:
    """Return whether the last numbers of the lines ascend, most of them by one."""
    values = [int(found[-1]) for line in lines if (found := DIGITS.findall(line.text))]
    steps = [after - before for before, after in zip(values, values[1:], strict=False)]
    return bool(steps) and sum(step == 1 for step in steps) >= 0.7 * len(steps)


def _is_unfinished_before(lines: list[Line], position: int) -> bool:
    """Return whether the text before a line stops in the middle of a sentence."""
    for line in reversed(lines[max(0, position - 4) : position]):
        if line:
            return not line.ends_sentence and line.width > 30
    return False


def _repeated_beside(lines: list[Line], numbers: set[int]) -> set[int]:
    """Return the repeated lines next to page numbers: running headers and footers of a text without form feeds."""
    filled = [line for line in lines if line]
    beside: list[tuple[Line, int]] = []
    for n, line in enumerate(filled):
        if line.number in numbers:
            beside += [(one, 1) for one in filled[max(0, n - 2) : n]] + [(one, 0) for one in filled[n + 1 : n + 3]]
    apart = {
        line.number: line
        for line, side in beside
        if line.number not in numbers and _is_set_apart(lines, line, side, numbers)
    }
    shapes = Counter(_shape(line) for line in apart.values())
    # Above the first page's text a head stands beside no number.
    candidates = [filled[0], *apart.values()]
    return {line.number for line in candidates if shapes[_shape(line)] >= MIN_PAGES and not is_labelled(line.text)}


def _rejoined(lines: list[Line], removed: set[int]) -> list[Line]:
    """Return the remaining lines, with one blank line at the end of a page, or none within a paragraph."""
    widths = sorted(line.width for line in lines if line)
    usual = widths[int(0.9 * (len(widths) - 1))] if widths else 0
    kept: list[Line] = []
    gap: list[Line] = []
    is_page_break = False
    last_page = 0
    for line in lines:
        if line.number in removed or not line:
            is_page_break |= line.number in removed
            gap += [line] if not line else []
            continue
        is_page_break |= line.page != last_page
        last_page = line.page
        if is_page_break and kept and _continues(kept[-1], line, usual):
            gap = []
        elif is_page_break and kept and not gap:
            gap = [Line(line.number, "")]
        kept += [*gap[:1], line] if is_page_break else [*gap, line]
        gap, is_page_break = [], False
    return kept


def _continues(before: Line, after: Line, usual: int) -> bool:
    """Return whether a paragraph continues after the end of a page."""
    if after.starts_lower or is_divided(before.text, after.text):
        return not before.text.endswith((".", "!", "?", ":")) or is_divided(before.text, after.text)
    is_full = before.width + 1 + after.first_word_width > usual
    return is_full and not before.ends_sentence and after.indent <= before.indent


def positions(removed: list[Removed], starts: list[int]) -> list[int]:
    """Return the number of blocks that start before each removed line. starts: the first line of each block."""
    return [bisect_left(starts, one.number) for one in removed]
