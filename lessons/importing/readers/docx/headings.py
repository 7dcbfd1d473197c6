"""Headings of documents without heading styles: bold or large short paragraphs; and the document's title."""

from collections import Counter

from lessons.importing.readers.docx.content import Item, Paragraph
from lessons.importing.readers.docx.styles import MAX_LEVEL, Style

MAX_LENGTH = 120
MAX_CONSECUTIVE = 3
LARGER = 3  # half-points by which a heading is larger than the text
ENDS_TEXT = (".", ";", ",", "。", "．", "；", "，", "…")
BOLD_SHARE = 0.4
TITLE_LINES = 3
TITLE_WITHIN = 6  # paragraphs at the start in which a document has its title
MIN_STYLED = 2
INDENTED = 300  # twentieths of a point


def set_levels(items: list[Item]) -> None:
    """Set the level of the paragraphs that look like headings, unless styles mark headings already."""
    paragraphs = [item for item in items if isinstance(item, Paragraph) and item.text and not item.is_toc]
    if sum(item.level is not None for item in paragraphs) >= MIN_STYLED:
        return
    candidates = _candidates(paragraphs)
    if not candidates or (len(candidates) == 1 and candidates[0].size == min(item.size for item in paragraphs)):
        return
    weights = sorted({_weight(item) for item in candidates}, reverse=True)
    ranks = {weight: n for n, weight in enumerate(weights)}
    styled = [item.level for item in paragraphs if item.level is not None]
    first = max(styled, default=0) + 1
    for item in candidates:
        item.level = min(ranks[_weight(item)] + first, MAX_LEVEL)


def _weight(item: Paragraph) -> tuple[int, bool, bool]:
    """Return the sort key that ranks headings: by size, then bold letters, then capitals."""
    return item.size, item.bold, item.text.isupper()


def _candidates(paragraphs: list[Paragraph]) -> list[Paragraph]:
    sizes: Counter[int] = Counter()
    bold = total = 0
    for item in paragraphs:
        length = len(item.text)
        sizes[item.size] += length
        total += length
        bold += length if item.bold else 0
    body_size = sizes.most_common(1)[0][0] if sizes else 0
    shows_bold = bold < BOLD_SHARE * total
    marked = [_stands_out(item, body_size, shows_bold) for item in paragraphs]
    result: list[Paragraph] = []
    run: list[Paragraph] = []
    for item, is_marked in zip(paragraphs, marked, strict=True):
        if is_marked:
            run.append(item)
            continue
        # Longer runs are the lines of an address, a title page or a poem. Lines at the end have no text below them.
        result += run if len(run) <= MAX_CONSECUTIVE else run[-1:]
        run = []
    return result


def _stands_out(item: Paragraph, body_size: int, shows_bold: bool) -> bool:
    text = item.text
    if len(text) > MAX_LENGTH or text.endswith(ENDS_TEXT) or item.style.role or item.level is not None:
        return False
    if not any(c.isalpha() for c in text) or (item.marker and not item.marker.label):
        return False
    if item.size >= body_size + LARGER:
        return True
    is_marked = item.size >= body_size and shows_bold and (item.bold or item.underlined)
    return is_marked and (item.indent < INDENTED or item.marker is not None)


def take_title(items: list[Item]) -> str:
    """Return the title, found by its style, and remove it from the items.

    Its images and footnote references stay. Further titles become headings of the first level.
    """
    paragraphs = [item for item in items if isinstance(item, Paragraph)]
    titles = [item for item in paragraphs if item.style.role == "title" and item.heading_text and not item.is_toc]
    if not titles:
        return ""
    before = [item for item in paragraphs[: paragraphs.index(titles[0])] if item.text and not item.is_toc]
    first: list[Paragraph] = []
    if len(before) < TITLE_WITHIN and not any(item.level is not None for item in before):
        first = _consecutive(paragraphs, titles[0])
    others = [item for item in titles if item not in first]
    if others:
        for item in paragraphs:
            item.level = min(item.level + 1, MAX_LEVEL) if item.level is not None else None
        for item in others:
            item.level = 1
    for item in first:
        items[items.index(item)] = _without_words(item)
    return " ".join(item.heading_text for item in first)


def _without_words(item: Paragraph) -> Paragraph:
    """Return what a title has besides its words: images, references to notes, anchors, and what is left out."""
    return Paragraph(Style(), item.apart(), anchors=item.anchors, left_out=item.left_out, size=item.size)


def _consecutive(paragraphs: list[Paragraph], first: Paragraph) -> list[Paragraph]:
    """Return the first title and the lines right after it that are part of it."""
    start = paragraphs.index(first)
    result: list[Paragraph] = []
    for item in paragraphs[start:]:
        if item.text and (item.style.role != "title" or len(result) == TITLE_LINES):
            break
        result += [item] if item.text else []
    return result
