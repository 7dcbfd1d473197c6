"""Count in how many rows each word of the vocabulary is, and delete the words that are in none."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator

from django.db import transaction

from lessons.indexing import vocabulary
from lessons.indexing.entries import TOKEN, Row
from lessons.indexing.indexes import INDEXES, batches
from lessons.indexing.queries import Part, Query, Scope

WORDS_AT_ONCE = 300_000
"""So many words are counted in one pass through the rows: about 50 MB."""
WORDS_OF_ROW = 15
"""So many words has the vocabulary for each row, if the rows are many."""
CHANGES_AT_ONCE = 2000
ROWS_AT_ONCE = 1000
Change = tuple[str, str, int]
"""An audience, a word, and in how many rows it is."""


def count_vocabulary(is_stopping: Callable[[], bool] = lambda: False) -> int:
    """Correct the numbers of rows in the vocabulary; return how many words were added, changed or deleted.

    A number that is about right is left as it is. Every CHANGES_AT_ONCE changes are a transaction, so that this may be
    stopped at any time. Words that are written meanwhile are kept.
    """
    words = max(vocabulary.size(), WORDS_OF_ROW * sum(index.size() for index in INDEXES))
    passes = 1 + words // WORDS_AT_ONCE
    changed = 0
    for number in range(passes):
        if is_stopping():
            break
        for batch in batches(_changes(number, passes), CHANGES_AT_ONCE):
            if is_stopping():
                break
            changed += _apply(batch)
    return changed


def _changes(number: int, passes: int) -> Iterator[Change]:
    """Yield the words of this pass whose numbers are wrong by more than an eighth, in the order of the table, so that
    those that are read together are kept together.
    """
    counts = _count(number, passes)
    known = {name for key, name in vocabulary.all_audiences().items() if key % passes == number}
    for audience in sorted(known | counts.keys(), key=vocabulary.number_of):
        counted, stored = counts[audience], vocabulary.rows_by_term(vocabulary.number_of(audience))
        for term in sorted(stored.keys() | counted.keys()):
            if term not in stored or abs(stored[term] - counted[term]) * 8 > stored[term]:
                yield audience, term, counted[term]


def _count(number: int, passes: int) -> dict[str, Counter[str]]:
    """Return in how many rows each word is, and each token, for the audiences of this pass."""
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for row in _all_rows():
        audience = vocabulary.audience_of(row)
        if audience and vocabulary.number_of(audience) % passes == number:
            counts[audience].update(vocabulary.words_of(row))
            counts[audience].update(audience.split())
    return counts


def _all_rows() -> Iterator[Row]:
    for index in INDEXES:
        rows = index.read_after(0, ROWS_AT_ONCE)
        while rows:
            yield from rows
            rows = index.read_after(rows[-1].pk, ROWS_AT_ONCE)


@transaction.atomic
def _apply(changes: list[Change]) -> int:
    """Write the numbers, and delete the words that are in no row, unless one has been written meanwhile."""
    written = [(vocabulary.number_of(audience), term, rows) for audience, term, rows in changes if rows]
    vocabulary.set_rows(written)
    return len(written) + delete_unused((audience, term) for audience, term, rows in changes if not rows)


def delete_unused(words: Iterator[tuple[str, str]]) -> int:
    """Delete those words, each with its audience, that no row has; return how many. Two queries a word, at most."""
    gone = [(vocabulary.number_of(audience), term) for audience, term in words if not _is_found(audience, term)]
    vocabulary.delete(gone)
    return len(gone)


def _is_found(audience: str, term: str) -> bool:
    """Return whether a row that everybody in the audience may read has the word, or the token."""
    first, *others = (token.removeprefix(TOKEN) for token in audience.split())
    scope = Scope(frozenset({first}), tuple(frozenset({token}) for token in others))
    return any(index.count(Query((Part((term,)),)), scope, up_to=1) for index in INDEXES)
