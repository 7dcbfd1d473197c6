"""Grapheme clusters: what a reader sees as one character (Unicode Standard Annex 29, by `regex`'s \\X)."""

from bisect import bisect_right
from functools import lru_cache

import regex

# Below U+0300 only CR LF are one cluster of two, so most of a Western text is never examined one by one.
CANDIDATE_RUN = regex.compile(r"\r\n|.[\u0300-\U0010ffff]+", regex.DOTALL)
# \X looks back over all preceding flag letters to see which two form a flag; matching pairs first keeps runs linear.
FLAG = r"\p{RI}{2}[\p{GCB=Extend}\p{GCB=ZWJ}\p{GCB=SpacingMark}]*+"
CLUSTER = regex.compile(rf"{FLAG}|\X")


class GraphemeClusters:
    """The clusters of a text that are longer than one code point. Constructing it reads the text once."""

    def __init__(self, text: str):
        self.starts, self.ends = [], []
        if text.isascii() and "\r" not in text:
            return
        for run in CANDIDATE_RUN.finditer(text):
            for cluster in CLUSTER.finditer(text, *run.span()):
                start, end = cluster.span()
                if end - start > 1:
                    self.starts.append(start)
                    self.ends.append(end)

    def cluster_at(self, offset: int) -> tuple[int, int] | None:
        """Return (start, end) of the cluster that a cut at `offset` would split; None where a cut is harmless."""
        last = bisect_right(self.starts, offset) - 1
        if last < 0 or not self.starts[last] < offset < self.ends[last]:
            return None
        return self.starts[last], self.ends[last]

    def widen(self, start: int, end: int) -> tuple[int, int]:
        """Return the span extended to whole clusters."""
        before, after = self.cluster_at(start), self.cluster_at(end)
        return before[0] if before else start, after[1] if after else end


@lru_cache(maxsize=8)
def cached_clusters(text: str) -> GraphemeClusters:
    """Return the clusters, cached for a while: an import asks for a thousand passages of the same text."""
    return GraphemeClusters(text)


def expand_to_graphemes(text: str, start: int, end: int) -> tuple[int, int]:
    """Return [start, end) of `text` widened to whole grapheme clusters.

    Offsets are code points, 0 <= start <= end <= len(text). Raise ValueError outside these bounds.
    """
    if not 0 <= start <= end <= len(text):
        raise ValueError(f"No passage [{start}, {end}) in a text of {len(text)} characters.")
    return cached_clusters(text).widen(start, end)
