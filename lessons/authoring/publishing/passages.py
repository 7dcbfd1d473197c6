"""Pure: passages with the words around them, and where somebody's words stand in a text."""

import re
from typing import NamedTuple

from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from lessons.annotations.wording import difference

AROUND = 90
MOST_CANDIDATES = 20
LONGEST_SEARCH = 20_000
LONGEST_SHOWN = 1_200

Span = tuple[int, int]


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


def candidates(spans: list[Span], text: str) -> list[Candidate]:
    return [Candidate(start, end, in_context(text, (start, end))) for start, end in spans[:MOST_CANDIDATES]]


def in_context(text: str, span: Span) -> SafeString:
    """The passage in <mark>, between the words around it."""
    return _around(text, span, format_html("<mark>{}</mark>", _shortened(text[slice(*span)])))


def quoted(selectors) -> SafeString:
    """As `in_context`, of an object with the selectors `exact`, `prefix` and `suffix`."""
    before, behind = _whole_words(selectors.prefix, selectors.suffix)
    return format_html("{}<mark>{}</mark>{}", before, _shortened(selectors.exact), behind)


def changed_in_context(old: str, text: str, span: Span) -> SafeString:
    """As `in_context`, with what makes the passage of `old`."""
    words = difference(old[:LONGEST_SHOWN], text[slice(*span)][:LONGEST_SHOWN])
    return _around(text, span, format_html("<mark>{}</mark>", words))


def _around(text: str, span: Span, passage: SafeString) -> SafeString:
    start, end = span
    before, behind = _whole_words(text[max(0, start - AROUND) : start], text[end : end + AROUND])
    return format_html("{}{}{}", before, mark_safe(passage), behind)


def _whole_words(before: str, behind: str) -> tuple[str, str]:
    """What stands around a passage without the halves of words at the ends. A text's line ends are shown as spaces:
    its paragraphs may follow each other without any."""
    before, behind = (re.sub(r"\s+", " ", words) for words in (before, behind))
    before = f"…{before[before.find(' ') + 1 :]}" if before else ""
    return before, f"{behind[: behind.rfind(' ')] if ' ' in behind else behind}…" if behind else ""


def _shortened(words: str) -> str:
    if len(words) <= LONGEST_SHOWN:
        return words
    return f"{words[: LONGEST_SHOWN // 2]} … {words[-LONGEST_SHOWN // 2 :]}"
