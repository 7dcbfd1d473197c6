"""The position of a passage in a text, or in the next revision of it. Pure: no database, no clock, no randomness.

    reanchoring.py      `reanchor`: the passages of an old text in a new one, many at once
    paragraphs.py       the paragraphs and sentences of a text, and which of them are in both texts
    similarity.py       which of the other old ones became which new one, and which are only look-alikes
    tokens.py           words of a text, and the alignment of two sequences
    matching_blocks.py  runs of characters that two texts share, put in order
    placement.py        the new position of one passage, given those blocks
    quotes.py           `quote_selectors` and `locate`: a passage as a quote with its context, and back
    graphemes.py        `expand_to_graphemes`: no passage begins or ends inside what a reader sees as one character

Every offset counts code points; spans are half open: [start, end).
"""

from lessons.annotations.anchoring.graphemes import expand_to_graphemes
from lessons.annotations.anchoring.placement import CHANGED, EXACT, MOVED, MappedSpan
from lessons.annotations.anchoring.quotes import QuoteSelector, locate, quote_selectors
from lessons.annotations.anchoring.reanchoring import reanchor

__all__ = [
    "CHANGED",
    "EXACT",
    "MOVED",
    "MappedSpan",
    "QuoteSelector",
    "locate",
    "reanchor",
    "quote_selectors",
    "expand_to_graphemes",
]
