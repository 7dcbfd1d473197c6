"""Find footnotes: small paragraphs at the end of a column whose mark is in superscript in the page's text. Pure."""

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence

from lessons.importing.readers.pdf.blocks import RAISED, SMALLER
from lessons.importing.readers.pdf.layout import Line
from lessons.importing.readers.pdf.paragraphs import Paragraph
from lessons.importing.readers.pdf.words import Word

MARK = re.compile(r"(?:\d{1,3}|[*∗†‡§¶‖#]{1,3}|[a-z])")
SIZE = 0.93


def find_notes(paragraphs: Sequence[Paragraph], body_size: float) -> tuple[dict[int, str], dict[int, str]]:
    """Mark the notes among the paragraphs.

    Return the keys of the notes by the ids of the words that refer to them, and by the ids of their paragraphs.
    """
    by_page: dict[int, list[Paragraph]] = defaultdict(list)
    for paragraph in paragraphs:
        by_page[paragraph.page].append(paragraph)
    references: dict[int, str] = {}
    keys: dict[int, str] = {}
    for page, on_page in by_page.items():
        candidates = _candidates(on_page, body_size)
        if not candidates:
            continue
        ids = {id(paragraph) for paragraph in candidates}
        raised = _raised(paragraph for paragraph in on_page if id(paragraph) not in ids)
        for number, paragraph in enumerate(candidates, 1):
            words = raised.get(_mark_of(paragraph.first), [])
            if words:
                key = f"fn-p{page + 1}-{number}"
                paragraph.is_note = True
                keys[id(paragraph)] = key
                references[id(words.pop(0))] = key
    return references, keys


def _candidates(paragraphs: Sequence[Paragraph], body_size: float) -> list[Paragraph]:
    """Return small paragraphs with a mark, and no text of the body's size below them in their region."""
    result: list[Paragraph] = []
    last_body = {id(p.region): n for n, p in enumerate(paragraphs) if p.size > SIZE * body_size}
    for n, paragraph in enumerate(paragraphs):
        is_below = n > last_body.get(id(paragraph.region), -1)
        if paragraph.size <= SIZE * body_size and is_below and _mark_of(paragraph.first):
            result.append(paragraph)
    return result


def _mark_of(line: Line) -> str:
    if len(line.words) < 2:
        return ""
    text = line.words[0].text.rstrip(".)")
    return text if MARK.fullmatch(text) else ""


def _raised(paragraphs: Iterable[Paragraph]) -> dict[str, list[Word]]:
    """Return the superscript words of paragraphs by the marks in them."""
    result: dict[str, list[Word]] = defaultdict(list)
    for paragraph in paragraphs:
        for line in paragraph.lines:
            for word in line.words:
                if word.style.size <= SMALLER * line.size and line.baseline - word.baseline > RAISED * line.size:
                    for mark in word.text.split(","):
                        result[mark].append(word)
    return result
