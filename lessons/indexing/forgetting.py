"""Forget the words of people who are erased: of what is gone from all rows, the vocabulary keeps nothing."""

from collections.abc import Iterable

from django.db import connection

from lessons.indexing import tokens
from lessons.indexing.entries import Row
from lessons.indexing.indexes import INDEXES, batches
from lessons.indexing.queries import Part, Query, Scope

Pair = tuple[str, str]


def words_by_token(rows: Iterable[Row]) -> set[Pair]:
    """Return the pairs of a permission token and a word under which the vocabulary has the words of the rows."""
    pairs: set[Pair] = set()
    for row in rows:
        words = {*row.title.split(), *row.terms.split()}
        pairs.update((token, word) for token in tokens.of_readers(row.tokens) for word in words)
    return pairs


def forget(pairs: Iterable[Pair]) -> None:
    """Delete those of the pairs from the vocabulary that no row has. A query for each, and one for every 500."""
    gone = [(token, word) for token, word in sorted(pairs) if not _has_row(token, word)]
    with connection.cursor() as cursor:
        for batch in batches(gone):
            cursor.executemany("DELETE FROM vocabulary WHERE token = %s AND term = %s", batch)


def _has_row(token: str, word: str) -> bool:
    query, scope = Query((Part((word,)),)), Scope(frozenset([token]))
    return any(index.count(query, scope, up_to=1) for index in INDEXES)
