"""Levels that a text without markup shows itself: by numbers before its headings, or by capitals."""

import re
from itertools import pairwise

NUMBER = re.compile(
    r"(?:(?:chapter|section|part|lesson|unit|module)\s+)?(\d{1,2}(?:\.\d{1,2})*)[.):]?\s+\S", re.IGNORECASE
)
ROMAN = re.compile(r"([IVX]{1,5})[.)]\s+\S")
LETTER = re.compile(r"([A-H])[.)]\s+\S")
MIN_SHARE = 0.6


def numbered_levels(headings: list[str]) -> list[int] | None:
    """Return the level of each heading, 1 for the top; None if the headings do not show their levels."""
    return _by_number(headings) or _by_letter(headings) or _by_capitals(headings)


def _by_number(headings: list[str]) -> list[int] | None:
    """Take levels from `1`, `1.1`, `1.1.1`. Others are below the last numbered one, or top at the end."""
    matches = [NUMBER.match(heading) for heading in headings]
    depths = [match[1].count(".") + 1 if match else 0 for match in matches]
    numbered = [depth for depth in depths if depth]
    is_ascending = _is_ascending([match[1] for match in matches if match])
    if len(numbered) < 2 or len(numbered) < MIN_SHARE * len(headings) or not is_ascending:
        return None
    min_depth = min(numbered)
    last_numbered = max(n for n, depth in enumerate(depths) if depth)
    levels: list[int] = []
    previous = 0
    for n, depth in enumerate(depths):
        if depth:
            previous = depth - min_depth + 1
            levels.append(previous)
        else:
            levels.append(1 if n > last_numbered or not previous else previous + 1)
    return levels


def _is_ascending(numbers: list[str]) -> bool:
    """Return whether the numbers increase from 3 or less, as those of headings do and years or quantities do not."""
    tuples = [tuple(int(part) for part in number.split(".")) for number in numbers]
    return bool(tuples) and all(one < other for one, other in pairwise(tuples)) and tuples[0][0] <= 3


def _by_letter(headings: list[str]) -> list[int] | None:
    """Take levels from `I.` above `A.`"""
    kinds = [(bool(ROMAN.match(heading)), bool(LETTER.match(heading))) for heading in headings]
    marked = sum(is_roman or is_letter for is_roman, is_letter in kinds)
    if sum(is_roman for is_roman, _is_letter in kinds) < 2 or marked < MIN_SHARE * len(headings):
        return None
    return [2 if is_letter and not is_roman else 1 for is_roman, is_letter in kinds]


def _by_capitals(headings: list[str]) -> list[int] | None:
    """Put headings IN CAPITALS above the others. Short ones do not count: they may be acronyms."""
    capitals = [heading.isupper() and len(heading) > 5 for heading in headings]
    if sum(capitals) < 2 or len(capitals) - sum(capitals) < 2 or not capitals[0]:
        return None
    return [1 if is_upper else 2 for is_upper in capitals]
