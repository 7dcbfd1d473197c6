"""Read the words of a PDF's pages with their positions and fonts, as PDFium finds them.

Coordinates are points; x increases to the right and y downwards, whatever the rotation of the page.
"""

import ctypes
import math
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, NamedTuple
from unicodedata import normalize

import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_c

# PDFium's characters for a hyphen at the end of a line.
HYPHENS = {"\ufffe": "-", "\x02": "-", "\xad": "-"}
# Old fonts draw an accent and a letter over each other.
ACCENTS = dict(zip("´¨ˆ˜ˇ˚˘¯˙˝", "\u0301\u0308\u0302\u0303\u030c\u030a\u0306\u0304\u0307\u030b", strict=True))
ACCENTED = re.compile(rf"([{''.join(ACCENTS)}])([^\W\d_])")
GRAVE = re.compile(r"(?<=[^\W\d_])`([aeiouAEIOU])|\A`([aA])\Z")
CEDILLA = re.compile(r"([cCsStTgk])¸|¸([cCsStTgk])")
LIGATURES = {"ﬀ": "ff", "ﬁ": "fi", "ﬂ": "fl", "ﬃ": "ffi", "ﬄ": "ffl", "ﬅ": "ft", "ﬆ": "st"}
FILLER = "\ufdd0"
CHARACTERS = str.maketrans(HYPHENS | LIGATURES | {FILLER: ""})
FORMULA_LETTERS = frozenset(map(chr, range(0x1D400, 0x1D800)))
WORD = re.compile(r"[^\s\x00]+")
# A mark or an index may be inside a word: after a letter, a bracket or a full stop.
MAY_BE_MIXED = re.compile(r"[^\W\d_].*\d|\d.*[^\W\d_]|[.,;:)\]”’»\"]\d|\w[*†‡§¶]")
BOLD = re.compile(r"bold|black|heavy|semibold|demi|[-,]bd|cmbx|cmssbx|medi\b|sfbx|ecbx", re.IGNORECASE)
ITALIC = re.compile(r"ital|obliq|slant|cmti|cmsl|sfti|ecti|[-,]it\b", re.IGNORECASE)
FIXED = re.compile(r"mono|courier|typewriter|cmtt|consol|menlo|sftt|ectt|fixed", re.IGNORECASE)
SUBSET = re.compile(r"\A[A-Z]{6}\+")
BOLD_WEIGHT = 600
MAX_FONT_NAME = 200
# Heights of boxes in one font differ by rounding; those of another size by more.
SAME_HEIGHT = 0.06
MAX_LINKS = 500
MAX_ADDRESS = 2_000


# x0, top, x1, bottom.
Box = tuple[float, float, float, float]


class Style(NamedTuple):
    """The style of a word. angle: in quarter turns, anticlockwise."""

    size: float = 10.0
    bold: bool = False
    italic: bool = False
    fixed: bool = False
    angle: int = 0


@dataclass(slots=True)
class Word:
    """A word, or part of one whose size changes: then there is no space before the next part."""

    text: str
    x0: float
    x1: float
    top: float
    bottom: float
    baseline: float
    style: Style
    has_space: bool = True
    link: str = ""


@dataclass(slots=True)
class Page:
    """The words of a page in the file's order."""

    number: int
    width: float
    height: float
    words: list[Word] = field(default_factory=list)

    @property
    def angle(self) -> int:
        """Return the angle of most words."""
        return Counter(word.style.angle for word in self.words).most_common(1)[0][0] if self.words else 0

    @property
    def text_height(self) -> float:
        """Return the height of the page when its text is upright."""
        return self.width if self.angle % 2 else self.height


class Geometry:
    """Converts PDFium's coordinates to those of this module."""

    def __init__(self, page: pdfium.PdfPage):
        self.left, self.bottom, self.right, self.top = page.get_bbox()

    def place(self, x: float, y: float, angle: int) -> tuple[float, float]:
        """Return the position after rotating the page so that text with this angle is upright."""
        if angle == 0:
            return x - self.left, self.top - y
        if angle == 1:
            return y - self.bottom, x - self.left
        if angle == 2:
            return self.right - x, y - self.bottom
        return self.top - y, self.right - x


def read_page(document: pdfium.PdfDocument, page: pdfium.PdfPage, number: int, geometry: Geometry) -> Page:
    """Return the words of the page. number: from 0."""
    text_page = page.get_textpage()
    result = Page(number, geometry.right - geometry.left, geometry.top - geometry.bottom)
    try:
        result.words = list(_words(text_page, geometry))
        if result.words:
            _set_links(document, page, geometry, result.words)
    finally:
        text_page.close()
    return result


def _set_links(document: pdfium.PdfDocument, page: pdfium.PdfPage, geometry: Geometry, words: list[Word]) -> None:
    """Set the URL of the link, if any, on each word."""
    for x0, top, x1, bottom, address in _links(document, page, geometry):
        for word in words:
            is_upright = not word.style.angle
            if is_upright and x0 <= (word.x0 + word.x1) / 2 <= x1 and top <= (word.top + word.bottom) / 2 <= bottom:
                word.link = address


def _links(
    document: pdfium.PdfDocument, page: pdfium.PdfPage, geometry: Geometry
) -> Iterator[tuple[float, float, float, float, str]]:
    position, link, rectangle = ctypes.c_int(0), pdfium_c.FPDF_LINK(), pdfium_c.FS_RECTF()
    for _count in range(MAX_LINKS):
        if not pdfium_c.FPDFLink_Enumerate(page.raw, ctypes.byref(position), ctypes.byref(link)):
            return
        action = pdfium_c.FPDFLink_GetAction(link)
        if not action or pdfium_c.FPDFAction_GetType(action) != pdfium_c.PDFACTION_URI:
            continue
        length = pdfium_c.FPDFAction_GetURIPath(document.raw, action, None, 0)
        if length > MAX_ADDRESS or not pdfium_c.FPDFLink_GetAnnotRect(link, ctypes.byref(rectangle)):
            continue
        address = ctypes.create_string_buffer(length)
        pdfium_c.FPDFAction_GetURIPath(document.raw, action, address, length)
        x0, top = geometry.place(rectangle.left, rectangle.top, 0)
        x1, bottom = geometry.place(rectangle.right, rectangle.bottom, 0)
        yield min(x0, x1), min(top, bottom), max(x0, x1), max(top, bottom), address.value.decode("utf-8", "replace")


def _words(text_page: pdfium.PdfTextPage, geometry: Geometry) -> Iterator[Word]:
    count = text_page.count_chars()
    if not count:
        return
    text = _text(text_page, count)
    reader = _CharacterReader(text_page, geometry)
    for match in WORD.finditer(text):
        has_space = True
        reader.look_at_object(match.start())
        for first, last, box in reader.parts(match[0], match.start(), match.end()):
            word = reader.word(text[first:last].translate(CHARACTERS), first, box)
            word.has_space = has_space
            if not word.style.fixed:
                word.text = compose(word.text)
            yield word
            has_space = False


def compose(text: str) -> str:
    """Return the text with accents before their letters composed: `´e` becomes `é`."""
    if text.isascii() and "`" not in text:
        return text
    text = ACCENTED.sub(_composed, text)
    text = GRAVE.sub(lambda match: normalize("NFC", (match[1] or match[2]) + "\u0300"), text)
    return CEDILLA.sub(lambda match: normalize("NFC", (match[1] or match[2]) + "\u0327"), text)


def _composed(match: re.Match) -> str:
    letter = {"ı": "i", "ȷ": "j"}.get(match[2], match[2])
    composed = normalize("NFC", letter + ACCENTS[match[1]])
    return composed if len(composed) == 1 else match[0]


def _text(text_page: pdfium.PdfTextPage, count: int) -> str:
    """Return the text, one code point for each of PDFium's characters."""
    text = text_page.get_text_range()
    if len(text) == count:
        return text
    return text_of_codes([pdfium_c.FPDFText_GetUnicode(text_page.raw, n) for n in range(count)])


def text_of_codes(codes: list[int]) -> str:
    """Return one code point for each UTF-16 code unit: the character of a surrogate pair is followed by FILLER."""
    result = [chr(code) if 0 < code < 0x110000 else " " for code in codes]
    for n, (high, low) in enumerate(zip(codes, codes[1:], strict=False)):
        if 0xD800 <= high < 0xDC00 <= low < 0xE000:
            letter = chr(0x10000 + (high - 0xD800) * 0x400 + low - 0xDC00)
            # Mathematical letters are ordinary letters in a special font.
            result[n : n + 2] = [normalize("NFKC", letter) if letter in FORMULA_LETTERS else letter, FILLER]
    return "".join(" " if "\ud800" <= c <= "\udfff" else c[0] for c in result)


class _CharacterReader:
    """Reads the positions and fonts of a page's characters, reusing its buffers."""

    def __init__(self, text_page: pdfium.PdfTextPage, geometry: Geometry):
        self._raw, self._geometry = text_page.raw, geometry
        self._box = pdfium_c.FS_RECTF()
        self._x, self._y, self._matrix = ctypes.c_double(), ctypes.c_double(), pdfium_c.FS_MATRIX()
        self._box_reference = ctypes.byref(self._box)
        self._x_reference, self._y_reference = ctypes.byref(self._x), ctypes.byref(self._y)
        self._object: Any = None
        self._style = Style()
        self._fonts: dict[int, tuple[bool, bool, bool]] = {}

    def box(self, index: int) -> Box:
        """Return the box of a character: the full height of its font, and its own width."""
        pdfium_c.FPDFText_GetLooseCharBox(self._raw, index, self._box_reference)
        box, geometry, angle = self._box, self._geometry, self._style.angle
        x0, y0 = geometry.place(box.left, box.top, angle)
        x1, y1 = geometry.place(box.right, box.bottom, angle)
        return (min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1)) if angle else (x0, y0, x1, y1)

    def parts(self, word: str, start: int, end: int) -> list[tuple[int, int, Box]]:
        """Return the ranges of characters of equal height in the word, with their boxes."""
        first = self.box(start)
        if end - start < 2:
            return [(start, end, first)]
        last = self.box(end - 1)
        if _is_same_height(first, last) and not MAY_BE_MIXED.search(word):
            return [(start, end, _around(first, last))]
        boxes = [first, *(self.box(index) for index in range(start + 1, end - 1)), last]
        cuts = [n for n in range(1, len(boxes)) if not _is_same_height(boxes[n - 1], boxes[n])]
        ranges = zip([0, *cuts], [*cuts, len(boxes)], strict=True)
        return [(start + a, start + b, _around(boxes[a], boxes[b - 1])) for a, b in ranges]

    def word(self, text: str, start: int, box: Box) -> Word:
        """Return a word in the style of its first character."""
        pdfium_c.FPDFText_GetCharOrigin(self._raw, start, self._x_reference, self._y_reference)
        _x, baseline = self._geometry.place(self._x.value, self._y.value, self._style.angle)
        self.look_at_object(start)
        return Word(text, box[0], box[2], box[1], box[3], baseline, self._style)

    def look_at_object(self, index: int) -> None:
        """Update the style from the character, unless it is in the same object as the previous one."""
        handle = pdfium_c.FPDFText_GetTextObject(self._raw, index)
        address = ctypes.addressof(handle.contents) if handle else 0
        if address == self._object and address:
            return
        self._object = address
        size = pdfium_c.FPDFText_GetFontSize(self._raw, index)
        angle = 0
        if pdfium_c.FPDFText_GetMatrix(self._raw, index, ctypes.byref(self._matrix)):
            size *= math.hypot(self._matrix.c, self._matrix.d) or 1.0
            angle = round(math.degrees(math.atan2(self._matrix.b, self._matrix.a)) / 90) % 4
        self._style = Style(round(size * 2) / 2, *self._font(index, handle), angle)

    def _font(self, index: int, handle: Any) -> tuple[bool, bool, bool]:
        """Return whether the character's font is (bold, italic, monospaced)."""
        font = pdfium_c.FPDFTextObj_GetFont(handle) if handle else None
        address = ctypes.addressof(font.contents) if font else 0
        if address not in self._fonts or not address:
            name = ctypes.create_string_buffer(MAX_FONT_NAME)
            flags = ctypes.c_int()
            pdfium_c.FPDFText_GetFontInfo(self._raw, index, name, MAX_FONT_NAME, ctypes.byref(flags))
            text = SUBSET.sub("", name.value.decode("utf-8", "replace"))
            weight = pdfium_c.FPDFText_GetFontWeight(self._raw, index)
            bold = bool(BOLD.search(text)) or weight >= BOLD_WEIGHT or bool(flags.value & 1 << 18)
            italic = bool(ITALIC.search(text)) or bool(flags.value & 1 << 6)
            self._fonts[address] = bold, italic, bool(FIXED.search(text)) or bool(flags.value & 1)
        return self._fonts[address]


def _around(first: Box, last: Box) -> Box:
    return min(first[0], last[0]), min(first[1], last[1]), max(first[2], last[2]), max(first[3], last[3])


def _is_same_height(a: Box, b: Box) -> bool:
    tolerance = SAME_HEIGHT * max(a[3] - a[1], b[3] - b[1], 1.0)
    return abs(a[1] - b[1]) <= tolerance and abs(a[3] - b[3]) <= tolerance
