"""A passage of a revision, found by its offsets and its quote."""

from bisect import bisect_left, bisect_right
from typing import NamedTuple

from django.utils.translation import gettext as _

from lessons.annotations.anchoring import expand_to_graphemes, locate, quote_selectors
from lessons.discussions.services.errors import ActionRefused
from lessons.markup.blocks import block_boundaries, with_spaces
from lessons.markup.formula_spans import formula_spans, widen_to_formulas
from lessons.models import Revision

MAX_PASSAGE_LENGTH = 20_000


class PassageNotFound(ActionRefused):
    def __init__(self, message: str = ""):
        super().__init__(message or _("This passage is not in the text. Select it again; your text is still here."))


class AmbiguousPassage(PassageNotFound):
    """The quote occurs more than once, and its context does not say which one is meant."""

    def __init__(self):
        super().__init__(
            _(
                "This passage occurs in the text more than once. Copy a few more words around the one you mean, or "
                "use the link at its paragraph; your text is still here."
            )
        )


class PassageTooLong(ActionRefused):
    def __init__(self):
        super().__init__(_("This passage is too long for one note. Select less, or comment on the whole lesson."))


def quoted_text(revision: Revision, start: int, exact: str) -> str:
    """Return the passage `exact` as it is quoted, with a space between the blocks that it has parts of."""
    return with_spaces(exact, start, block_boundaries(revision.html))


class RevisionBlocks:
    """The text of a revision, divided where a paragraph, a heading, an item or a cell begins or ends."""

    def __init__(self, text: str, html: str):
        self.text, self.boundaries = text, block_boundaries(html)
        self._blocks: dict[tuple[int, int], str] = {}

    def around(self, start: int, end: int) -> str:
        """Return the blocks that a passage has parts of, with one space between words."""
        before, after = bisect_right(self.boundaries, start), bisect_left(self.boundaries, end)
        first = self.boundaries[before - 1] if before else 0
        last = self.boundaries[after] if after < len(self.boundaries) else len(self.text)
        if (first, last) not in self._blocks:
            self._blocks[first, last] = " ".join(self.quote(first, last).split())
        return self._blocks[first, last]

    def quote(self, start: int, end: int) -> str:
        """Return a passage as it is quoted, with a space between blocks."""
        within = self.boundaries[bisect_right(self.boundaries, start) : bisect_left(self.boundaries, end)]
        return with_spaces(self.text[start:end], start, within)


class Passage(NamedTuple):
    """A span of a revision's text in code points, with the W3C selectors of it."""

    revision: Revision
    start: int
    end: int
    exact: str
    prefix: str
    suffix: str


def locate_passage(
    revision: Revision, *, start: int | None = None, end: int | None = None, exact="", prefix="", suffix=""
) -> Passage:
    """Return the passage given by offsets, a quote or both, in whole characters and formulas. Where offsets and quote
    disagree, the quote decides if it occurs only once. Raise PassageNotFound, of which AmbiguousPassage is one, or
    PassageTooLong.
    """
    offsets = (-1, -1) if start is None or end is None else (start, end)
    span = locate(revision.text, exact, prefix, suffix, *offsets) if exact else offsets
    if span is None and revision.text.count(exact) > 1:
        raise AmbiguousPassage
    if span is None or not 0 <= span[0] < span[1] <= len(revision.text):
        raise PassageNotFound
    start, end = expand_to_graphemes(revision.text, *widen_to_formulas(formula_spans(revision.html), *span))
    if not revision.text[start:end].strip():
        raise PassageNotFound
    if end - start > MAX_PASSAGE_LENGTH:
        raise PassageTooLong
    return Passage(revision, start, end, *quote_selectors(revision.text, start, end))
