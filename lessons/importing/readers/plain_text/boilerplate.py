"""Remove what Project Gutenberg adds before and after the text of a book."""

import re

from django.utils.translation import gettext_lazy as _

from lessons.importing.readers.plain_text.lines import Line
from lessons.importing.readers.plain_text.pages import Removed

MARK = re.compile(
    r"\W{2,}\s*(start|end)\b.{0,20}\bproject gutenberg\b.*|end of (?:the )?project gutenberg\b.*", re.IGNORECASE
)
BEFORE = _("Project Gutenberg’s notice before the text.")
AFTER = _("Project Gutenberg’s licence after the text.")
MAX_LENGTH = 200


def remove_boilerplate(lines: list[Line]) -> tuple[list[Line], list[Removed]]:
    """Return the lines of the book, and what was removed before and after it."""
    marks = [
        (n, (match[1] or "end").lower())
        for n, line in enumerate(lines)
        if line and len(line.text) <= MAX_LENGTH and (match := MARK.fullmatch(line.text))
    ]
    start = next((n + 1 for n, word in marks if word == "start"), 0)
    end = next((n for n, word in marks if word == "end" and n >= start), len(lines))
    if not any(lines[start:end]):
        return lines, []
    removed = [
        Removed(filled[0].number, "\n".join(line.single_spaced for line in filled), reason)
        for part, reason in ((lines[:start], BEFORE), (lines[end:], AFTER))
        if (filled := [line for line in part if line])
    ]
    return lines[start:end], removed
