"""Carries the passages of an old text into a new one."""

from collections.abc import Iterable

from lessons.annotations.anchoring import matching_blocks, paragraphs
from lessons.annotations.anchoring.placement import MappedSpan, PassageMapper
from lessons.annotations.anchoring.tokens import Tokens, Vocabulary


def reanchor(old: str, new: str, spans: Iterable[tuple[int, int]]) -> list[MappedSpan | None]:
    """Where each [start, end) of `old` stands in `new`, in the order of `spans`; None for what was removed.

    Offsets are code points. An empty span, or one that is not inside `old`, has no words: None. Raises nothing for any
    two texts. Each answer depends on its own span alone; 10,000 in a lesson of 50,000 characters take some hundredths
    of a second, 200,000 characters made to be slow a few seconds.
    """
    decision = PassageMapper(old, new, shared_blocks(old, new))
    return [decision.map(start, end) for start, end in spans]


def shared_blocks(old: str, new: str) -> list[matching_blocks.MatchingBlock]:
    """What stands in both texts, by its place in the old one; no character of either is in two runs.

    First equal, moved and similar paragraphs, then the words left over wherever they went, last the letters.
    """
    if old == new:
        return [(0, 0, len(old))] if old else []
    found = matching_blocks.slide_gaps(
        old, new, matching_blocks.join_adjacent(old, new, sorted(_of_paragraphs(old, new)))
    )
    found = matching_blocks.add_leftover_matches(old, new, found)
    found = matching_blocks.refine(old, new, matching_blocks.join_adjacent(old, new, found))
    return matching_blocks.slide_gaps(old, new, matching_blocks.join_adjacent(old, new, found))


def _of_paragraphs(old: str, new: str) -> list[matching_blocks.MatchingBlock]:
    at_sentences = paragraphs.has_long_line(old) or paragraphs.has_long_line(new)
    a, b = (paragraphs.split_paragraphs(text, at_sentences=at_sentences) for text in (old, new))
    equal = paragraphs.equal_pairs([old[s:e] for s, e in a], [new[s:e] for s, e in b])
    found = [(a[i][0], b[j][0], a[i][1] - a[i][0]) for i, j in equal]
    paired, paired_new = {i for i, _j in equal}, {j for _i, j in equal}
    vocabulary = Vocabulary()
    a_tokens = {i: Tokens(old, *span, vocabulary) for i, span in enumerate(a) if i not in paired}
    b_tokens = {j: Tokens(new, *span, vocabulary) for j, span in enumerate(b) if j not in paired_new}
    beside = paragraphs.neighbours(equal, len(a), len(b))
    for i, j in paragraphs.similar_pairs(a_tokens, b_tokens, beside):
        found += matching_blocks.blocks_from_tokens(old, new, a_tokens[i], b_tokens[j])
    return found
