"""TODO lessons/annotations/passages.py"""

from typing import NamedTuple

from django.utils.translation import gettext as _

from lessons.annotations.anchoring import expand_to_graphemes, locate, quote_selectors
from lessons.discussions.services.errors import ActionRefused
from lessons.models import Revision

MAX_PASSAGE_LENGTH = 20_000


class PassageNotFound(ActionRefused):
    def __init__(self, prepared: str = ""):
        super().__init__(prepared or _("These words are not in the text. Select them again; what you wrote is kept."))


class AmbiguousPassage(PassageNotFound):
    """The words stand in several places, and what came with them does not say in which."""

    def __init__(self):
        super().__init__(
            _(
                "These words stand in the text more than once. Copy a few words more from around the place you mean, "
                "or note its paragraph by the link there; what you wrote is kept."
            )
        )


class PassageTooLong(ActionRefused):
    def __init__(self):
        super().__init__(_("This passage is too long for one note. Select less, or comment on the whole lesson."))


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
    """The passage, by offsets, by quote or by both; whole characters. Where they disagree the quote decides, if it
    stands in one place only. Raises NoSuchPassage, of which SeveralPassages is one, and PassageTooLong."""
    given = (-1, -1) if start is None or end is None else (start, end)
    span = locate(revision.text, exact, prefix, suffix, *given) if exact else given
    if span is None and revision.text.count(exact) > 1:
        raise AmbiguousPassage
    if span is None or not 0 <= span[0] < span[1] <= len(revision.text):
        raise PassageNotFound
    start, end = expand_to_graphemes(revision.text, *span)
    if not revision.text[start:end].strip():
        raise PassageNotFound
    if end - start > MAX_PASSAGE_LENGTH:
        raise PassageTooLong
    return Passage(revision, start, end, *quote_selectors(revision.text, start, end))
