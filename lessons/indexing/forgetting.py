"""Forget the words that only people who are erased have written."""

from collections.abc import Iterable

from lessons.indexing import merging, vocabulary
from lessons.indexing.counting import delete_unused
from lessons.indexing.entries import Row

Pair = tuple[str, str]


def words_by_audience(rows: Iterable[Row]) -> set[Pair]:
    """Return the pairs of an audience and a word under which the vocabulary has the words of the rows."""
    return {
        (audience, word)
        for row in rows
        if (audience := vocabulary.audience_of(row))
        for word in vocabulary.words_of(row)
    }


def forget(pairs: Iterable[Pair]) -> None:
    """Delete those of the pairs from the vocabulary that no row has, and have SQLite delete the words for good soon.

    Two queries for each pair.
    """
    delete_unused(iter(sorted(pairs)))
    merging.merge_soon()
