"""Which heading is a subheading of which, where only the text shows it.

A small logistic model gives the odds of each heading belonging below each possible parent. Forward and backward sums
over all outlines of two levels give each heading's probabilities, and the outline that maximises their sum is chosen.
Fitted by ridge regression on 40 textbook chapters; in leave-one-out validation it finds the right parent for 91% of
the top-level and 60% of the nested headings. Rules that need no fitting come first: see `_odds`.
"""

import math
import re

from lessons.importing.outline.signals import MAX_DISTANCE, NestingSignals, OutlinePart
from lessons.importing.readers import contents_title

# The chapters nest two of three headings; other books do so less often, hence a smaller constant than was fitted.
CONSTANT = 0.33
WEIGHTS = {
    "length": 0.53,
    "mentions_second": -1.24,
    "mentions_third": -1.29,
    "in_second": -1.42,
    "like_next": 0.72,
    "topic": -1.24,
    "in_introduction": -1.43,
    "mentioned": 1.36,
    "repeats": 2.36,
    "parent_in_first": 1.02,
    "parent_in_lead": 0.57,
    "parent_length": -0.38,
    "parent_is_short": 0.95,
    "parent_plural": 0.36,
    "like_parent": -1.86,
    "like_before": 1.97,
    "siblings": -0.84,
}
ANNOUNCED_WEIGHT = 2.5
OFF_TOPIC = 1.0
TOP_LEVEL_PRIOR = 1.15
CERTAIN = 30.0
MIN_LISTED = 0.5  # of the headings, in the table of contents
ALWAYS_TOP = re.compile(
    r"(?:suggested|further|additional|recommended) readings?\b|(?:summary|conclusions?|references|bibliography|notes|"
    r"works cited|acknowledge?ments|key terms|glossary|sources|abstract|introduction)\W*$",
    re.IGNORECASE,
)


def listed_levels(headings: list[str], entries: list[str]) -> list[int] | None:
    """Return the level of each heading by the indentation of its entry in the table of contents; None without one.

    A heading that the table does not list is below the last one that it lists.
    """
    indents = {contents_title.key(entry): len(entry) - len(entry.lstrip()) for entry in entries}
    found = [indents.get(contents_title.key(heading)) for heading in headings]
    listed = sorted({indent for indent in found if indent is not None})
    if sum(indent is not None for indent in found) < max(2, MIN_LISTED * len(found)):
        return None
    levels: list[int] = []
    last = 0
    for indent in found:
        last = last if indent is None else listed.index(indent) + 1
        levels.append(last + 1 if indent is None else last)
    return levels


def flat(indexes: list[int]) -> list[int]:
    """Return the levels of headings, given their indexes: a heading directly followed by another one is its parent.

    It is also the parent of those after that, up to the next heading directly followed by another.
    """
    levels: list[int] = []
    for place, n in enumerate(indexes):
        is_bare = place + 1 < len(indexes) and indexes[place + 1] == n + 1
        is_below = place > 0 and (indexes[place - 1] == n - 1 or (levels[-1] == 2 and not is_bare))
        levels.append(2 if is_below else 1)
    return levels


def infer_parents(parts: list[OutlinePart], title: str, introduction: list[str]) -> list[int | None]:
    """Return for each heading the index of its parent, None for the top level."""
    if len(parts) < 2:
        return [None] * len(parts)
    signals = NestingSignals(parts, title, introduction)
    odds = {
        (child, parent): _odds(signals, child, parent)
        for child in range(1, len(parts))
        for parent in range(max(0, child - MAX_DISTANCE), child)
    }
    return _most_probable(len(parts), odds)


def _odds(signals: NestingSignals, child: int, parent: int) -> float:
    """Return the logarithm of the odds that `child` belongs below `parent`, if that is the last top-level heading."""
    if ALWAYS_TOP.match(signals.parts[child].title) or ALWAYS_TOP.match(signals.parts[parent].title):
        return -CERTAIN
    if child - 1 == parent and not signals.parts[parent].words:
        return CERTAIN
    values = signals.features(child, parent)
    score = CONSTANT + sum(weight * values[name] for name, weight in WEIGHTS.items())
    score += ANNOUNCED_WEIGHT * signals.is_announced(child, parent)
    score += OFF_TOPIC * (signals.shared_topic and not values["topic"])
    return max(-CERTAIN, min(CERTAIN, score))


def _most_probable(count: int, odds: dict[tuple[int, int], float]) -> list[int | None]:
    chance = {pair: 1 / (1 + math.exp(-value)) for pair, value in odds.items()}
    before = _forward(count, chance)
    after = _backward(count, chance, before)
    best: dict[int, tuple[float, list[int | None]]] = {0: (0.0, [None])}
    for child in range(1, count):
        top = TOP_LEVEL_PRIOR * before[child].get(child, 0.0) * after[child].get(child, 0.0)
        score, path = max(best.values(), key=lambda scored: scored[0])
        extended = {child: (score + top, [*path, None])}
        for parent, (score, path) in best.items():
            if (child, parent) in chance:
                gain = before[child].get(parent, 0.0) * after[child].get(parent, 0.0)
                extended[parent] = (score + gain, [*path, parent])
        best = extended
    return max(best.values(), key=lambda scored: scored[0])[1]


def _forward(count: int, chance: dict[tuple[int, int], float]) -> list[dict[int, float]]:
    """Return for each heading the probability of each last top-level heading, given the headings before it."""
    rows: list[dict[int, float]] = [{0: 1.0}]
    for child in range(1, count):
        row = {child: 0.0}
        for parent, probability in rows[-1].items():
            nested = chance.get((child, parent), 0.0)
            row[child] += probability * (1 - nested)
            if nested:
                row[parent] = probability * nested
        rows.append(row)
    return rows


def _backward(
    count: int, chance: dict[tuple[int, int], float], before: list[dict[int, float]]
) -> list[dict[int, float]]:
    """Return for each heading the probability of the headings after it, given each last top-level heading.

    All values are 1 where the signals say nothing.
    """
    rows = [dict.fromkeys(before[count - 1], 1.0)]
    for child in range(count - 2, -1, -1):
        following = rows[-1]
        row = {}
        for parent in before[child]:
            nested = chance.get((child + 1, parent), 0.0)
            row[parent] = nested * following.get(parent, 0.0) + (1 - nested) * following[child + 1]
        rows.append(row)
    return rows[::-1]
