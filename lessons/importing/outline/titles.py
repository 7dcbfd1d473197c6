"""A title for an article that has none: the words that most of its headings share, or its opening."""

import re
from collections import Counter

from lessons.importing.stemming import STOP_WORDS

GENERIC = re.compile(
    r"(?:introduction|abstract|overview|background|preface|summary|contents|foreword)\W*$", re.IGNORECASE
)
TOKEN = re.compile(r"[\w’'-]+")
MAX_TITLE_WORDS = 8
OPENING_WORDS = 9
MAX_TITLE = 200


def title_from_headings(headings: list[str]) -> str:
    """The run of two words or more that most headings have: `Tides of the North Sea` out of `Causes of Tides of …`."""
    counts: Counter = Counter()
    for heading in headings:
        words = TOKEN.findall(heading)
        counts.update(set(_runs(words)))
    shared = [
        (count * (len(run) - 1), len(run), run)
        for run, count in counts.items()
        if count >= max(2, 0.25 * len(headings))
    ]
    return " ".join(max(shared)[2]) if shared else ""


def _runs(words: list[str]):
    for start in range(len(words)):
        for end in range(start + 2, min(len(words), start + MAX_TITLE_WORDS) + 1):
            ends = words[start].lower(), words[end - 1].lower().removesuffix("’s")
            if not STOP_WORDS & set(ends):
                yield tuple(words[start : end - 1]) + (words[end - 1].removesuffix("’s"),)


def title_from_opening(text: str) -> str:
    """The first words of the first sentence, as people name what has no name."""
    words = text.split()
    return " ".join(words[:OPENING_WORDS]) + ("…" if len(words) > OPENING_WORDS else "")


def is_generic(heading: str) -> bool:
    """Introduction, Abstract …: a heading that names no subject."""
    return bool(GENERIC.match(heading.strip()))
