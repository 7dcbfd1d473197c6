"""A title for an article that has none: the phrase that many of its headings share, or its opening words."""

import re
from collections import Counter
from collections.abc import Iterator

from lessons.importing.stemming import STOP_WORDS

GENERIC = re.compile(
    r"(?:introduction|abstract|overview|background|preface|summary|contents|foreword)\W*$", re.IGNORECASE
)
TOKEN = re.compile(r"[\w’'-]+")
MAX_TITLE_WORDS = 8
OPENING_WORDS = 9
MAX_HEADING = 300  # characters of a heading in which a shared phrase is looked for


def title_from_headings(headings: list[str]) -> str:
    """Return the phrase of two words or more that headings share: `Tides of the North Sea` of `Causes of Tides of …`.

    At least a quarter of the headings must have it; empty if there is none.
    """
    counts: Counter[tuple[str, ...]] = Counter()
    for heading in headings:
        words = TOKEN.findall(heading[:MAX_HEADING])
        counts.update(set(_phrases(words)))
    shared = [
        (count * (len(phrase) - 1), len(phrase), phrase)
        for phrase, count in counts.items()
        if count >= max(2, 0.25 * len(headings))
    ]
    return " ".join(max(shared)[2]) if shared else ""


def _phrases(words: list[str]) -> Iterator[tuple[str, ...]]:
    for start in range(len(words)):
        for end in range(start + 2, min(len(words), start + MAX_TITLE_WORDS) + 1):
            ends = words[start].lower(), words[end - 1].lower().removesuffix("’s")
            if not STOP_WORDS & set(ends):
                yield tuple(words[start : end - 1]) + (words[end - 1].removesuffix("’s"),)


def title_from_opening(text: str) -> str:
    """Return the first words of the first sentence."""
    words = text.split(maxsplit=OPENING_WORDS)
    return " ".join(words[:OPENING_WORDS]) + ("…" if len(words) > OPENING_WORDS else "")


def is_generic(heading: str) -> bool:
    """Recognise a heading that names no subject: Introduction, Abstract …"""
    return bool(GENERIC.match(heading.strip()))
