"""Passages with their context, and where a text occurs in a lesson. Pure."""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from itertools import islice, pairwise
from typing import NamedTuple

from django.utils.html import format_html
from django.utils.safestring import SafeString

from lessons.indexing.folded_pattern import folded_pattern
from lessons.markup.blocks import block_boundaries
from lessons.markup.text_diff import diff_words

CONTEXT_LENGTH = 90
BLOCK_SEPARATOR = " · "
MAX_CANDIDATES = 20
MAX_SEARCH = 20_000
# The pattern that folds a text has a class of characters for each of its letters.
MAX_FOLDED = 200
MAX_SHOWN = 1_200

Span = tuple[int, int]


class BlockText:
    """The text of a lesson, printed with a separator between its blocks, which may have no space between them."""

    def __init__(self, text: str, html: str):
        self.text, self.boundaries = text, block_boundaries(html)

    def text_between(self, start: int, end: int) -> str:
        inside = self.boundaries[bisect_right(self.boundaries, start) : bisect_left(self.boundaries, end)]
        pieces = [self.text[a:b] for a, b in pairwise([start, *inside, end])]
        return BLOCK_SEPARATOR.join(piece for piece in pieces if piece.strip())

    def context(self, span: Span) -> tuple[str, str]:
        """Return the text before and after a passage, without cut-off words at the far ends."""
        (start, end), length = span, len(self.text)
        before = _collapse_space(self.text_between(max(0, start - CONTEXT_LENGTH), start))
        after = _collapse_space(self.text_between(end, min(end + CONTEXT_LENGTH, length)))
        if start > CONTEXT_LENGTH:
            before = f"…{before[before.find(' ') + 1 :]}"
        if end + CONTEXT_LENGTH < length:
            after = f"{after[: after.rfind(' ')] if ' ' in after else after}…"
        before += BLOCK_SEPARATOR if start in self.boundaries and before.strip() else ""
        return before, (BLOCK_SEPARATOR if end in self.boundaries and after.strip() else "") + after


class Candidate(NamedTuple):
    """A passage where a text occurs, in code points, and the passage in its context as HTML."""

    start: int
    end: int
    html: SafeString


def find_text(search_text: str, text: str) -> list[Span]:
    """Return where `search_text` occurs in `text`, at most MAX_CANDIDATES + 1 spans.

    White space may differ, or be missing, as it is between paragraphs. If a short text occurs nowhere, case, accents
    and width may differ, too.
    """
    pieces = search_text[:MAX_SEARCH].split()
    spans = _find_pieces(map(re.escape, pieces), text)
    if spans or len(search_text) > MAX_FOLDED:
        return spans
    return _find_pieces(map(folded_pattern, pieces), text)


def _find_pieces(patterns: Iterable[str], text: str) -> list[Span]:
    pattern = r"\s*".join(filter(None, patterns))
    matches = re.finditer(pattern, text) if pattern else ()
    return [match.span() for match in islice(matches, MAX_CANDIDATES + 1)]


def candidates(spans: list[Span], block_text: BlockText) -> list[Candidate]:
    return [Candidate(*span, passage_in_context(block_text, span)) for span in spans[:MAX_CANDIDATES]]


def passage_in_context(block_text: BlockText, span: Span) -> SafeString:
    """Return the passage in <mark>, with the text before and after it."""
    return _marked(block_text, span, _shortened(block_text.text_between(*span)))


def diff_in_context(old: str, block_text: BlockText, span: Span) -> SafeString:
    """Return the passage in <mark> with its changes from `old`, and the text before and after it."""
    return _marked(block_text, span, diff_words(old[:MAX_SHOWN], block_text.text_between(*span)[:MAX_SHOWN]))


def _marked(block_text: BlockText, span: Span, passage: str) -> SafeString:
    before, after = block_text.context(span)
    return format_html("{}<mark>{}</mark>{}", before, passage, after)


def _collapse_space(text: str) -> str:
    return re.sub(r"\s+", " ", text)


def _shortened(text: str) -> str:
    if len(text) <= MAX_SHOWN:
        return text
    return f"{text[: MAX_SHOWN // 2]} … {text[-MAX_SHOWN // 2 :]}"
