"""The highlight of an annotation in the page of an earlier revision."""

from typing import NamedTuple
from zlib import crc32

from lessons.accounts.models import User
from lessons.annotations.models import Annotation, Placement
from lessons.db.ids import parse_id
from lessons.models import Revision


class RevisionHighlight(NamedTuple):
    """The span of an annotation in a revision, in code points, and its text there, `quote`. `length` and CRC-32
    (`checksum`) of the revision's text tell whether a browser shows that text; `is_annotated_revision` where the
    annotation was made on this revision."""

    annotation_id: int
    start: int
    end: int
    quote: str
    length: int
    checksum: int
    is_annotated_revision: bool


def highlight_in_revision(user: User, revision: Revision, annotation: str) -> RevisionHighlight | None:
    """Return the highlight of the annotation whose id is written in `annotation`; None where it has no position in the
    revision or `user` may not read it. Two queries, none without an id.
    """
    annotation_id = parse_id(annotation)
    if not annotation_id:
        return None
    readable = Annotation.objects.visible_to(user).displayed().filter(lesson=revision.lesson_id, pk=annotation_id)
    placements = Placement.objects.filter(revision=revision, annotation__in=readable)
    row = placements.values_list("annotation", "start", "end", "annotation__revision").first()
    if row is None:
        return None
    pk, start, end, annotated_revision = row
    if start is None or end is None:
        return None
    text, is_annotated_revision = revision.text, annotated_revision == revision.pk
    return RevisionHighlight(pk, start, end, text[start:end], len(text), crc32(text.encode()), is_annotated_revision)
