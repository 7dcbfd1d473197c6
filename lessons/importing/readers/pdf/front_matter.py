"""Handle front matter: the title and authors, the table of contents, the numbers of chapters. Pure."""

import re

from lessons.importing.readers.contents_title import is_contents_title
from lessons.importing.readers.numbered_labels import WORDS_BEFORE
from lessons.importing.readers.pdf import headings
from lessons.importing.readers.pdf.paragraphs import ENDS_SENTENCE, Paragraph

MAX_TITLE_PAGE_WORDS = 120
CHAPTER_START = re.compile(rf"(?:{WORDS_BEFORE})\s+", re.IGNORECASE)
CHAPTER_NUMBER = re.compile(rf"(?:{WORDS_BEFORE})\s+(?:\d{{1,3}}|[IVXLC]{{1,7}}|[A-Z])[.:]?", re.IGNORECASE)
MIN_PROSE_WORDS = 8
CONTENTS_LINE = re.compile(r"(?:\.\s?){4,}\s*[\divxlc]{1,5}\Z|(?:…\s?){2,}\s*\d{1,4}\Z", re.IGNORECASE)


def unmark_authors(found: list[Paragraph]) -> None:
    """Unmark large lines between the title and the text, such as authors and their institutions, as headings."""
    first_page = [p for p in found if p.page == found[0].page] if found else []
    start = next((n for n, p in enumerate(first_page) if p.level is not None), None)
    if start is None:
        return
    for paragraph in first_page[start + 1 :]:
        if len(paragraph.text) > 200 or paragraph.is_bold or headings.is_numbered(paragraph.text):
            return
        if paragraph.size < first_page[start].size:
            paragraph.level = None


def without_contents(found: list[Paragraph]) -> tuple[list[Paragraph], list[Paragraph]]:
    """Return (other paragraphs, table of contents): the lines of the latter end in dots and a number."""
    is_line = [bool(CONTENTS_LINE.search(p.last.text)) for p in found]
    if sum(is_line) < 3:
        return found, []
    kept: list[Paragraph] = []
    contents: list[Paragraph] = []
    for n, paragraph in enumerate(found):
        is_heading = is_contents_title(paragraph.text) and any(is_line[n + 1 : n + 4])
        is_between = any(is_line[max(0, n - 2) : n]) and any(is_line[n + 1 : n + 3]) and len(paragraph.lines) < 3
        (contents if is_line[n] or is_heading or is_between else kept).append(paragraph)
    return kept, contents


def title_paragraph(found: list[Paragraph], size: float, title: str) -> Paragraph | None:
    """Return the largest heading of the first page, if it is larger than the other headings."""
    first_page = (
        [p for p in found[:30] if p.page == found[0].page and any(c.isalpha() for c in p.text)] if found else []
    )
    if not first_page:
        return None
    same = [p for p in first_page if title and _key(p.text) == _key(title)]
    if same:
        return same[0]
    largest = max(first_page, key=lambda p: p.size)
    is_title = largest.level is not None and largest.size >= 1.15 * size and len(largest.text) < 250
    others = [p for p in found if p.level is not None and p is not largest and p.size >= largest.size]
    if not is_title or largest.in_outline or headings.is_numbered(largest.text):
        return None
    if largest is found[0] and _has_no_text(found) and not CHAPTER_NUMBER.fullmatch(largest.text.strip()):
        return largest
    if _is_one_of_sections(largest, others, first_page) and (title or not _is_title_page(first_page, found)):
        return None
    return largest if first_page.index(largest) < 6 else None


def _is_one_of_sections(heading: Paragraph, others: list[Paragraph], first_page: list[Paragraph]) -> bool:
    """Return whether a heading is one of several of its size: of more than two, or of two with text or as parts."""
    below = first_page[first_page.index(heading) + 1 :][:1]
    are_parts = all(CHAPTER_START.match(p.text) for p in [heading, *others])
    return len(others) > 1 or (bool(others) and (are_parts or any(map(_is_prose, below))))


def _is_title_page(first_page: list[Paragraph], found: list[Paragraph]) -> bool:
    """Return whether the first page has no text but titles and names."""
    words = sum(len(p.text.split()) for p in first_page)
    return words < MAX_TITLE_PAGE_WORDS and len(first_page) < len(found) and not any(map(_is_prose, first_page))


def _is_prose(paragraph: Paragraph) -> bool:
    is_long = len(paragraph.text.split()) >= MIN_PROSE_WORDS
    return paragraph.level is None and is_long and bool(ENDS_SENTENCE.search(paragraph.text))


def _has_no_text(found: list[Paragraph]) -> bool:
    """Return whether the first heading is directly followed by another one that is not part of it."""
    return len(found) > 1 and found[1].level is not None and found[1].level <= (found[0].level or 1)


def _key(text: str) -> str:
    return re.sub(r"[\W_]+", "", text).casefold()


def join_chapter_numbers(found: list[Paragraph]) -> list[Paragraph]:
    """Join "Chapter 1" to the heading below it."""
    result: list[Paragraph] = []
    for paragraph in found:
        before = result[-1] if result else None
        is_below = (
            before and before.level is not None and paragraph.level is not None and before.page == paragraph.page
        )
        if before and is_below and CHAPTER_NUMBER.fullmatch(before.text.strip()):
            before.lines += paragraph.lines
            before.images += paragraph.images
            before.level = min(before.level or 1, paragraph.level or 1)
        else:
            result.append(paragraph)
    return result


def raise_levels(found: list[Paragraph]) -> None:
    """Renumber the levels from 1 after the removal of the title."""
    highest = min((p.level for p in found if p.level is not None), default=1)
    for paragraph in found:
        if paragraph.level is not None:
            paragraph.level -= highest - 1
