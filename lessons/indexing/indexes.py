"""The two indexes: TEXTS, of the passages that are published, and POSTS, of what people have written to each other.

Their methods write and read on the connection of the caller, and so in its transaction.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from itertools import islice
from typing import NamedTuple, TypeVar

from django.db import connection

from lessons.indexing import vocabulary
from lessons.indexing.entries import TOKEN, Entry, Row, row_of, stored_scope
from lessons.indexing.postgresql import PostgreSQLTable
from lessons.indexing.queries import Query, Scope
from lessons.indexing.ranking import Hit, rank
from lessons.indexing.sqlite import SQLiteTable
from lessons.indexing.tables import Table, TableSearch
from lessons.indexing.tables import search as search_tables

MAX_COUNT = 1000
"""Where counting stops."""
MAX_RANKED = 300
"""Of more rows, only the newest are ranked: it takes some microseconds for each."""
BATCH = 500
_is_bulk = ContextVar("is_bulk", default=False)
T = TypeVar("T")


class FoundGroups(NamedTuple):
    """The hits that have each token. `is_more` if older rows have not been looked at, because there are so many."""

    hits: dict[str, list[Hit]]
    is_more: bool


class Index:
    """An index of texts by the words in them. Nothing but its table depends on the database.

    Newer rows are better if it is `by_age`.
    """

    def __init__(self, table: str, *, by_age: bool):
        self.table, self.by_age = table, by_age
        self._tables: dict[str, Table] = {
            "sqlite": SQLiteTable(table),
            "postgresql": PostgreSQLTable(table),
        }

    def write(self, entries: Iterable[Entry]) -> None:
        """Write the rows of the entries, in place of those that they have. Two queries a BATCH, on PostgreSQL one.

        The words of a long text should have been extracted before (`entries.extract_terms`, within `memoizing`).
        """
        for batch in batches(entries):
            rows = [row_of(entry) for _, entry in sorted({entry.pk: entry for entry in batch}.items())]
            self._table.write(rows, None if _is_bulk.get() else vocabulary.addition(rows))

    def remove(self, pks: Iterable[int]) -> None:
        """Remove the rows with these numbers, where there are any. One query a BATCH.

        SQLite's file has their words until the job `merge_search_index` has run.
        """
        for batch in batches(pks):
            self._table.remove(batch)

    def set_scopes(self, scopes: Mapping[int, frozenset[str]]) -> None:
        """Replace the scopes of rows, but not their texts: where there is no row, there will be none.

        Three queries a BATCH. For texts that are in the index already this is several times faster than `write`.
        """
        for batch in batches(scopes.items()):
            stored = {pk: stored_scope(scope) for pk, scope in batch}
            self._table.set_scopes(stored)
            vocabulary.add(self._table.read(list(stored)))

    def search(self, query: Query, scope: Scope, *, limit: int, newest: bool = False) -> list[Hit]:
        """Return the hits, the best first, or the `newest` first, which are those with the highest numbers.

        One query; none if the scope is empty. The best are those of the newest MAX_RANKED rows, or `limit`. Without
        parts, a query has no best hits, but only newest ones.
        """
        if scope.is_empty:
            return []
        (rows,) = search_tables([TableSearch(self._table, query, scope, limit if newest else max(limit, MAX_RANKED))])
        return self._ranked(query, rows, newest=newest)[:limit]

    def find_groups(self, query: Query, scope: Scope, groups: Sequence[str], *, limit: int) -> FoundGroups:
        """Return which of the newest `limit` rows have each of the tokens `groups`, the best first. One query; none if
        the scope is empty.
        """
        (found,) = find_groups([GroupSearch(self, query, scope, groups, limit)])
        return found

    def _grouped(self, query: Query, rows: list[Row], groups: Sequence[str]) -> dict[str, list[Hit]]:
        if not groups:
            return {}
        scopes = {row.pk: f"{row.scope} " for row in rows}
        ranked = self._ranked(query, rows)
        tokens = {group: f"{TOKEN}{group} " for group in groups}
        return {group: [hit for hit in ranked if token in scopes[hit.pk]] for group, token in tokens.items()}

    def _ranked(self, query: Query, rows: list[Row], *, newest: bool = False) -> list[Hit]:
        return rank(query, rows, by_age=self.by_age, in_order=newest or not query.parts)

    def count(self, query: Query, scope: Scope, up_to: int = MAX_COUNT) -> int:
        """Return how many rows are found; `up_to` stands for so many or more. One query."""
        return self.count_each(query, [scope], up_to)[0]

    def count_each(self, query: Query, scopes: Sequence[Scope], up_to: int = MAX_COUNT) -> list[int]:
        """Return for each of the scopes how many rows are found, as `count` does. One query for all."""
        asked = [scope for scope in scopes if not scope.is_empty]
        counts = iter(self._table.count(query, asked, up_to=up_to)) if asked else iter(())
        return [0 if scope.is_empty else next(counts) for scope in scopes]

    def size(self) -> int:
        """Return how many rows there are. One query, which takes longer the more there are."""
        return self._table.size()

    def read(self, pks: Iterable[int]) -> dict[int, Row]:
        """Return the rows with these numbers, for comparison with `entries.row_of`. One query a BATCH."""
        return {row.pk: row for batch in batches(pks) for row in self._table.read(batch)}

    def read_after(self, pk: int, limit: int = BATCH) -> list[Row]:
        """Return the rows that follow the number `pk`, in order. One query."""
        return self._table.read_after(pk, limit)

    def clear(self) -> None:
        """Remove all rows."""
        self._table.clear()

    def set_bulk(self, is_bulk: bool) -> None:
        """Begin or end `bulk_writing`."""
        self._table.set_bulk(is_bulk)

    @property
    def _table(self) -> Table:
        return self._tables[connection.vendor]


class GroupSearch(NamedTuple):
    """What `Index.find_groups` is asked of one index."""

    searched: Index
    query: Query
    scope: Scope
    groups: Sequence[str]
    limit: int


def find_groups(searches: Sequence[GroupSearch]) -> list[FoundGroups]:
    """Return what `Index.find_groups` finds for each of the searches. One query for all; none if all scopes are empty.

    Without groups, all that is known is whether there are as many rows as the limit.
    """
    asked = [one for one in searches if not one.scope.is_empty]
    tables = [TableSearch(one.searched._table, one.query, one.scope, one.limit) for one in asked]
    rows = iter(search_tables(tables)) if tables else iter(())
    found = []
    for index, query, scope, groups, limit in searches:
        own = [] if scope.is_empty else next(rows)
        found.append(FoundGroups(index._grouped(query, own, groups), len(own) == limit))
    return found


@contextmanager
def bulk_writing() -> Iterator[None]:
    """Write many rows in half the time, to rebuild an index. `counting.count_vocabulary` must follow.

    Outside of a transaction. PostgreSQL collects what is new before it sorts it into its index: searches are slower
    meanwhile.
    """
    token = _is_bulk.set(True)
    try:
        for index in INDEXES:
            index.set_bulk(True)
        yield
    finally:
        _is_bulk.reset(token)
        for index in INDEXES:
            index.set_bulk(False)


def batches(items: Iterable[T], size: int = BATCH) -> Iterator[list[T]]:
    """Return the items in lists of at most `size`."""
    iterator = iter(items)
    while batch := list(islice(iterator, size)):
        yield batch


TEXTS = Index("text_index", by_age=False)
POSTS = Index("post_index", by_age=True)
INDEXES = (TEXTS, POSTS)
