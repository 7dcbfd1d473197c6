"""The passages of a revision, by section: its blocks of text and the checks between them. Figures are by passage."""

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable
from hashlib import blake2b
from html import unescape
from typing import NamedTuple

from django.utils.text import Truncator

from lessons.markup.blocks import HEADINGS, TAG, TextBlock, block_boundaries, tag_name, text_blocks, unescape_text
from lessons.markup.sanitise import CHECK_PLACE
from lessons.models import Revision

EXCERPT_LENGTH = 160
MAX_KNOWN = 1000
"""Of how many texts a process remembers the passages."""


class Passage(NamedTuple):
    """A block of the text, or a row of a table: [start, end) in code points.

    key: the same in every revision that has the same block; two equal blocks of one text have different keys.
    """

    key: str
    start: int
    end: int
    excerpt: str


class Section(NamedTuple):
    """A heading and what follows it. Before the first heading, `heading` and `anchor` are empty.

    checks: the ids of the checks in it, in order.
    """

    heading: str
    level: int
    anchor: str
    start: int
    passages: tuple[Passage, ...] = ()
    checks: tuple[str, ...] = ()


class RevisionKey(NamedTuple):
    """A revision, and the digest of its HTML."""

    pk: int
    sha256: str


def is_check(key: str) -> bool:
    """Return whether this is the id of a check, not the key of a passage."""
    return "-" in key


_known: dict[str, tuple[Section, ...]] = {}


def sections_of(revisions: Iterable[RevisionKey]) -> dict[int, tuple[Section, ...]]:
    """Return the sections of each revision, by its id. One query, if this process does not know all of them."""
    revisions = list(revisions)
    unknown = [revision.pk for revision in revisions if revision.sha256 not in _known]
    loaded = {}
    if unknown:
        rows = Revision.objects.filter(pk__in=unknown).values_list("pk", "sha256", "html")
        loaded = {pk: _remember(sha256, sections(html)) for pk, sha256, html in rows.iterator(chunk_size=50)}
    return {revision.pk: loaded.get(revision.pk) or _known.get(revision.sha256, ()) for revision in revisions}


def _remember(sha256: str, found: tuple[Section, ...]) -> tuple[Section, ...]:
    if len(_known) >= MAX_KNOWN:
        _known.clear()
    _known[sha256] = found
    return found


def sections(html: str) -> tuple[Section, ...]:
    """Return the sections of a revision's HTML, without an empty one before the first heading. Linear in its
    length.
    """
    heads = _sections_without_text(html)
    passages = _passages(html)
    found, n = [], 0
    for head, following in zip(heads, [*heads[1:], None], strict=True):
        first = n
        while n < len(passages) and (following is None or passages[n].start < following.start):
            n += 1
        found.append(head._replace(passages=tuple(passages[first:n])))
    return tuple(section for section in found if section.heading or section.passages or section.checks)


def _sections_without_text(html: str) -> list[Section]:
    """Return the sections with their checks, and where their text starts."""
    found, offset, depth = [Section("", 0, "", 0)], 0, 0
    for n, piece in enumerate(TAG.split(html)):
        if n % 2 == 0:
            text = unescape_text(piece)
            offset += len(text)
            if depth:
                found[-1] = found[-1]._replace(heading=found[-1].heading + text)
            continue
        name = tag_name(piece)
        if name in HEADINGS:
            depth += 1
            found.append(Section("", int(name[1]), _id_in(piece), offset))
        elif name.lstrip("/") in HEADINGS:
            depth -= 1
            found[-1] = found[-1]._replace(heading=" ".join(found[-1].heading.split()))
        elif place := CHECK_PLACE.fullmatch(piece):
            found[-1] = found[-1]._replace(checks=(*found[-1].checks, place[1]))
    return found


def _id_in(tag: str) -> str:
    _before, _equals, value = tag.partition(' id="')
    return unescape(value.partition('"')[0])


def _passages(html: str) -> list[Passage]:
    text = "".join(unescape_text(piece) for piece in TAG.split(html)[::2])
    seen: Counter[str] = Counter()
    found = []
    for blocks in _rows(html):
        words = " · ".join(" ".join(text[start:end].split()) for start, end, _tag_index in blocks)
        key = blake2b(f"{seen[words]} {words}".encode(errors="surrogatepass"), digest_size=8).hexdigest()
        seen[words] += 1
        found.append(Passage(key, blocks[0].start, blocks[-1].end, Truncator(words).chars(EXCERPT_LENGTH)))
    return found


def _rows(html: str) -> list[list[TextBlock]]:
    """Return the blocks of the text one by one, except that the cells of a table's row stand together."""
    boundaries = block_boundaries(html, whole_rows=True)
    rows: list[list[TextBlock]] = []
    for block in text_blocks(html):
        after_last = bisect_left(boundaries, rows[-1][-1].end) if rows else 0
        if rows and (after_last == len(boundaries) or boundaries[after_last] > block.start):
            rows[-1].append(block)
        else:
            rows.append([block])
    return rows


def all_passages(of: Iterable[Section]) -> list[Passage]:
    return [passage for section in of for passage in section.passages]
