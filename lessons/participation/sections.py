"""The sections of published texts, and the one in which a note stands.

A section is a heading with what follows it, or what stands before the first heading. It is the same section in each
revision in which its heading has the same id.
"""

from bisect import bisect_right
from collections.abc import Iterable
from html import unescape
from typing import NamedTuple

from django.db.models import OuterRef, QuerySet, Subquery

from lessons.annotations.models import Placement
from lessons.discussions.models import Post
from lessons.markup.blocks import HEADINGS, TAG, tag_name, unescape_text
from lessons.models import Revision

MAX_KNOWN = 2000
"""Of how many texts a process remembers the sections."""
_known: dict[str, tuple["Section", ...]] = {}


class Section(NamedTuple):
    """Where a section begins, in code points of its text, with the id and the words of its heading. These are empty
    before the first heading.
    """

    start: int
    anchor: str
    heading: str


class NotePlace(NamedTuple):
    """Where a note stands in the published revision of its lesson, and where it was made. `start` is None if its
    passage is no longer in the text.
    """

    lesson: int
    revision: int
    start: int | None
    made_in: int
    made_at: int


def note_places(posts: QuerySet[Post], *columns: str) -> QuerySet:
    """Select these columns of posts that are notes, followed by those of NotePlace."""
    note = "thread__annotation__"
    placements = Placement.objects.filter(
        annotation=OuterRef("thread__annotation"), revision=OuterRef(f"{note}lesson__current_revision")
    )
    place = (f"{note}lesson", f"{note}lesson__current_revision", "start_now", f"{note}revision", f"{note}start")
    return posts.annotate(start_now=Subquery(placements.values("start")[:1])).values_list(*columns, *place)


def sections_at(places: Iterable[tuple[int, int, int | None, int, int]]) -> list[Section]:
    """Return the section of each place, a NotePlace or, because there may be many thousands, a tuple like it. Of a
    passage that is gone, it is the one where the note was made. Two queries at most.
    """
    positions = [
        (made_in, made_at) if start is None else (revision, start)
        for _lesson, revision, start, made_in, made_at in places
    ]
    known = sections_of({revision for revision, _start in positions})
    starts = {revision: [section.start for section in of_one] for revision, of_one in known.items()}
    return [known[revision][bisect_right(starts[revision], start) - 1] for revision, start in positions]


def sections_of(revisions: Iterable[int]) -> dict[int, tuple[Section, ...]]:
    """Return the sections of each revision by its id; at least one. Two queries, one if this process knows all."""
    digests = dict(Revision.objects.filter(pk__in=list(revisions)).values_list("pk", "sha256"))
    known = {digest: _known[digest] for digest in digests.values() if digest in _known}
    unknown = [pk for pk, digest in digests.items() if digest not in known]
    if unknown:
        rows = Revision.objects.filter(pk__in=unknown).values_list("sha256", "html")
        known |= {digest: sections(html) for digest, html in rows.iterator(chunk_size=50)}
        if len(_known) + len(unknown) > MAX_KNOWN:
            _known.clear()
        _known.update(known)
    return {pk: known[digest] for pk, digest in digests.items()}


def sections(html: str) -> tuple[Section, ...]:
    """Return the sections of a revision's HTML in order. Linear in its length.

    A text has at least one. The first begins where the text does, though there may be space before its heading.
    """
    found, offset, heading, is_blank = [Section(0, "", "")], 0, "", True
    for n, piece in enumerate(TAG.split(html)):
        if n % 2 == 0:
            text = unescape_text(piece)
            offset, heading = offset + len(text), heading + text
        elif (name := tag_name(piece)) in HEADINGS:
            is_blank = is_blank if len(found) > 1 else not heading.strip()
            heading = ""
            found.append(Section(offset, _id_in(piece) or f"heading-{len(found)}", ""))
        elif name.lstrip("/") in HEADINGS:
            found[-1] = found[-1]._replace(heading=" ".join(heading.split()))
    return (found[1]._replace(start=0), *found[2:]) if len(found) > 1 and is_blank else tuple(found)


def _id_in(tag: str) -> str:
    _before, _equals, value = tag.partition(' id="')
    return unescape(value.partition('"')[0])
