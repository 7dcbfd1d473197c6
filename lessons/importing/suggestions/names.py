"""Names in a text, recognised by their capitals within sentences."""

import re
from collections import Counter

PART = r"(?:[A-ZÀ-Þ][\w’-]*[\w]|[A-Z]\.)"
NAME = re.compile(rf"{PART}(?: (?:(?:of|of the|de|van|von|du|for) )?{PART})*")
LOCATIVE = re.compile(
    rf"\b(?:in|at|near|around|across|from|outside|throughout) (?:the )?({PART}(?: (?:(?:of|of the|and the) )?{PART})*)"
)
POSSESSIVE = re.compile(r"[’']s?$")
NOT_NAMES = set(
    "January February March April May June July August September October November December Monday Tuesday "
    "Wednesday Thursday Friday Saturday Sunday I The A An This That These Those It In On At By For From And But "
    "Or If When While As He She They We You Article Chapter Section Figure Table".split()
)


def proper_names(sentences: list[str]) -> Counter:
    """Count the names. A single word at the start of a sentence does not count, unless it is an acronym."""
    names: Counter[str] = Counter()
    for sentence in sentences:
        for match in NAME.finditer(sentence):
            name = _without_possessive(match[0])
            is_first = not any(c.isalnum() for c in sentence[: match.start()])
            if name and not (is_first and " " not in name and not _is_acronym(name)):
                names[name] += 1
    return names


def place_names(sentences: list[str]) -> Counter:
    """Count the names after "in", "near" …, without acronyms, which are organisations, and months."""
    names: Counter[str] = Counter()
    for sentence in sentences:
        for match in LOCATIVE.finditer(sentence):
            name = _without_possessive(match[1])
            if name and not _is_acronym(name):
                names[name] += 1
    return names


def _is_acronym(name: str) -> bool:
    return name.isupper() and len(name) > 1


def _without_possessive(name: str) -> str:
    words = POSSESSIVE.sub("", name).split()
    while words and words[0] in NOT_NAMES:
        words = words[1:]
    return " ".join(words) if words and len(" ".join(words)) > 1 else ""
