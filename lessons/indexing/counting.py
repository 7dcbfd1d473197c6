"""Count in how many rows each word of the vocabulary is, and delete the words that are in none."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from zlib import crc32

from django.db import transaction

from lessons.indexing import tokens, vocabulary
from lessons.indexing.entries import Row
from lessons.indexing.indexes import INDEXES, batches
from lessons.indexing.queries import Part, Query, Scope

WORDS_AT_ONCE = 300_000
"""So many words are counted in one pass through the rows: about 50 MB."""
CHANGES_AT_ONCE = 2000
ROWS_AT_ONCE = 1000
Counts = dict[str, Counter[str]]


def count_vocabulary(is_stopping: Callable[[], bool] = lambda: False) -> int:
    """Correct the numbers of rows in the vocabulary; return how many words were added, changed or deleted.

    A number that is about right is left as it is. Every CHANGES_AT_ONCE changes are a transaction, so that this may be
    stopped at any time. Words that are written meanwhile are kept.
    """
    passes = 1 + vocabulary.size() // WORDS_AT_ONCE
    changed = 0
    for number in range(passes):
        if is_stopping():
            break
        counts = _count(number, passes)
        held = {token for token in vocabulary.all_tokens() if _pass_of(token, passes) == number}
        changes = (change for token in sorted(held | counts.keys()) for change in _changes(token, counts[token]))
        for batch in batches(changes, CHANGES_AT_ONCE):
            if is_stopping():
                break
            changed += _apply(batch)
    return changed


def _pass_of(token: str, passes: int) -> int:
    return crc32(token.encode()) % passes


def _count(number: int, passes: int) -> Counts:
    """Return in how many rows each word is, by token, for the tokens of this pass."""
    counts: Counts = defaultdict(Counter)
    for row in _all_rows():
        words: set[str] | None = None
        for token in tokens.of_readers(row.tokens):
            if _pass_of(token, passes) == number:
                words = vocabulary.words_of(row) if words is None else words
                counts[token].update(words)
    return counts


def _all_rows() -> Iterator[Row]:
    for index in INDEXES:
        rows = index.read_after(0, ROWS_AT_ONCE)
        while rows:
            yield from rows
            rows = index.read_after(rows[-1].pk, ROWS_AT_ONCE)


def _changes(token: str, counts: Counter[str]) -> Iterator[tuple[str, str, int]]:
    """Yield the token, the word and the right number for each word whose number is wrong by more than an eighth."""
    known = vocabulary.rows_by_term(token)
    for term in known.keys() | counts.keys():
        if term not in known or abs(known[term] - counts[term]) * 8 > known[term]:
            yield token, term, counts[term]


@transaction.atomic
def _apply(changes: list[tuple[str, str, int]]) -> int:
    """Write the numbers, and delete the words that are in no row, unless one has been written meanwhile."""
    written = [change for change in changes if change[2]]
    vocabulary.set_rows(written)
    gone = [(token, term) for token, term, rows in changes if not rows and not is_found(token, term)]
    vocabulary.delete(gone)
    return len(written) + len(gone)


def is_found(token: str, term: str) -> bool:
    """Return whether a row that has the token has the word. A query for each index, at most."""
    query, scope = Query((Part((term,)),)), Scope(frozenset({token}))
    return any(index.count(query, scope, up_to=1) for index in INDEXES)
