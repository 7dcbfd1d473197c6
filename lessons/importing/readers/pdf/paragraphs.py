"""Join lines to paragraphs, also across columns and pages. Pure."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from statistics import median

from lessons.importing.readers.pdf.images import PlacedImage
from lessons.importing.readers.pdf.joining import is_hyphenated
from lessons.importing.readers.pdf.layout import Line, Region

ENDS_SENTENCE = re.compile(r"[.?!:;。！？؟…][\"'”’»)\]]*\Z")
WEAK_MARKERS = set("-–—*·∗+o")
MARKER = re.compile(r"[•●○▪◦‣⁃∙▶►✓➢❖■□]\Z|\(?(?:\d{1,3}|[a-zA-Z]|[ivxIVX]{1,5})[.)]\Z|\[\d{1,3}\]\Z")
INDENT = 0.7
GAP = 1.3
SIZE_STEP = 0.6
SLACK = 0.02
TOLERANCE = 6.0


@dataclass
class Paragraph:
    """Lines that belong together.

    region: where it begins. gap: the white space before it, in lines. images: those below it.
    """

    lines: list[Line]
    region: Region
    gap: float = 0.0
    level: int | None = None
    is_note: bool = False
    in_outline: bool = False
    images: list[PlacedImage] = field(default_factory=list)

    @property
    def page(self) -> int:
        return self.lines[0].page

    @property
    def first(self) -> Line:
        return self.lines[0]

    @property
    def last(self) -> Line:
        return self.lines[-1]

    @property
    def size(self) -> float:
        return self.lines[0].size

    @property
    def is_bold(self) -> bool:
        return all(line.is_bold for line in self.lines)

    @property
    def text(self) -> str:
        """Return the text, its lines joined by spaces."""
        return " ".join(line.text for line in self.lines)

    @property
    def is_fixed(self) -> bool:
        return all(line.style.fixed for line in self.lines)

    @property
    def is_table_row(self) -> bool:
        return len(self.lines) == 1 and len(self.first.cells) > 1 and not has_marker(self.first)


def has_marker(line: Line) -> bool:
    """Return whether the line begins with the marker of a list item."""
    if len(line.words) < 2:
        return False
    word, after = line.words[0].text, line.words[1].text
    if word in WEAK_MARKERS:
        return after[0].isalpha() and line.words[1].has_space
    return bool(MARKER.match(word))


def paragraphs(region: Region, body_size: float) -> list[Paragraph]:
    """Return the paragraphs of a region."""
    leading = _leading(region)
    result: list[Paragraph] = []
    for n, line in enumerate(region.lines):
        before = region.lines[n - 1] if n else None
        after = region.lines[n + 1] if n + 1 < len(region.lines) else None
        is_second = bool(result) and len(result[-1].lines) == 1
        if before is None or _begins(region, before, line, after, leading, body_size, is_second):
            gap = (line.baseline - before.baseline) / leading if before else 9.0
            result.append(Paragraph([line], region, gap))
        else:
            result[-1].lines.append(line)
    return result


def _leading(region: Region) -> float:
    """Return the usual distance between baselines in the region."""
    steps = [
        after.baseline - before.baseline
        for before, after in zip(region.lines, region.lines[1:], strict=False)
        if before.size == after.size and 0 < after.baseline - before.baseline < 2.2 * after.size
    ]
    return median(steps) if steps else 1.2 * (region.lines[0].size if region.lines else 10.0)


def _begins(
    region: Region,
    before: Line,
    line: Line,
    after: Line | None,
    leading: float,
    body_size: float,
    is_second: bool,
) -> bool:
    """Return whether `line` begins a paragraph. is_second: whether it would be the second line of the current one."""
    step = line.baseline - before.baseline
    usual = max(leading, 1.05 * line.size)
    if abs(line.size - before.size) > SIZE_STEP or step > GAP * max(
        usual, 1.2 * line.size if line.size > body_size else 0
    ):
        return True
    if line.style.fixed and before.style.fixed:
        return False
    if is_hyphenated(before.text, line.text) and line.text[0].islower():
        return False
    if len(line.cells) > 1 or len(before.cells) > 1:
        return True
    if line.is_bold != before.is_bold and (ENDS_SENTENCE.search(before.text) or _has_room(region, before, line)):
        return True
    if has_marker(line) and (
        ENDS_SENTENCE.search(before.text) or _has_room(region, before, line) or has_marker(before)
    ):
        return True
    if line.size > body_size + SIZE_STEP or (line.is_bold and before.is_bold):
        return _is_centred(region, before) and not _is_centred(region, line)  # or else the lines of a heading
    return _is_indented(before, line, after, is_second) or _has_room(region, before, line)


def _is_centred(region: Region, line: Line) -> bool:
    """Return whether the line has the same space on both sides, or fills the region."""
    left, right = line.x0 - region.x0, region.x1 - line.x1
    return abs(left - right) < line.size


def _is_indented(before: Line, line: Line, after: Line | None, is_second: bool) -> bool:
    """Return whether the line is indented, or has a hanging indent as in a bibliography."""
    indent = INDENT * line.size
    if is_second and has_marker(before) and abs(line.x0 - before.words[1].x0) < indent:
        return False
    if line.x0 - before.x0 > indent:
        return line.x0 - after.x0 > 0.5 * indent if after else not is_second
    hangs = before.x0 - line.x0 > indent and not is_second
    return hangs and (after is None or after.x0 - line.x0 > 0.5 * indent or bool(ENDS_SENTENCE.search(before.text)))


def _has_room(region: Region, before: Line, line: Line) -> bool:
    """Return whether the line's first word would have fitted on the previous line, so that the break is deliberate."""
    if (
        line.text[:1].islower()
        and before.x1 - before.x0 > 0.5 * region.width
        and not ENDS_SENTENCE.search(before.text)
    ):
        return False  # in a box, or beside an image
    word = line.words[0]
    space = 0.35 * line.size
    return before.x1 + space + (word.x1 - word.x0) < region.x1 - SLACK * region.width - 0.5 * line.size


def continues(before: Paragraph, after: Paragraph, *, is_next: bool) -> bool:
    """Return whether a paragraph continues in the next column or on the next page.

    is_next: whether nothing is between them, such as a figure with its caption.
    """
    if before.first.style.angle != after.first.style.angle:
        return False
    if abs(before.size - after.size) > SIZE_STEP or before.is_bold != after.is_bold or has_marker(after.first):
        return False
    if before.is_fixed != after.is_fixed or before.is_table_row or after.is_table_row:
        return False
    if len(after.lines) > 1 and after.first.x0 - after.lines[1].x0 > INDENT * after.size:
        return False
    text, next_text = before.last.text, after.first.text
    if ENDS_SENTENCE.search(text):
        return False
    is_full = before.last.x1 > before.region.x1 - 0.12 * before.region.width
    starts_small = next_text[:1].islower() or next_text[:1] in "(,;"
    return starts_small or (
        is_next and is_full and next_text[:1].isalnum() and len(before.lines) + len(after.lines) > 2
    )


def place_images(found: Sequence[Paragraph], images: Sequence[PlacedImage]) -> list[PlacedImage]:
    """Assign each image of a page to the paragraph above it in its column; return those without such a paragraph."""
    first = []
    for image in sorted(images, key=lambda image: image.top):
        above = [p for p in found if p.last.bottom <= image.top + TOLERANCE and _shares_column(p, image)]
        if above:
            max(above, key=lambda p: p.last.bottom).images.append(image)
        else:
            first.append(image)
    return first


def _shares_column(paragraph: Paragraph, image: PlacedImage) -> bool:
    return min(paragraph.region.x1, image.x1) > max(paragraph.region.x0, image.x0)
