"""Ask trafilatura, a library that extracts the main text of web pages, which words of a page it would keep.

It is imported when the first page is read: it has many modules, which other processes and readers do not need.
"""

import logging
import re
from collections.abc import Iterator

from lessons.importing.document import Block

# Its messages about pages that it cannot read are of no use here.
logging.getLogger("trafilatura").setLevel(logging.CRITICAL + 1)
MAX_LENGTH = 3_000_000
MAX_TAGS = 60_000
# With more tags its fallback extractors are off, whose time is quadratic in the number of paragraphs.
MAX_TAGS_FOR_ALL = 5_000
WORD = re.compile(r"\w+")
# Readings above characters (ruby), which are not part of a block's text.
READING = re.compile(r"<r[tp]\b[^<>]*+>[^<>]*+</r[tp]>", re.IGNORECASE)
RUN = 4


class Vote:
    """The main text according to the extractor."""

    def __init__(self, lines: Iterator[str] | list[str]):
        self.lines: set[tuple[str, ...]] = set()
        self.runs: set[tuple[str, ...]] = set()
        self.length = 0
        for line in lines:
            words = split_words(line)
            self.length += len(line)
            self.lines.add(tuple(words))
            self.runs.update(_runs(words))

    def share(self, block: Block) -> float:
        """Return the share of the block that is in the main text: the mean of its lines."""
        lines = [line for line in block.paragraphs if line.strip()]
        return sum(map(self._share_of_line, lines)) / max(1, len(lines))

    def _share_of_line(self, text: str) -> float:
        """Return the share of the text's words in the main text: all or nothing for a short text."""
        words = split_words(text)
        if tuple(words) in self.lines:
            return 1.0
        runs = _runs(words)
        return sum(run in self.runs for run in runs) / len(runs) if runs else 0.0


def split_words(text: str) -> list[str]:
    """Return the words; of a script without spaces, the characters."""
    words: list[str] = []
    for word in WORD.findall(text.replace("\xad", "")):
        if word[0] > "\u2e7f":
            words.extend(word)
        else:
            words.append(word)
    return words


def _runs(words: list[str]) -> list[tuple[str, ...]]:
    return [tuple(words[n : n + RUN]) for n in range(len(words) - RUN + 1)]


def vote(html: str) -> Vote:
    """Return the vote on a page; an empty one on a page that is too large for the extractor."""
    tags = html.count("<")
    if len(html) > MAX_LENGTH or tags > MAX_TAGS:
        return Vote([])
    from trafilatura import bare_extraction

    html = READING.sub("", html)
    document = bare_extraction(html, include_comments=False, include_tables=True, fast=tags > MAX_TAGS_FOR_ALL)
    if document is None or isinstance(document, dict) or document.body is None:
        return Vote([])
    return Vote("".join(element.itertext()) for element in document.body)
