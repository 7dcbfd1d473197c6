"""The paragraphs and sentences of a text, and which old ones are in the new text unchanged."""

import re
from collections.abc import Iterable
from itertools import pairwise

from lessons.annotations.anchoring.tokens import align, heaviest_chain, unique_pairs

LINE = re.compile(r"\S(?:[^\n]*\S)?")
SENTENCE_END = re.compile(r"(?<![.!?…])[.!?…]++[\"'”’»)\]]*+(?:\s+|(?=[^\W\d_a-z]))|[。！？؟।][”’»）」』]*\s*")
# A moved paragraph must be long enough not to be a heading like "Summary".
MIN_MOVED = 40

Span = tuple[int, int]


def split_paragraphs(text: str, breaks: Iterable[int]) -> list[Span]:
    """Return (start, end) of each paragraph that is not blank, without the white space around it.

    They end at `breaks`; if there are none, at line ends.
    """
    cuts = sorted({0, *(at for at in breaks if 0 < at < len(text)), len(text)})
    if len(cuts) == 2:
        return [line.span() for line in LINE.finditer(text)]
    return [span for start, end in pairwise(cuts) if (span := _stripped(text, start, end))]


def split_sentences(text: str, start: int, end: int) -> list[Span]:
    """Return (start, end) of each sentence in [start, end), without the white space around it."""
    cuts = [start, *(match.end() for match in SENTENCE_END.finditer(text, start, end - 1)), end]
    return [span for start, end in pairwise(cuts) if (span := _stripped(text, start, end))]


def _stripped(text: str, start: int, end: int) -> Span | None:
    inner = text[start:end].strip()
    at = text.index(inner[0], start) if inner else start
    return (at, at + len(inner)) if inner else None


def equal_pairs(old: list[str], new: list[str]) -> list[tuple[int, int]]:
    """Return (i, j) with old[i] == new[j], by i, each used once.

    First those that are unique in both texts, in the chain with the most characters; between them, repeated ones, in
    order; and unique ones of at least MIN_MOVED characters that are not in the chain.
    """
    singles = [(i, j, len(old[i])) for i, j in unique_pairs(old, new)]
    chain = {singles[k][:2] for k in heaviest_chain(singles)}
    moved = {(i, j) for i, j, length in singles if (i, j) not in chain and length >= MIN_MOVED}
    pairs = chain | moved
    for (i, j), (i_end, j_end) in pairwise([(-1, -1), *sorted(chain), (len(old), len(new))]):
        for m, n, size in align(old[i + 1 : i_end], new[j + 1 : j_end]):
            pairs |= {(i + 1 + m + k, j + 1 + n + k) for k in range(size)}
    return sorted(pairs)
