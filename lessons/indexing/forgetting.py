"""Forget the words of people who are erased: of what no row has any more, nothing is kept."""

from collections.abc import Iterable

from lessons.indexing import merging, tokens, vocabulary
from lessons.indexing.counting import is_found
from lessons.indexing.entries import Row
from lessons.indexing.indexes import batches

Pair = tuple[str, str]


def words_by_token(rows: Iterable[Row]) -> set[Pair]:
    """Return the pairs of a token and a word under which the vocabulary has the words of the rows."""
    return {
        (token, word) for row in rows for token in tokens.of_readers(row.tokens) for word in vocabulary.words_of(row)
    }


def forget(pairs: Iterable[Pair]) -> None:
    """Delete those of the pairs from the vocabulary that no row has, and have SQLite delete the words for good soon.

    Two queries for each pair.
    """
    for batch in batches(pair for pair in sorted(pairs) if not is_found(*pair)):
        vocabulary.delete(batch)
    merging.merge_soon()
