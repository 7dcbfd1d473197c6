"""How well a row answers a query: the same on both databases, whatever order they give. Pure."""

from collections.abc import Sequence
from os.path import commonprefix
from typing import NamedTuple

from lessons.indexing.entries import TOKEN, Row
from lessons.indexing.queries import STEM, Part, Query
from lessons.indexing.tokens import ANSWER, IN_PIECES

IN_TITLE, EXACT, OTHER_FORM = 1.0, 1.0, 0.6
ADJACENT, MARKED_ANSWER, NEWEST = 0.8, 0.5, 0.5
"""What is added for parts that follow each other, by their weight; for an answer; and for the newest row."""
REPEATED, MOST_REPEATED = 0.15, 4
"""What is added for each more time that a part occurs, up to so many times."""
PIECES = 0.7
"""By this is the score of a list or a check multiplied: what a word is about is said in a paragraph."""
ANSWER_TOKEN, PIECES_TOKEN = f"{TOKEN}{ANSWER} ", f"{TOKEN}{IN_PIECES} "


class Hit(NamedTuple):
    """A row that was found. `coverage` is the share of what was asked that it has, from 0 to 1, by weight."""

    pk: int
    score: float
    coverage: float


class _Wanted(NamedTuple):
    """A part as it is looked for in texts that have a space before and after each word.

    `root` is the beginning that all its words have in common: most texts without them do not have it either. A part
    that `is_in_all` rows needs neither that nor its `forms`: rows without the words have one of them. `pair` has the
    words of the part before and its own, as they follow each other.
    """

    root: str
    text: str
    forms: tuple[str, ...]
    is_in_all: bool
    weight: float
    pair: str


def rank(query: Query, rows: Sequence[Row], *, by_age: bool, in_order: bool = False) -> list[Hit]:
    """Return the hits of the rows, the best first, or else in the order of the rows.

    `by_age` if the rows come newest first, and newer ones count more; of others that are as good, shorter ones are
    better.
    """
    pairs = zip(query.parts, (None, *query.parts), strict=False)
    wanted = [_wanted(part, before, is_in_all=query.match_all) for part, before in pairs]
    total = sum(part.weight for part in query.parts) or 1.0
    hits: list[Hit] = []
    if not (by_age or in_order):
        rows = sorted(rows, key=lambda row: len(row.terms))
    for number, row in enumerate(rows):
        found, score = _score(wanted, row)
        scope = f"{row.scope} "
        if ANSWER_TOKEN in scope:
            score += MARKED_ANSWER
        elif PIECES_TOKEN in scope:
            score *= PIECES
        if by_age:
            score += NEWEST * (1 - number / len(rows))
        hits.append(Hit(row.pk, score, found / total))
    if not in_order:
        hits.sort(key=lambda hit: -hit.score)
    return hits


def _wanted(part: Part, before: Part | None, *, is_in_all: bool) -> _Wanted:
    text = f" {' '.join(part.terms)} "
    words = [" ".join(part.terms), *(form.removeprefix(STEM) for form in part.forms)]
    return _Wanted(
        root="" if is_in_all else commonprefix(words),
        text=text,
        forms=tuple(f" {form} " for form in part.forms),
        is_in_all=is_in_all,
        weight=part.weight,
        pair=f" {' '.join(before.terms)}{text}" if before else "",
    )


def _score(wanted: list[_Wanted], row: Row) -> tuple[float, float]:
    """Return the weight of the parts that the row has, and its score by them.

    A few searches in a short text take less time than splitting it.
    """
    title = row.title and f" {row.title} "
    text = f" {row.terms} \n{title}\n {row.stems} "
    found = score = 0.0
    for want in wanted:
        if want.root not in text:
            continue
        if want.text in text:
            worth = EXACT + IN_TITLE if title and want.text in title else EXACT
            worth += REPEATED * min(text.count(want.text) - 1, MOST_REPEATED)
        elif want.is_in_all or _has_any(want.forms, text):
            worth = OTHER_FORM
        else:
            continue
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
