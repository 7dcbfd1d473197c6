"""Where checks stand in a text. Pure."""

from collections.abc import Iterable, Mapping

from lessons.markup.merge import split_blocks
from lessons.markup.sanitise import CHECK_ATTRIBUTE, CHECK_PLACE


def place_of(uid: str) -> str:
    """Return the HTML of the place of a check."""
    return f'<hr {CHECK_ATTRIBUTE}="{uid}">'


def with_uids(html: str, uids: Mapping[str, str]) -> str:
    """Return a text in which other uids stand for its checks."""
    return CHECK_PLACE.sub(lambda found: found[0].replace(found[1], uids.get(found[1], found[1])), html)


def without_unknown(html: str, known: Iterable[str]) -> str:
    """Return a text without the places of checks whose uids are not known."""
    known = set(known)
    return CHECK_PLACE.sub(lambda found: found[0] if found[1] in known else "", html)


def checks_below_blocks(html: str) -> str:
    """Return a text in which each check stands below the block of the text that it is in."""
    pieces = []
    for block in split_blocks(html):
        pieces += [CHECK_PLACE.sub("", block), *(found[0] for found in CHECK_PLACE.finditer(block))]
    return "".join(pieces)


def without_repeated(html: str) -> str:
    """Return a text in which each check stands once, at its first place."""
    seen: set[str] = set()

    def once(uid: str) -> bool:
        is_first = uid not in seen
        seen.add(uid)
        return is_first

    return CHECK_PLACE.sub(lambda found: found[0] if once(found[1]) else "", html)
