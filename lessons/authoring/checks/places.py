"""Pure: where checks stand in the text of a draft, and where one can be put without the editor."""

from typing import NamedTuple

from lessons.markup.merge import split_blocks
from lessons.markup.plain_text import single_line, text_by_block, text_digest
from lessons.markup.sanitise import CHECK_PLACE

HEADING_LEVELS = {"<h2": 2, "<h3": 3, "<h4": 4}
FOOTNOTES = '<section class="footnotes"'
START, END = "start", "end"
"""Before the first heading, and at the end of the text."""


class Section(NamedTuple):
    """What stands below a heading. key: names it as long as nobody changes its heading or puts another before it."""

    key: str
    heading: str
    level: int


def sections(html: str) -> list[Section]:
    """Return the sections of a sanitised text, in order."""
    return [section for block in split_blocks(html) if (section := _section(block))]


def _section(block: str) -> Section | None:
    level = HEADING_LEVELS.get(block[:3])
    if not level:
        return None
    heading = single_line(text_by_block(block))
    return Section(text_digest(heading)[:12], heading, level)


def section_of_checks(html: str) -> dict[str, str]:
    """Return the heading above each check in the text, by its uid, in order; "" for those above the first heading."""
    heading = ""
    found: dict[str, str] = {}
    for block in split_blocks(html):
        section = _section(block)
        heading = section.heading if section else heading
        for uid in CHECK_PLACE.findall(block):
            found.setdefault(uid, heading)
    return found


def insert_place(html: str, uid: str, key: str) -> str:
    """Return the text with the place of a check at the end of the section with this key; START and END are keys, too.

    At the end of the text if there is no such section (any more). Of sections with the same heading, the first.
    """
    blocks = split_blocks(html)
    n = _end_of(blocks, key)
    return "".join([*blocks[:n], f'<hr data-check="{uid}">', *blocks[n:]])


def _end_of(blocks: list[str], key: str) -> int:
    """Return the position after the last block of a section."""
    is_inside = key == START
    for n, block in enumerate(blocks):
        section = _section(block)
        if block.startswith(FOOTNOTES) or (is_inside and section):
            return n
        is_inside = is_inside or bool(section and section.key == key)
    return len(blocks)
