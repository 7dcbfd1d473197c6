"""A note on the page of a revision: where it stood there, and its words."""

from typing import NamedTuple
from zlib import crc32

from lessons.accounts.models import User
from lessons.annotations.models import Annotation, Placement
from lessons.db.ids import parse_id
from lessons.models import Revision


class RevisionHighlight(NamedTuple):
    """`start` and `end` count code points of the revision's text, whose `length` and CRC-32 (`checksum`) tell whether
    a browser shows that text. `quote` are the words there; `is_as_written` where the note was made on this revision.
    """

    annotation_id: int
    start: int
    end: int
    quote: str
    length: int
    checksum: int
    is_as_written: bool


def highlight_in_revision(user: User, revision: Revision, asked: str) -> RevisionHighlight | None:
    """The note whose number is `asked`; None where it did not stand in the revision or the person may not read it.
    Two queries, none where nothing is asked."""
    wanted = parse_id(asked)
    if not wanted:
        return None
    readable = Annotation.objects.visible_to(user).displayed().filter(lesson=revision.lesson_id, pk=wanted)
    place = Placement.objects.filter(revision=revision, annotation__in=readable).exclude(start=None)
    found = place.values_list("annotation", "start", "end", "annotation__revision").first()
    if found is None:
        return None
    pk, start, end, made_on = found
    text = revision.text
    return RevisionHighlight(pk, start, end, text[start:end], len(text), crc32(text.encode()), made_on == revision.pk)
