"""Carry the passages of an old text over into a new one."""

from collections.abc import Iterable

from lessons.annotations.anchoring import matching_blocks, paragraphs
from lessons.annotations.anchoring.placement import MappedSpan, PassageMapper
from lessons.annotations.anchoring.tokens import Tokens, Vocabulary
from lessons.memo import remembered


def reanchor(old: str, new: str, spans: Iterable[tuple[int, int]]) -> list[MappedSpan | None]:
    """Return the position in `new` of each [start, end) of `old`, in the order of `spans`; None for what was removed.

    Offsets are code points. An empty span, or one that is not inside `old`, has no text: None. Never raises. Each
    result depends on its own span alone. 10,000 spans in a lesson of 50,000 characters take some hundredths of a
    second, an adversarial text of 200,000 characters a few seconds.
    """
    mapper = PassageMapper(old, new, shared_blocks(old, new))
    return [mapper.map(start, end) for start, end in spans]


@remembered
def shared_blocks(old: str, new: str) -> list[matching_blocks.MatchingBlock]:
    """Return what is in both texts, by its position in the old one; no character of either is in two blocks.

    First equal, moved and similar paragraphs, then the words left over wherever they went, last single characters.
    """
    if old == new:
        return [(0, 0, len(old))] if old else []
    blocks = sorted(_paragraph_blocks(old, new))
    blocks = matching_blocks.slide_gaps(old, new, matching_blocks.join_adjacent(old, new, blocks))
    blocks = matching_blocks.add_leftover_matches(old, new, blocks)
    blocks = matching_blocks.refine(old, new, matching_blocks.join_adjacent(old, new, blocks))
    return matching_blocks.slide_gaps(old, new, matching_blocks.join_adjacent(old, new, blocks))


def _paragraph_blocks(old: str, new: str) -> list[matching_blocks.MatchingBlock]:
    at_sentences = paragraphs.has_long_line(old) or paragraphs.has_long_line(new)
    a, b = (paragraphs.split_paragraphs(text, at_sentences=at_sentences) for text in (old, new))
    equal = paragraphs.equal_pairs([old[s:e] for s, e in a], [new[s:e] for s, e in b])
    blocks = [(a[i][0], b[j][0], a[i][1] - a[i][0]) for i, j in equal]
    paired, paired_new = {i for i, _j in equal}, {j for _i, j in equal}
    vocabulary = Vocabulary()
    a_tokens = {i: Tokens(old, *span, vocabulary) for i, span in enumerate(a) if i not in paired}
    b_tokens = {j: Tokens(new, *span, vocabulary) for j, span in enumerate(b) if j not in paired_new}
    neighbours = paragraphs.neighbour_pairs(equal, len(a), len(b))
    for i, j in paragraphs.similar_pairs(a_tokens, b_tokens, neighbours):
        blocks += matching_blocks.blocks_from_tokens(old, new, a_tokens[i], b_tokens[j])
    return blocks
