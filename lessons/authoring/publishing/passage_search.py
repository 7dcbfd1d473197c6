"""Pure: passages with the words around them, and where somebody's words stand in a text."""

import re
from bisect import bisect_left, bisect_right
from itertools import pairwise
from typing import NamedTuple

from django.utils.html import format_html
from django.utils.safestring import SafeString

from lessons.markup.blocks import block_boundaries
from lessons.markup.text_diff import diff_words

CONTEXT_LENGTH = 90
BLOCK_SEPARATOR = " · "
MAX_CANDIDATES = 20
MAX_SEARCH = 20_000
MAX_SHOWN = 1_200

Span = tuple[int, int]


class BlockText:
    """A text as people read it: with a sign between its blocks, which may follow each other without any."""

    def __init__(self, text: str, html: str):
        self.text, self.borders = text, block_boundaries(html)

    def text_between(self, start: int, end: int) -> str:
        inside = self.borders[bisect_right(self.borders, start) : bisect_left(self.borders, end)]
        pieces = [self.text[a:b] for a, b in pairwise([start, *inside, end])]
        return BLOCK_SEPARATOR.join(piece for piece in pieces if piece.strip())

    def around(self, span: Span) -> tuple[str, str]:
        """What stands before and behind a passage, without the halves of words at the far ends."""
        (start, end), length = span, len(self.text)
        before = _one_line(self.text_between(max(0, start - CONTEXT_LENGTH), start))
        behind = _one_line(self.text_between(end, min(end + CONTEXT_LENGTH, length)))
        if start > CONTEXT_LENGTH:
            before = f"…{before[before.find(' ') + 1 :]}"
        if end + CONTEXT_LENGTH < length:
            behind = f"{behind[: behind.rfind(' ')] if ' ' in behind else behind}…"
        before += BLOCK_SEPARATOR if start in self.borders and before.strip() else ""
        return before, (BLOCK_SEPARATOR if end in self.borders and behind.strip() else "") + behind


class Candidate(NamedTuple):
    """A place where the words stand, in code points, and how it looks there."""

    start: int
    end: int
    shown: SafeString


def find_text(words: str, text: str) -> list[Span]:
    """Where `words` stand in `text`, at most MOST_CANDIDATES + 1 places. White space may differ, also be missing, as
    between paragraphs."""
    pieces = words[:MAX_SEARCH].split()
    if not pieces:
        return []
    matches = re.finditer(r"\s*".join(map(re.escape, pieces)), text)
    return [match.span() for match, _n in zip(matches, range(MAX_CANDIDATES + 1), strict=False)]


def candidates(spans: list[Span], prose: BlockText) -> list[Candidate]:
    return [Candidate(start, end, passage_in_context(prose, (start, end))) for start, end in spans[:MAX_CANDIDATES]]


def passage_in_context(prose: BlockText, span: Span) -> SafeString:
    """The passage in <mark>, between the words around it."""
    return _marked(prose, span, _shortened(prose.text_between(*span)))


def diff_in_context(old: str, prose: BlockText, span: Span) -> SafeString:
    """As `in_context`, with what makes the passage of `old`, the words of another `Prose`."""
    return _marked(prose, span, diff_words(old[:MAX_SHOWN], prose.text_between(*span)[:MAX_SHOWN]))


def _marked(prose: BlockText, span: Span, words: str) -> SafeString:
    before, behind = prose.around(span)
    return format_html("{}<mark>{}</mark>{}", before, words, behind)


def _one_line(words: str) -> str:
    return re.sub(r"\s+", " ", words)


def _shortened(words: str) -> str:
    if len(words) <= MAX_SHOWN:
        return words
    return f"{words[: MAX_SHOWN // 2]} … {words[-MAX_SHOWN // 2 :]}"
