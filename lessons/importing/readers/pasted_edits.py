"""What somebody typed into the box after a paste, made in the HTML of the paste, which keeps its structure. Pure.

The box has plain text, the clipboard had HTML as well. The lines of the text as it was pasted are found in the HTML by
their letters; a line that was changed since is changed there, and a new one follows the one before. Time is linear in
the length of both; only of MAX_LINES lines between the first and the last change are the lines compared.
"""

import re
from array import array
from html import escape, unescape
from typing import NamedTuple

from rapidfuzz.distance import Indel

HIDDEN = "script|style|head|title|template"
TOKEN = re.compile(
    rf"<!--.*?(?:-->|\Z)|<({HIDDEN})\b.*?(?:</\1\s*>|\Z)|<[^>]*+>|&[#\w]++;?", re.IGNORECASE | re.DOTALL
)
BLOCK_END = re.compile(r"</(p|li|h[1-6]|blockquote|pre|dd|dt|div|td|th|figcaption)\s*>", re.IGNORECASE)
# What browsers write before the items of lists in plain text.
MARKER = re.compile(r"(?:[•◦▪*–-]|\(?(?:\d{1,3}|[a-zA-Z])[.)])\s+")
MAX_LINES = 2_000
MAX_SKIPPED = 20_000
"""So many letters of the HTML may stand between two lines of the text, such as those of what is not displayed."""


class NotFound(ValueError):
    """A changed line that the HTML does not have."""


class _Change(NamedTuple):
    """What replaces the HTML from `start` to `end`."""

    start: int
    end: int
    html: str


class _Place(NamedTuple):
    """The letters of a line, and whether the line begins with a marker that the HTML does not have."""

    first: int
    end: int
    is_marked: bool


def apply_typing(html: str, pasted: str, text: str) -> str | None:
    """Return `html` with the changes from `pasted`, its plain text, to `text`. None if the HTML has no such line."""
    old, new = _lines(pasted), _lines(text)
    if old == new:
        return html
    page = _Page(html, old)
    try:
        changes = [change for span in _changed_spans(old, new) for change in page.changes(*span, new)]
    except NotFound:
        return None
    pieces: list[str] = []
    position = 0
    for change in sorted(changes):
        pieces += [html[position : change.start], change.html]
        position = max(position, change.end)
    return "".join([*pieces, html[position:]])


def _lines(text: str) -> list[str]:
    return [" ".join(line.split()) for line in text.split("\n") if line.strip()]


def _changed_spans(old: list[str], new: list[str]) -> list[tuple[int, int, int, int]]:
    """Return the spans of lines that differ: from and to in `old`, from and to in `new`."""
    shorter = min(len(old), len(new))
    start = next((n for n in range(shorter) if old[n] != new[n]), shorter)
    rest = shorter - start
    end = next((n for n in range(rest) if old[-1 - n] != new[-1 - n]), rest)
    before, after = old[start : len(old) - end], new[start : len(new) - end]
    if max(len(before), len(after)) > MAX_LINES:
        return [(start, start + len(before), start, start + len(after))]
    spans: list[tuple[int, int, int, int]] = []
    for tag, i1, i2, j1, j2 in Indel.opcodes(before, after):
        span = (start + i1, start + i2, start + j1, start + j2)
        if tag != "equal" and spans and (spans[-1][1], spans[-1][3]) == (span[0], span[2]):
            spans[-1] = (spans[-1][0], span[1], spans[-1][2], span[3])
        elif tag != "equal":
            spans.append(span)
    return spans


class _Page:
    """The HTML of a paste: its letters, which are all characters of its text but white space, and where they stand."""

    def __init__(self, html: str, lines: list[str]):
        self.html = html
        self.starts, self.ends = array("L"), array("L")
        self.letters = "".join(self._read_letters())
        self.places = self._find(lines)

    def _read_letters(self):
        """Yield the letters, and note where each begins and ends."""
        position = 0
        for match in [*TOKEN.finditer(self.html), None]:
            until = match.start() if match else len(self.html)
            for n in range(position, until):
                if not self.html[n].isspace():
                    self._note(n, n + 1)
                    yield self.html[n]
            if match and match[0].startswith("&"):
                for letter in unescape(match[0]):
                    if not letter.isspace():
                        self._note(*match.span())
                        yield letter
            position = match.end() if match else until

    def _note(self, start: int, end: int) -> None:
        self.starts.append(start)
        self.ends.append(end)

    def _find(self, lines: list[str]) -> list[_Place | None]:
        """Return the place of each line; None for one that is not there."""
        places: list[_Place | None] = []
        cursor = 0
        for line in lines:
            place = self._find_line(line, cursor)
            cursor = place.end if place else cursor
            places.append(place)
        return places

    def _find_line(self, line: str, cursor: int) -> _Place | None:
        for is_marked, text in ((False, line), (True, MARKER.sub("", line, count=1))):
            key = "".join(text.split())
            first = self.letters.find(key, cursor, cursor + len(key) + MAX_SKIPPED) if key else -1
            if first >= 0:
                return _Place(first, first + len(key), is_marked)
        return None

    def changes(self, i1: int, i2: int, j1: int, j2: int, new: list[str]) -> list[_Change]:
        """Return how the lines i1 to i2 become the lines j1 to j2 of `new`. Raise NotFound."""
        paired = min(i2 - i1, j2 - j1)
        changes = [change for n in range(paired) for change in self._replace(i1 + n, new[j1 + n])]
        changes += [change for n in range(i1 + paired, i2) for change in self._replace(n, "")]
        added = new[j1 + paired : j2]
        return [*changes, self._insert(i1 + paired, added)] if added else changes

    def _replace(self, index: int, line: str) -> list[_Change]:
        """Return the changes of one line: its equal beginning and its equal end stay as they are."""
        place = self.places[index]
        if place is None:
            raise NotFound
        line = MARKER.sub("", line, count=1) if place.is_marked else line
        old = self.letters[place.first : place.end]
        new = [(n, letter) for n, letter in enumerate(line) if not letter.isspace()]
        shorter = min(len(old), len(new))
        start = next((n for n in range(shorter) if old[n] != new[n][1]), shorter)
        rest = shorter - start
        end = next((n for n in range(rest) if old[-1 - n] != new[-1 - n][1]), rest)
        typed = line[new[start - 1][0] + 1 if start else 0 : new[-end][0] if end else len(line)]
        at = self.ends[place.first + start - 1] if start else self.starts[place.first]
        until = self.starts[place.end - end] if end else self.ends[place.end - 1]
        return [_Change(at, at, escape(typed, quote=False)), *self._remove(at, until)]

    def _remove(self, start: int, end: int) -> list[_Change]:
        """Return the removal of the text between two places; the tags between them stay."""
        tags = [match.span() for match in TOKEN.finditer(self.html, start, end) if match[0].startswith("<")]
        edges = [start, *(edge for tag in tags for edge in tag), end]
        return [_Change(a, b, "") for a, b in zip(edges[::2], edges[1::2], strict=True) if a < b]

    def _insert(self, index: int, lines: list[str]) -> _Change:
        """Return the insertion of lines before line `index`: items in a list, paragraphs elsewhere."""
        last = next((place for place in reversed(self.places[:index]) if place), None)
        if last is None:
            at = max(0, self.html.rfind("<", 0, self.starts[0] if self.starts else 0))
            return _Change(at, at, _elements("p", lines))
        block = BLOCK_END.search(self.html, self.ends[last.end - 1])
        at = block.end() if block else len(self.html)
        return _Change(at, at, _elements("li" if block and block[1].lower() == "li" else "p", lines))


def _elements(name: str, lines: list[str]) -> str:
    return "".join(f"<{name}>{escape(line, quote=False)}</{name}>" for line in lines)
