"""The sentences of an article, each with its section."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from lessons.importing.document import Block, Outline

BREAK = re.compile(r"(?<=[.?!…])[”’\"')\]]*\s+(?=[“‘\"'(\[]*[A-ZÀ-ÞА-Я0-9])|(?<=[。！？؟।])\s*")
NO_BREAK = re.compile(
    r"(?:\b(?:[A-Z]|Mr|Mrs|Ms|Dr|Prof|St|Gen|Col|Sgt|Lt|Rev|Hon|Jr|Sr|vs|cf|ca|c|b|d|fl|e\.g|i\.e|etc|al|no|No|vol|Vol|"
    r"pp|p|ed|eds|trans|Fig|Figs|Eq|Ch|Sec|approx|bzw|z\.B|u\.a|Nr)\.|\.\.\.)$"
)

# The longest abbreviation: only this much of a sentence's end is examined.
ABBREVIATION_LENGTH = 8
# What runs longer without a full stop is a list, a table or code: no suggestion is read from it.
MAX_LENGTH = 1_000
# Suggestions are made from this much of an article, from its beginning: about a hundred pages.
MAX_TOTAL = 300_000
MAX_SENTENCES = 10_000

BIBLIOGRAPHY = re.compile(
    r"(?:suggested|further|additional|recommended) readings?|references|bibliography|works cited|sources", re.I
)


@dataclass(frozen=True, slots=True)
class SourceSentence:
    """A sentence. section: its index in the order of `Outline.walk()`, None the introduction."""

    sentence: str
    section: int | None
    heading: str
    level: int


def all_sentences(outline: Outline) -> Iterator[SourceSentence]:
    """Yield at most MAX_SENTENCES in order, up to MAX_TOTAL characters, without footnotes and bibliographies."""
    total = 0
    for source in islice(_sentences(outline), MAX_SENTENCES):
        total += len(source.sentence)
        if total > MAX_TOTAL:
            return
        yield source


def _sentences(outline: Outline) -> Iterator[SourceSentence]:
    yield from _sentences_of(outline.blocks, None, "", 0)
    for index, section in enumerate(outline.walk()):
        if not BIBLIOGRAPHY.match(section.heading):
            yield from _sentences_of(section.blocks, index, section.heading, section.level)


def _sentences_of(blocks: list[Block], section: int | None, heading: str, level: int) -> Iterator[SourceSentence]:
    for block in blocks:
        if block.type in ("footnote", "image"):
            continue
        for line in block.paragraphs:
            for sentence in readable_sentences(line):
                yield SourceSentence(sentence, section, heading, level)


def readable_sentences(text: str) -> list[str]:
    """Return the sentences of at most MAX_LENGTH characters."""
    return [sentence for sentence in split_sentences(text) if len(sentence) <= MAX_LENGTH]


def split_sentences(text: str) -> list[str]:
    """Return the sentences in order; nothing is lost but the white space between them. Linear in the length."""
    sentences: list[str] = []
    start = 0
    for match in BREAK.finditer(text):
        end = match.start() + len(match[0].rstrip())
        is_abbreviation = NO_BREAK.search(text, max(start, match.start() - ABBREVIATION_LENGTH), match.start())
        if not is_abbreviation and end > start:
            sentences.append(text[start:end].strip())
            start = match.end()
    return [sentence for sentence in [*sentences, text[start:].strip()] if sentence]
