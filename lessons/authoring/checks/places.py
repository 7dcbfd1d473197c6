"""Pure: where checks stand in the text of a draft, and where one can be put without the editor."""

from collections import Counter
from typing import NamedTuple

from lessons.markup.merge import split_blocks
from lessons.markup.plain_text import single_line, text_by_block, text_digest
from lessons.markup.sanitise import CHECK_PLACE
from lessons.practice.places import place_of

HEADING_LEVELS = {"<h2": 2, "<h3": 3, "<h4": 4}
FOOTNOTES = '<section class="footnotes"'
START, END = "start", "end"
"""Before the first heading, and at the end of the text."""


class Section(NamedTuple):
    """What stands below a heading. key: names it as long as its heading, and those like it before it, stay."""

    key: str
    heading: str
    level: int


def sections(html: str) -> list[Section]:
    """Return the sections of a sanitised text, in order."""
    return [section for _block, section in _sections_of_blocks(html) if section]


def _sections_of_blocks(html: str) -> list[tuple[str, Section | None]]:
    """Return the outermost blocks of a text, headings with the section that they begin."""
    seen: Counter[str] = Counter()
    found: list[tuple[str, Section | None]] = []
    for block in split_blocks(html):
        level = HEADING_LEVELS.get(block[:3])
        heading = single_line(text_by_block(block)) if level else ""
        seen[heading] += 1
        key = f"{text_digest(heading)[:12]}-{seen[heading]}"
        found.append((block, Section(key, heading, level) if level else None))
    return found


def section_of_checks(html: str) -> dict[str, str]:
    """Return the heading above each check in the text, by its uid, in order; "" for those above the first heading."""
    heading = ""
    found: dict[str, str] = {}
    for block, section in _sections_of_blocks(html):
        heading = section.heading if section else heading
        for uid in CHECK_PLACE.findall(block):
            found.setdefault(uid, heading)
    return found


def insert_place(html: str, uid: str, key: str) -> str:
    """Return the text with the place of a check at the end of the section with this key; START and END are keys, too.

    At the end of the text if there is no such section (any more).
    """
    parts = _sections_of_blocks(html)
    n = _end_of(parts, key)
    blocks = [block for block, _section in parts]
    return "".join([*blocks[:n], place_of(uid), *blocks[n:]])


def _end_of(parts: list[tuple[str, Section | None]], key: str) -> int:
    """Return the position after the last block of a section."""
    is_inside = key == START
    for n, (block, section) in enumerate(parts):
        if block.startswith(FOOTNOTES) or (is_inside and section):
            return n
        is_inside = is_inside or bool(section and section.key == key)
    return len(parts)
