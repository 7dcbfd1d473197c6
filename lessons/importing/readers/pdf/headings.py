"""Recognise headings and their levels by the document's own outline, or by size and weight. Pure."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from lessons.importing.readers.numbered_labels import CAPTION, WORDS_BEFORE
from lessons.importing.readers.pdf.paragraphs import ENDS_SENTENCE, Paragraph, has_marker
from lessons.markup.scripts import HAN

NUMBERED = re.compile(rf"(?:{WORDS_BEFORE})?\s*(\d{{1,3}}(?:\.\d{{1,3}})*)\.?\s+\S", re.IGNORECASE)
LETTERED = re.compile(r"(?:[IVX]{1,5}|[A-Z])\.\s+\S")
NOT_WORDS = re.compile(r"[\W_]+")
LETTERS = re.compile(rf"[^\W\d_]{{2}}|[{HAN}]")
LARGER = 1.08
MAX_WORDS = 25
MAX_BOLD_WORDS = 16
MAX_LINES = 4
MAX_SHARE = 0.25
MIN_GAP = 1.12
MAX_LEVEL = 6
MIN_OUTLINE_SHARE = 0.5


class OutlineEntry(NamedTuple):
    """An entry of the file's own outline. level: from 1. page: from 0, -1 if unknown."""

    title: str
    level: int
    page: int


class HeadingStyle(NamedTuple):
    """The style of the headings of one level."""

    size: float
    bold: bool
    capital: bool
    italic: bool


def is_numbered(text: str) -> bool:
    return bool(NUMBERED.match(text) or LETTERED.match(text))


def body_size(paragraph_sizes: Iterable[tuple[float, int]]) -> float:
    """Return the size of most characters. paragraph_sizes: (size, number of characters)."""
    counts: Counter[float] = Counter()
    for size, characters in paragraph_sizes:
        counts[size] += characters
    return counts.most_common(1)[0][0] if counts else 10.0


def mark_headings(paragraphs: Sequence[Paragraph], size: float, outline: Sequence[OutlineEntry]) -> None:
    """Set `level` on the paragraphs that are headings."""
    in_outline = _match_outline(paragraphs, outline)
    candidates = [p for p in paragraphs if p.level is not None or _is_candidate(p, size)]
    candidates = _without_body_styles(candidates, paragraphs)
    if len(in_outline) >= MIN_OUTLINE_SHARE * max(1, len(outline)) and in_outline:
        _levels_from_outline(candidates, paragraphs, in_outline)
    else:
        _levels_from_styles(candidates)


def _key(text: str) -> str:
    return NOT_WORDS.sub("", text).casefold()


def _style(paragraph: Paragraph) -> HeadingStyle:
    style = paragraph.first.style
    text = paragraph.text
    return HeadingStyle(style.size, paragraph.is_bold, text.isupper(), style.italic)


def _is_candidate(paragraph: Paragraph, size: float) -> bool:
    text = paragraph.text
    words = len(text.split())
    if paragraph.is_note or paragraph.is_table_row or len(paragraph.lines) > MAX_LINES or words > MAX_WORDS:
        return False
    if not LETTERS.search(text) or CAPTION.match(text) or len(text) > 220:
        return False
    has_number = is_numbered(text)
    if has_marker(paragraph.first) and not has_number:
        return False
    if paragraph.size >= max(LARGER * size, size + 0.7):
        return not text.endswith((",", ";")) and (words <= 12 or not ENDS_SENTENCE.search(text) or paragraph.is_bold)
    if paragraph.size < 0.9 * size or ENDS_SENTENCE.search(text.rstrip("?!")) or text.endswith(","):
        return False
    if paragraph.is_fixed:
        return False
    is_apart = paragraph.gap > MIN_GAP
    if paragraph.is_bold:
        return words <= MAX_BOLD_WORDS and (is_apart or has_number)
    if len(paragraph.lines) > 2 or not is_apart or words > 12:
        return False
    is_set_off = text.isupper() or (has_number and _is_italic(paragraph))
    return is_set_off and len(text) > 3 and (has_number or words > 1 or len(text) > 5)


def _is_italic(paragraph: Paragraph) -> bool:
    return all(line.style.italic for line in paragraph.lines)


def _without_body_styles(candidates: list[Paragraph], paragraphs: Sequence[Paragraph]) -> list[Paragraph]:
    """Drop candidates whose style is too common in the text to be that of headings."""
    total = sum(len(p.text) for p in paragraphs) or 1
    share: Counter[tuple[float, bool]] = Counter()
    for paragraph in paragraphs:
        share[(paragraph.size, paragraph.is_bold)] += len(paragraph.text)
    return [
        p
        for p in candidates
        if p.level is not None or share[(p.size, p.is_bold)] <= MAX_SHARE * total or p.text.isupper() or _is_italic(p)
    ]


def _match_outline(paragraphs: Sequence[Paragraph], outline: Sequence[OutlineEntry]) -> list[OutlineEntry]:
    """Set the level of paragraphs in the outline, near the page it gives; return the entries that were found."""
    by_key: dict[str, list[Paragraph]] = defaultdict(list)
    for paragraph in paragraphs:
        if len(paragraph.lines) <= MAX_LINES and not paragraph.is_table_row:
            key = _key(paragraph.text)
            for variant in {key, _key(_without_number(paragraph.text))}:
                by_key[variant].append(paragraph)
    found = []
    for entry in outline:
        keys = [_key(entry.title), _key(_without_number(entry.title))]
        same = [p for key in keys if key for p in by_key.get(key, ()) if p.level is None]
        near = [p for p in same if entry.page < 0 or abs(p.page - entry.page) <= 1]
        if near:
            best = max(near, key=lambda p: (p.page == entry.page, p.size, p.is_bold))
            best.level = min(entry.level, MAX_LEVEL)
            best.in_outline = True
            found.append(entry)
    return found


def _without_number(text: str) -> str:
    match = NUMBERED.match(text) or LETTERED.match(text)
    return text[match.end() - 1 :] if match else text


def _levels_from_outline(
    candidates: list[Paragraph], paragraphs: Sequence[Paragraph], found: list[OutlineEntry]
) -> None:
    """Set the level of headings that are not in the outline by their style, or one below those in it."""
    levels: dict[HeadingStyle, Counter[int]] = defaultdict(Counter)
    for paragraph in paragraphs:
        if paragraph.level is not None:
            levels[_style(paragraph)][paragraph.level] += 1
    known = {style: counts.most_common(1)[0][0] for style, counts in levels.items()}
    deepest = max(entry.level for entry in found)
    smallest = min(style.size for style in known)
    for paragraph in candidates:
        if paragraph.level is None:
            style = _style(paragraph)
            if style in known:
                paragraph.level = known[style]
            elif style.size < smallest or (style.size == smallest and not style.bold):
                paragraph.level = min(deepest + 1, MAX_LEVEL)
            else:
                larger = [level for other, level in known.items() if other.size >= style.size]
                paragraph.level = min(max(larger, default=1) + bool(larger), MAX_LEVEL)


def _levels_from_styles(candidates: list[Paragraph]) -> None:
    """Rank the styles of the headings; where they are numbered, use the depth of their numbers."""
    styles = Counter(_style(p) for p in candidates)
    by_number: dict[HeadingStyle, Counter[int]] = defaultdict(Counter)
    for paragraph in candidates:
        match = NUMBERED.match(paragraph.text)
        if match:
            by_number[_style(paragraph)][match[1].count(".") + 1] += 1
    order = sorted(styles, key=lambda style: (-style.size, not style.bold, not style.capital, style.italic))
    ranks: dict[HeadingStyle, int] = {}
    level = 0
    for style in order:
        counts = by_number.get(style)
        if counts and counts.total() >= 0.5 * styles[style]:
            level = max(counts.most_common(1)[0][0], 1)
        elif ranks:
            level += 1
        else:
            level = 1
        ranks[style] = min(level, MAX_LEVEL)
    for paragraph in candidates:
        match = NUMBERED.match(paragraph.text)
        own = match[1].count(".") + 1 if match else 0
        is_numbered_style = bool(by_number.get(_style(paragraph)))
        paragraph.level = own if own > 1 or (own and is_numbered_style) else ranks[_style(paragraph)]
