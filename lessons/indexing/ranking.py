"""How well a row answers a query: the same on both databases, whatever order they give. Pure."""

from collections.abc import Sequence
from typing import NamedTuple

from lessons.indexing.entries import TOKEN, Row
from lessons.indexing.queries import STEM, Part, Query
from lessons.indexing.tokens import ANSWER

IN_TITLE, EXACT, OTHER_FORM = 1.0, 1.0, 0.6
ADJACENT, MARKED_ANSWER, NEWEST = 0.8, 0.5, 0.5
"""What is added for each pair of parts that follow each other, for an answer, and for the newest row."""


class Hit(NamedTuple):
    """A row that was found, with its `scope` as it is stored. `coverage` is the share of what was asked that it has,
    from 0 to 1, by weight.
    """

    pk: int
    score: float
    coverage: float
    scope: str

    def has(self, token: str) -> bool:
        """Return whether the token is in the row's scope."""
        return f" {TOKEN}{token} " in f" {self.scope} "


def rank(query: Query, rows: Sequence[Row], *, by_age: bool) -> list[Hit]:
    """Return the hits of the rows, the best first. `by_age` if they come newest first, and newer ones count more."""
    total = sum(part.weight for part in query.parts) or 1.0
    hits = []
    for number, row in enumerate(rows):
        found, score = _score(query.parts, row)
        if ANSWER in row.scope and f" {TOKEN}{ANSWER} " in f" {row.scope} ":
            score += MARKED_ANSWER
        if by_age:
            score += NEWEST * (1 - number / len(rows))
        hits.append(Hit(row.pk, score, found / total, row.scope))
    hits.sort(key=lambda hit: -hit.score)
    return hits


def _score(parts: Sequence[Part], row: Row) -> tuple[float, float]:
    """Return the weight of the parts that the row has, and its score by them."""
    title, text = f" {row.title} ", f" {row.terms} "
    stems = f" {row.stems} "
    found = score = 0.0
    previous = ""
    for part in parts:
        words = " ".join(part.terms)
        in_title, in_text = f" {words} " in title, f" {words} " in text
        if in_title or in_text:
            worth = EXACT
        elif any(f" {form} " in (stems if form[0] == STEM else title) or f" {form} " in text for form in part.forms):
            worth = OTHER_FORM
        else:
            previous = ""
            continue
        found += part.weight
        score += part.weight * (worth + (IN_TITLE if in_title else 0))
        if previous and f" {previous} {words} " in text:
            score += ADJACENT * part.weight
        previous = words
    return found, score
