"""Remove the table of contents of a plain text, and return its entries, by which headings are found."""

import re

from django.utils.translation import gettext_lazy as _

from lessons.importing.readers.contents_title import is_contents_title, key
from lessons.importing.readers.plain_text.lines import Line
from lessons.importing.readers.plain_text.pages import Removed

# At the end of a line: the page number, and the dots and spaces before it.
PAGE_NUMBER = re.compile(r"(?<=[\s.…·_‥])(?:\d{1,4}|[ivxlc]{1,6})\Z")
DOTS_AND_SPACES = re.compile(r"(?<![\s.…·_‥])[\s.…·_‥]++\Z")
DOTS = re.compile(r"(?<!\s)(?:\s*+[.…·_‥]{2}|\s++\.\s++\.\s)")
MIN_SPACES = 3  # before a page number without dots
REASON = _("The table of contents.")
DOTTED = re.compile(r"(?:\.{4,}|(?: \.){4,}|…{2,})\s*\d{1,4}$")
MAX_ENTRY = 160
MAX_SENTENCE = 60  # an entry may end like a sentence, but a longer line that does is text
MIN_LEADERS = 3
MIN_SHARE = 0.5
BLANKS = 2


def remove_contents(lines: list[Line]) -> tuple[list[Line], Removed | None, list[str]]:
    """Return the lines without the table of contents, what was removed, and its entries.

    The entries have no page numbers, but their indentation.
    """
    for start, end in (_after_title(lines), _by_leaders(lines)):
        if end > start:
            filled = [line for line in lines[start:end] if line]
            text = "\n".join(line.single_spaced for line in filled)
            entries = [" " * line.indent + entry(line.text) for line in filled]
            return lines[:start] + lines[end:], Removed(filled[0].number, text, REASON), entries
    return lines, None, []


def entry(text: str) -> str:
    """Return an entry without the dots and the page number at its end."""
    return " ".join(text[: _leader_start(text)].split())


def _leader_start(text: str) -> int | None:
    """Return where the dots or the wide gap before a page number at the end start; None if there are none."""
    text = text.rstrip()
    number = PAGE_NUMBER.search(text)
    found = DOTS_AND_SPACES.search(text, 0, number.start() if number else len(text))
    if not found:
        return None
    leader = found[0]
    if dots := DOTS.search(leader):
        return found.start() + dots.start()
    spaces = leader.rstrip()
    if len(leader) - len(spaces) >= MIN_SPACES:
        return found.start() + len(spaces)
    return found.start() + len(leader.rstrip("\t")) if leader.endswith("\t") else None


def _after_title(lines: list[Line]) -> tuple[int, int]:
    """Return where a table of contents with a title starts and ends: most of its entries recur below it."""
    titles = (n for n, line in enumerate(lines) if is_contents_title(line.text))
    start = next(titles, None)
    if start is None:
        return 0, 0
    keys = {}
    for n, line in enumerate(lines):
        if line and len(line.text) <= MAX_ENTRY:
            keys[key(line.text)] = n
    end, matched, count, blanks = start + 1, 0, 0, 0
    best = (0, 0)
    seen: set[str] = set()
    for n in range(start + 1, len(lines)):
        line = lines[n]
        if not line:
            blanks += 1
            continue
        has_leader = _leader_start(line.text) is not None
        this = key(entry(line.text))
        is_sentence = line.ends_sentence and not has_leader and len(line.text) > MAX_SENTENCE
        # The first entry recurs where the text itself begins.
        if len(line.text) > MAX_ENTRY or this in seen or is_sentence:
            break
        if blanks > BLANKS and not has_leader and keys.get(this, n) <= n:
            break
        seen.add(this)
        is_entry = has_leader or keys.get(this, n) > n
        count, matched, blanks = count + 1, matched + is_entry, 0
        if is_entry:
            end = n + 1
            if matched >= 2 and matched >= MIN_SHARE * count:
                best = (start, end)
    return best


def _by_leaders(lines: list[Line]) -> tuple[int, int]:
    """Return where lines with dots and page numbers start and end."""
    start = end = count = 0
    for n, line in enumerate(lines):
        if not line:
            continue
        if len(line.text) <= MAX_ENTRY and DOTTED.search(line.text):
            start = start if count else n
            end, count = n + 1, count + 1
        elif count >= MIN_LEADERS:
            return start, end
        elif not line.width < 70 or count == 0:
            count = 0
    return (start, end) if count >= MIN_LEADERS else (0, 0)
