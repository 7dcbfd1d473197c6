"""Which heading stands under which, where only the words show it.

A small logistic model gives the odds of each heading standing under each possible parent. Forward and backward sums
over all outlines of two levels give each heading's probabilities, and the outline is the one that has most of them.
Fitted by ridge regression on 40 textbook chapters; each left out in turn, it finds the right parent of 0.91 of the
top-level and 0.60 of the nested headings. Rules that need no fitting go before it: see `_odds`.
"""

import math
import re

from lessons.importing.outline.signals import MAX_DISTANCE, NestingSignals, OutlinePart

# The chapters nest two headings of three; other books do so less often, hence the smaller constant.
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
ALWAYS_TOP = re.compile(
    r"(?:suggested|further|additional|recommended) readings?\b|(?:summary|conclusions?|references|bibliography|notes|"
    r"works cited|acknowledge?ments|key terms|glossary|sources|abstract|introduction)\W*$",
    re.IGNORECASE,
)


def infer_parents(parts: list[OutlinePart], title: str, introduction: list[str]) -> list[int | None]:
    """For each heading the position of the one it stands under, None for the top level."""
    if len(parts) < 2:
        return [None] * len(parts)
    signals = NestingSignals(parts, title, introduction)
    odds = {
        (at, under): _odds(signals, at, under)
        for at in range(1, len(parts))
        for under in range(max(0, at - MAX_DISTANCE), at)
    }
    return _most_probable(len(parts), odds)


def _odds(signals: NestingSignals, at: int, under: int) -> float:
    """Logarithm of the odds that heading `at` stands under `under`, given that the last top-level one is `under`."""
    if ALWAYS_TOP.match(signals.parts[at].title) or ALWAYS_TOP.match(signals.parts[under].title):
        return -CERTAIN
    if at - 1 == under and not signals.parts[under].words:
        return CERTAIN
    values = signals.features(at, under)
    score = CONSTANT + sum(weight * values[name] for name, weight in WEIGHTS.items())
    score += ANNOUNCED_WEIGHT * signals.is_announced(at, under)
    score += OFF_TOPIC * (signals.shared_topic and not values["topic"])
    return max(-CERTAIN, min(CERTAIN, score))


def _most_probable(count: int, odds: dict[tuple[int, int], float]) -> list[int | None]:
    chance = {pair: 1 / (1 + math.exp(-value)) for pair, value in odds.items()}
    before = _forward(count, chance)
    after = _backward(count, chance, before)
    best: dict[int, tuple[float, list[int | None]]] = {0: (0.0, [None])}
    for at in range(1, count):
        top = TOP_LEVEL_PRIOR * before[at].get(at, 0.0) * after[at].get(at, 0.0)
        score, path = max(best.values(), key=lambda found: found[0])
        further = {at: (score + top, [*path, None])}
        for under, (score, path) in best.items():
            if (at, under) in chance:
                gain = before[at].get(under, 0.0) * after[at].get(under, 0.0)
                further[under] = (score + gain, [*path, under])
        best = further
    return max(best.values(), key=lambda found: found[0])[1]


def _forward(count: int, chance: dict) -> list[dict[int, float]]:
    """For each heading the probability, from what comes before it, of each last top-level heading."""
    rows: list[dict[int, float]] = [{0: 1.0}]
    for at in range(1, count):
        row = {at: 0.0}
        for under, share in rows[-1].items():
            nested = chance.get((at, under), 0.0)
            row[at] += share * (1 - nested)
            if nested:
                row[under] = share * nested
        rows.append(row)
    return rows


def _backward(count: int, chance: dict, before: list[dict[int, float]]) -> list[dict[int, float]]:
    """How probable what comes after each heading is, given each last top-level heading; all ones without evidence."""
    rows = [dict.fromkeys(before[count - 1], 1.0)]
    for at in range(count - 2, -1, -1):
        following = rows[-1]
        row = {}
        for under in before[at]:
            nested = chance.get((at + 1, under), 0.0)
            row[under] = nested * following.get(under, 0.0) + (1 - nested) * following[at + 1]
        rows.append(row)
    return rows[::-1]
