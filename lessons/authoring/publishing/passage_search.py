"""Pure: passages with the words around them, and where somebody's words stand in a text."""

import re
from bisect import bisect_left, bisect_right
from itertools import pairwise
from typing import NamedTuple

from django.utils.html import format_html
from django.utils.safestring import SafeString

from lessons.markup.blocks import borders
from lessons.markup.text_diff import difference

AROUND = 90
BETWEEN = " · "
MOST_CANDIDATES = 20
LONGEST_SEARCH = 20_000
LONGEST_SHOWN = 1_200

Span = tuple[int, int]


class Prose:
    """A text as people read it: with a sign between its blocks, which may follow each other without any."""

    def __init__(self, text: str, html: str):
        self.text, self.borders = text, borders(html)

    def words(self, start: int, end: int) -> str:
        inside = self.borders[bisect_right(self.borders, start) : bisect_left(self.borders, end)]
        pieces = [self.text[a:b] for a, b in pairwise([start, *inside, end])]
        return BETWEEN.join(piece for piece in pieces if piece.strip())

    def around(self, span: Span) -> tuple[str, str]:
        """What stands before and behind a passage, without the halves of words at the far ends."""
        (start, end), length = span, len(self.text)
        before = _one_line(self.words(max(0, start - AROUND), start))
        behind = _one_line(self.words(end, min(end + AROUND, length)))
        if start > AROUND:
            before = f"…{before[before.find(' ') + 1 :]}"
        if end + AROUND < length:
            behind = f"{behind[: behind.rfind(' ')] if ' ' in behind else behind}…"
        before += BETWEEN if start in self.borders and before.strip() else ""
        return before, (BETWEEN if end in self.borders and behind.strip() else "") + behind


class Candidate(NamedTuple):
    """A place where the words stand, in code points, and how it looks there."""

    start: int
    end: int
    shown: SafeString


def found(words: str, text: str) -> list[Span]:
    """Where `words` stand in `text`, at most MOST_CANDIDATES + 1 places. White space may differ, also be missing, as
    between paragraphs."""
    pieces = words[:LONGEST_SEARCH].split()
    if not pieces:
        return []
    matches = re.finditer(r"\s*".join(map(re.escape, pieces)), text)
    return [match.span() for match, _n in zip(matches, range(MOST_CANDIDATES + 1), strict=False)]


def candidates(spans: list[Span], prose: Prose) -> list[Candidate]:
    return [Candidate(start, end, in_context(prose, (start, end))) for start, end in spans[:MOST_CANDIDATES]]


def in_context(prose: Prose, span: Span) -> SafeString:
    """The passage in <mark>, between the words around it."""
    return _marked(prose, span, _shortened(prose.words(*span)))


def changed_in_context(old: str, prose: Prose, span: Span) -> SafeString:
    """As `in_context`, with what makes the passage of `old`, the words of another `Prose`."""
    return _marked(prose, span, difference(old[:LONGEST_SHOWN], prose.words(*span)[:LONGEST_SHOWN]))


def _marked(prose: Prose, span: Span, words: str) -> SafeString:
    before, behind = prose.around(span)
    return format_html("{}<mark>{}</mark>{}", before, words, behind)


def _one_line(words: str) -> str:
    return re.sub(r"\s+", " ", words)


def _shortened(words: str) -> str:
    if len(words) <= LONGEST_SHOWN:
        return words
    return f"{words[: LONGEST_SHOWN // 2]} … {words[-LONGEST_SHOWN // 2 :]}"
