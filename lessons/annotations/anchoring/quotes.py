"""A passage as a quote with its context, as in the W3C Web Annotation Data Model (4.2.4, 4.2.5), and back."""

from os.path import commonprefix
from typing import NamedTuple

from lessons.annotations.anchoring.graphemes import cached_clusters

# Characters of context on each side, and how many of them in a row make a side agree.
CONTEXT_LENGTH = 32
MIN_CONTEXT_OVERLAP = 8
MAX_OCCURRENCES = 1_000


class QuoteSelector(NamedTuple):
    """The text of a passage and at most CONTEXT_LENGTH code points before and after it, in whole grapheme
    clusters."""

    exact: str
    prefix: str
    suffix: str


def quote_selectors(text: str, start: int, end: int) -> QuoteSelector:
    """Return the quote of [start, end) of `text`. Raise ValueError unless 0 <= start < end <= len(text)."""
    if not 0 <= start < end <= len(text):
        raise ValueError(f"No passage [{start}, {end}) in a text of {len(text)} characters.")
    first, last = max(0, start - CONTEXT_LENGTH), min(len(text), end + CONTEXT_LENGTH)
    clusters = cached_clusters(text)
    before, after = clusters.cluster_at(first), clusters.cluster_at(last)
    first = min(before[1] if before else first, start)
    last = max(after[0] if after else last, end)
    return QuoteSelector(text[start:end], text[first:start], text[end:last])


def locate(text: str, exact: str, prefix: str, suffix: str, start: int, end: int) -> tuple[int, int] | None:
    """Return [start, end) of the passage in `text` that a browser selected, in code points; None if that is
    not certain.

    The given offsets win if the quote is there and no other occurrence has more of its context. Otherwise it is the
    occurrence whose context agrees best, if it agrees at all and there is no tie; that one never splits a grapheme
    cluster.
    """
    if not exact:
        return None
    starts = set(occurrences(text, exact, limit=MAX_OCCURRENCES))
    if len(starts) >= MAX_OCCURRENCES:
        # Too many to look at one by one: only those whose whole context agrees.
        starts = {at + len(prefix) for at in occurrences(text, prefix + exact + suffix, limit=2)}
    is_at_offsets = 0 <= start < end <= len(text) and text[start:end] == exact
    if is_at_offsets:
        starts.add(start)
    scores = {at: sum(context_overlap(text, at, at + len(exact), prefix, suffix)) for at in starts}
    best = max(scores.values(), default=0)
    winners = [at for at, score in scores.items() if score == best]
    if is_at_offsets and start in winners:
        return start, end
    if len(winners) != 1 or not has_matching_context(text, winners[0], winners[0] + len(exact), prefix, suffix):
        return None
    span = winners[0], winners[0] + len(exact)
    return span if cached_clusters(text).widen(*span) == span else None


def occurrences(text: str, quote: str, *, limit: int) -> list[int]:
    """Return where `quote` occurs, at most `limit` times, overlapping occurrences too."""
    starts: list[int] = []
    at = text.find(quote)
    while at >= 0 and len(starts) < limit:
        starts.append(at)
        at = text.find(quote, at + 1)
    return starts


def context_overlap(text: str, start: int, end: int, prefix: str, suffix: str) -> tuple[int, int]:
    """Return how many characters of the context are right before `start` and right after `end`."""
    before = text[max(0, start - len(prefix)) : start]
    after = text[end : end + len(suffix)]
    return len(commonprefix([before[::-1], prefix[::-1]])), len(commonprefix([after, suffix]))


def has_matching_context(text: str, start: int, end: int, prefix: str, suffix: str) -> bool:
    """Return whether MIN_CONTEXT_OVERLAP characters of a side agree, or all of a shorter one; without any context,
    true."""
    sides = zip(context_overlap(text, start, end, prefix, suffix), (prefix, suffix), strict=True)
    return not (prefix or suffix) or any(
        side and agreed >= min(MIN_CONTEXT_OVERLAP, len(side)) for agreed, side in sides
    )
