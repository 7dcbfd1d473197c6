"""What is pasted into a text, cleaned as what is imported is: its HTML, its images, and what was left out. Pure."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from lessons.importing import readers
from lessons.importing.document import LESSON, Block, Omission, ParsedArticle, SourceImage, element
from lessons.importing.outline.links import without_dead_links
from lessons.importing.proof import block_source, find_missing
from lessons.importing.readers import cleaning
from lessons.importing.readers.pages import notes
from lessons.importing.review import links
from lessons.importing.review.texts import MAX_HEADING_LEVEL, ReviewedLesson

# What nobody sees who copies from a page, and marks that other marks stand for.
UNSEEN: tuple[Promise, ...] = (cleaning.SCRIPT, cleaning.STYLE, cleaning.COMMENT, notes.BACK_LINK)
DEFAULT_LEVEL, HIGHEST_LEVEL = 2, 2
ASSET = re.compile(r'src="/assets/([0-9a-f-]{36})/')


@dataclass(frozen=True, slots=True)
class Pasted:
    """html: as a lesson has it. left_out: what a reader of the source sees, and the paste does not have.

    images: without data, their names are their addresses. Each has its place in the HTML, with `/assets/UID/`.
    """

    html: str
    left_out: list[Omission]
    images: list[SourceImage]


def clean_paste(html: str, *, keeps_levels: bool = False) -> Pasted:
    """Clean HTML from the clipboard. Raise InvalidText if it is too long, too deep or empty.

    The headings get the levels of a lesson, with `keeps_levels` they keep their own.
    """
    parsed = readers.read_fragment(html)
    missing = [Omission(text, _("This could not be read. Copy it again, on its own.")) for text in _missing(parsed)]
    blocks, dead_links = without_dead_links(parsed)
    lesson = _assemble(blocks, _own_levels(blocks) if keeps_levels else _lesson_levels(blocks))
    cleaned = _page(lesson) if keeps_levels else lesson.html()
    unseen = {str(reason) for reason in UNSEEN}
    left_out = [one for one in parsed.omissions if str(one.reason) not in unseen]
    used = set(ASSET.findall(cleaned))
    images = [image for image in parsed.images if image.uid in used]
    return Pasted(cleaned, [*left_out, *dead_links, *missing], images)


def asset_uids(html: str) -> set[str]:
    """Return the uids of the images in HTML that `clean_paste` has returned."""
    return set(ASSET.findall(html))


def _missing(parsed: ParsedArticle) -> list[str]:
    """Return the stretches that are in neither the blocks nor what was left out, but not bullets that are letters."""
    texts = [*map(block_source, parsed.blocks), *(one.text for one in parsed.omissions)]
    return [stretch for stretch in find_missing(parsed.source, texts) if "[o]" not in stretch]


def _own_levels(blocks: Iterable[Block]) -> dict[int, int]:
    return {level: level for level in _levels(blocks)}


def _lesson_levels(blocks: Iterable[Block]) -> dict[int, int]:
    """Return the level in a lesson of each level of heading: in their order, and without a gap between two."""
    levels = _levels(blocks)
    highest = min(max(HIGHEST_LEVEL, levels[0]), MAX_HEADING_LEVEL) if levels else HIGHEST_LEVEL
    return {level: min(highest + n, MAX_HEADING_LEVEL) for n, level in enumerate(levels)}


def _levels(blocks: Iterable[Block]) -> list[int]:
    return sorted({block.level or DEFAULT_LEVEL for block in blocks if block.type == "heading"})


def _assemble(blocks: Iterable[Block], levels: Mapping[int, int]) -> ReviewedLesson:
    """Return the blocks put together, the notes at the end, and links that lead to places in them."""
    lesson = ReviewedLesson("", "", LESSON, 1, {}, sections=[""])
    for block in blocks:
        if block.type == "heading":
            lesson.anchors |= dict.fromkeys(block.anchors, len(lesson.parts))
            lesson.parts.append(element(f"h{levels[block.level or DEFAULT_LEVEL]}", SafeString(block.html)))
        else:
            lesson.add({"type": block.type, "anchors": block.anchors}, SafeString(block.html))
    links.connect([lesson])
    return lesson


def _page(lesson: ReviewedLesson) -> str:
    """Return the HTML with headings of all levels, which a page may have and a lesson may not."""
    notes_html = [element("section", element("ol", *lesson.footnotes), class_="footnotes")] if lesson.footnotes else []
    return "\n".join([*lesson.parts, *notes_html])
