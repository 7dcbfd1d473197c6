"""How well a row answers a query: the same on both databases, whatever order they give. Pure."""

from collections.abc import Sequence
from typing import NamedTuple

from lessons.indexing.entries import TOKEN, Row
from lessons.indexing.queries import STEM, Part, Query
from lessons.indexing.tokens import ANSWER

IN_TITLE, EXACT, OTHER_FORM = 1.0, 1.0, 0.6
ADJACENT, MARKED_ANSWER, NEWEST = 0.8, 0.5, 0.5
"""What is added for parts that follow each other, by their weight; for an answer; and for the newest row."""
ANSWER_TOKEN = f"{TOKEN}{ANSWER} "


class Hit(NamedTuple):
    """A row that was found. `coverage` is the share of what was asked that it has, from 0 to 1, by weight."""

    pk: int
    score: float
    coverage: float


class _Wanted(NamedTuple):
    """A part as it is looked for in texts that have a space before and after each word.

    `pair` has the words of the part before and its own, as they follow each other.
    """

    text: str
    forms: tuple[str, ...]
    stems: tuple[str, ...]
    weight: float
    pair: str


def rank(query: Query, rows: Sequence[Row], *, by_age: bool, in_order: bool = False) -> list[Hit]:
    """Return the hits of the rows, the best first, or else in the order of the rows.

    `by_age` if the rows come newest first, and newer ones count more.
    """
    wanted = [_wanted(part, before) for part, before in zip(query.parts, (None, *query.parts), strict=False)]
    total = sum(part.weight for part in query.parts) or 1.0
    hits = []
    for number, row in enumerate(rows):
        found, score = _score(wanted, row)
        if ANSWER_TOKEN in f"{row.scope} ":
            score += MARKED_ANSWER
        if by_age:
            score += NEWEST * (1 - number / len(rows))
        hits.append(Hit(row.pk, score, found / total))
    if not in_order:
        hits.sort(key=lambda hit: -hit.score)
    return hits


def _wanted(part: Part, before: Part | None) -> _Wanted:
    text = " ".join(part.terms)
    return _Wanted(
        text=f" {text} ",
        forms=tuple(f" {form} " for form in part.forms if form[0] != STEM),
        stems=tuple(f" {form} " for form in part.forms if form[0] == STEM),
        weight=part.weight,
        pair=f" {' '.join(before.terms)} {text} " if before else "",
    )


def _score(wanted: list[_Wanted], row: Row) -> tuple[float, float]:
    """Return the weight of the parts that the row has, and its score by them.

    A few searches in a short text take less time than splitting it.
    """
    title, text, stems = row.title and f" {row.title} ", f" {row.terms} ", ""
    found = score = 0.0
    for want in wanted:
        if title and want.text in title:
            worth = EXACT + IN_TITLE
        elif want.text in text:
            worth = EXACT
        else:
            stems = stems or f" {row.stems} "
            if not (_has_any(want.stems, stems) or _has_any(want.forms, text) or _has_any(want.forms, title)):
                continue
            worth = OTHER_FORM
        if want.pair and want.pair in text:
            worth += ADJACENT
        found += want.weight
        score += want.weight * worth
    return found, score


def _has_any(forms: tuple[str, ...], text: str) -> bool:
    for form in forms:  # noqa: SIM110, a generator takes twice as long
        if form in text:
            return True
    return False
