"""Carry the passages of an old text over into a new one."""

from collections.abc import Iterable

from lessons.annotations.anchoring import matching_blocks
from lessons.annotations.anchoring.matching_blocks import Gaps, MatchingBlock
from lessons.annotations.anchoring.paragraphs import Span, equal_pairs, split_paragraphs, split_sentences
from lessons.annotations.anchoring.placement import MappedSpan, PassageMapper
from lessons.annotations.anchoring.similarity import MIN_SIMILARITY, Pair, Pairing
from lessons.annotations.anchoring.tokens import Tokens, Vocabulary
from lessons.memo import memoized


def reanchor(
    old: str,
    new: str,
    spans: Iterable[Span],
    *,
    old_breaks: Iterable[int] = (),
    new_breaks: Iterable[int] = (),
) -> list[MappedSpan | None]:
    """Return the position in `new` of each [start, end) of `old`, in the order of `spans`; None for what was removed.

    Offsets are code points; `old_breaks` and `new_breaks` are those at which a block of the page begins or ends, for
    the text of a page need not have a line end there. An empty span, or one that is not inside `old`, has no text:
    None. Never raises. Each result depends on its own span alone. 10,000 spans in a lesson of 50,000 characters take
    a few tenths of a second, an adversarial text of 200,000 characters a few seconds.
    """
    breaks = tuple(new_breaks)
    mapper = PassageMapper(old, new, shared_blocks(old, new, tuple(old_breaks), breaks), list(breaks))
    return [mapper.map(start, end) for start, end in spans]


@memoized
def shared_blocks(
    old: str, new: str, old_breaks: tuple[int, ...] = (), new_breaks: tuple[int, ...] = ()
) -> list[MatchingBlock]:
    """Return what is in both texts, by its position in the old one; no character of either is in two blocks.

    First equal, moved and similar paragraphs and sentences, then the words between them, then the words left over
    wherever they went, last single characters.
    """
    if old == new:
        return [(0, 0, len(old))] if old else []
    vocabulary = Vocabulary()
    a, b = TextParts(old, old_breaks, vocabulary), TextParts(new, new_breaks, vocabulary)
    found = Correspondence(a, b)

    def tidied(blocks: list[MatchingBlock]) -> list[MatchingBlock]:
        joined = matching_blocks.join_adjacent(old, new, blocks)
        return matching_blocks.slide_gaps(old, new, joined, a.breaks, b.breaks)

    accidental = matching_blocks.accidental_blocks(old, new, found.blocks) - found.whole
    gaps = Gaps([block for block in found.blocks if block not in accidental], found.ambiguous)
    matches = [match for spans in found.similar for match in matching_blocks.gap_matches(old, new, gaps, *spans)]
    gaps = Gaps(tidied(sorted(gaps.blocks + matches)), found.ambiguous)
    whole = (0, len(old)), (0, len(new))
    matches = matching_blocks.gap_matches(old, new, gaps, *whole, MIN_SIMILARITY)
    blocks = matching_blocks.add_leftover_matches(old, new, tidied(sorted(gaps.blocks + matches)))
    return tidied(matching_blocks.refine(old, new, Gaps(tidied(blocks), found.ambiguous)))


class TextParts:
    """The paragraphs of a text and their sentences, as tokens. `sentences_of[k]`: the numbers of paragraph k's."""

    def __init__(self, text: str, breaks: Iterable[int], vocabulary: Vocabulary):
        self.text, self.breaks = text, set(breaks)
        spans = split_paragraphs(text, self.breaks)
        self.texts = [text[start:end] for start, end in spans]
        self.paragraphs = [Tokens(text, *span, vocabulary) for span in spans]
        self.sentences: list[Tokens] = []
        self.sentences_of: list[range] = []
        for span in spans:
            first = len(self.sentences)
            self.sentences += [Tokens(text, *sentence, vocabulary) for sentence in split_sentences(text, *span)]
            self.sentences_of.append(range(first, len(self.sentences)))


class Correspondence:
    """What became of the paragraphs and sentences of a text.

    `blocks` are those of equal paragraphs, of the sentences in similar ones, and of any other similar sentences;
    `whole`, which are among them, those of paragraphs and sentences that are equal. `similar` has the spans of similar
    paragraphs and sentences, `ambiguous` those of old sentences that may or may not still be there, because others
    are alike.
    """

    def __init__(self, a: TextParts, b: TextParts):
        equal = equal_pairs(a.texts, b.texts)
        paragraphs, sentences = Pairing(a.paragraphs, b.paragraphs, equal), Pairing(a.sentences, b.sentences)
        for i, j in equal:
            sentences.partners |= zip(a.sentences_of[i], b.sentences_of[j], strict=False)
        similar = paragraphs.add_similar()
        pairs = [pair for i, j in similar for pair in _pairs_within(a, b, a.sentences_of[i], b.sentences_of[j])]
        sentences.partners |= pairs
        others = sentences.add_similar()
        self.whole = {(a.paragraphs[i].start, b.paragraphs[j].start, len(a.texts[i])) for i, j in equal}
        blocks: list[MatchingBlock] = []
        for i, j in pairs + others:
            found = matching_blocks.blocks_from_tokens(a.text, b.text, a.sentences[i], b.sentences[j])
            self.whole |= set(found if a.sentences[i].ids == b.sentences[j].ids else [])
            blocks += found
        self.blocks = sorted({*self.whole, *blocks})
        self.similar = [(a.paragraphs[i].span, b.paragraphs[j].span) for i, j in similar]
        self.similar += [(a.sentences[i].span, b.sentences[j].span) for i, j in others]
        self.ambiguous = [a.sentences[i].span for i in sentences.ambiguous]


def _pairs_within(a: TextParts, b: TextParts, old: range, new: range) -> list[Pair]:
    """Return the pairs of similar sentences of two paragraphs."""
    pairing = Pairing(a.sentences[old.start : old.stop], b.sentences[new.start : new.stop])
    return [(old[m], new[n]) for m, n in pairing.add_similar()]
