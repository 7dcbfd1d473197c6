"""Pure: locate the formulas of a revision in its text. A passage contains all of a formula or nothing of it."""

from bisect import bisect_left
from collections.abc import Sequence
from functools import lru_cache
from html import unescape
from typing import NamedTuple

from lessons.markup.blocks import TAG, tag_name, unescape_text
from lessons.markup.mathml import ALTTEXT


class FormulaSpan(NamedTuple):
    """The range of a formula in the text, in code points, and its TeX, empty if it has none."""

    start: int
    end: int
    tex: str


class TextPart(NamedTuple):
    """A part of a text: plain text, or the TeX of a formula."""

    text: str
    is_tex: bool = False


@lru_cache(maxsize=4)
def formula_spans(html: str) -> tuple[FormulaSpan, ...]:
    """Return the formulas of sanitised HTML, in order. Linear in its length."""
    if "<math" not in html:
        return ()
    spans, offset, start, tex = [], 0, 0, ""
    for n, piece in enumerate(TAG.split(html)):
        if n % 2 == 0:
            offset += len(unescape_text(piece))
        elif tag_name(piece) == "math":
            alttext = ALTTEXT.search(piece)
            start, tex = offset, unescape(alttext[1]) if alttext else ""
        elif tag_name(piece) == "/math":
            spans.append(FormulaSpan(start, offset, tex))
    return tuple(spans)


def widen_to_formulas(spans: Sequence[FormulaSpan], start: int, end: int) -> tuple[int, int]:
    """Return the range, extended to all of any formula in which it begins or ends."""
    first, last = (_span_around(spans, offset) for offset in (start, end))
    return (first.start if first else start), (last.end if last else end)


def _span_around(spans: Sequence[FormulaSpan], offset: int) -> FormulaSpan | None:
    n = bisect_left(spans, offset, key=lambda span: span.start) - 1
    return spans[n] if n >= 0 and spans[n].start < offset < spans[n].end else None


def text_parts(html: str, text: str, start: int, end: int) -> list[TextPart]:
    """Return a range of `text`, which is the text of `html`, in parts, with formulas as TeX. html: sanitised."""
    parts, last = [], start
    for span in formula_spans(html):
        if span.tex and start <= span.start and span.end <= end:
            parts += [TextPart(text[last : span.start]), TextPart(span.tex, is_tex=True)]
            last = span.end
    return [*parts, TextPart(text[last:end])]
