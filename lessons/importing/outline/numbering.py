"""Levels that a text without mark-up writes down itself: numbers before its headings, or capitals."""

import re
from itertools import pairwise

NUMBER = re.compile(
    r"(?:(?:chapter|section|part|lesson|unit|module)\s+)?(\d{1,2}(?:\.\d{1,2})*)[.):]?\s+\S", re.IGNORECASE
)
ROMAN = re.compile(r"([IVX]{1,5})[.)]\s+\S")
LETTER = re.compile(r"([A-H])[.)]\s+\S")
MIN_SHARE = 0.6


def numbered_levels(headings: list[str]) -> list[int] | None:
    """1 for the top level, 2 under it …; None where the headings say nothing about their levels."""
    return _by_number(headings) or _by_letter(headings) or _by_capitals(headings)


def _by_number(headings: list[str]) -> list[int] | None:
    """`1`, `1.1`, `1.1.1`; a heading without a number stands under the one before, or beside it at the end."""
    found = [NUMBER.match(heading) for heading in headings]
    numbers = [match[1].count(".") + 1 if match else 0 for match in found]
    numbered = [level for level in numbers if level]
    if len(numbered) < 2 or len(numbered) < MIN_SHARE * len(headings) or not _is_ascending([m[1] for m in found if m]):
        return None
    least = min(numbered)
    last = max(at for at, level in enumerate(numbers) if level)
    made, before = [], 0
    for at, level in enumerate(numbers):
        made.append(level - least + 1 if level else 1 if at > last or not before else before + 1)
        before = made[-1] if level else before
    return made


def _is_ascending(numbers: list[str]) -> bool:
    """Whether they grow, as headings' numbers do and years or quantities do not."""
    tuples = [tuple(int(part) for part in number.split(".")) for number in numbers]
    return all(one < other for one, other in pairwise(tuples)) and tuples[0][0] <= 3


def _by_letter(headings: list[str]) -> list[int] | None:
    """`I.` over `A.`"""
    roman = [bool(ROMAN.match(heading)) for heading in headings]
    letter = [bool(LETTER.match(heading)) for heading in headings]
    marked = sum(r or one for r, one in zip(roman, letter, strict=True))
    if sum(roman) < 2 or marked < MIN_SHARE * len(headings):
        return None
    return [2 if one and not r else 1 for r, one in zip(roman, letter, strict=True)]


def _by_capitals(headings: list[str]) -> list[int] | None:
    """SOME IN CAPITALS, Others Not: the first kind stands over the second. One word may be an acronym."""
    loud = [heading.isupper() and len(heading) > 5 for heading in headings]
    if sum(loud) < 2 or len(loud) - sum(loud) < 2 or not loud[0]:
        return None
    return [1 if one else 2 for one in loud]
