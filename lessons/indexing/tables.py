"""What the table of an index does in the same way on both databases: search, count and read."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from django.db import connection

from lessons.db.prepared_statements import fetch_prepared
from lessons.indexing.entries import Row
from lessons.indexing.queries import Query, Scope

Statement = tuple[str, list[Any]]
"""SQL, and its parameters."""


class Table:
    """The table `name` of one index, whose rows are kept in the table `stored`.

    `columns` are the names that title, terms, stems and scope have there. A row has the id `sign * number` there;
    `is_same_row` is the condition that a row of the table `stored` is one of those that are `matching`.
    """

    columns: tuple[str, str, str, str]
    sign: int
    is_same_row: str

    def __init__(self, name: str, stored: str):
        self.name, self.stored = name, stored

    def write(self, rows: Sequence[Row], addition: Statement | None) -> None:
        """Insert the rows, in place of those with the same numbers, and run the statement `addition`, if any."""
        raise NotImplementedError

    def remove(self, pks: Sequence[int]) -> None:
        """Delete the rows with these numbers, where there are any."""
        raise NotImplementedError

    def set_scopes(self, scopes: dict[int, str]) -> None:
        """Replace the scopes of rows, where there are any."""
        raise NotImplementedError

    def clear(self) -> None:
        """Delete all rows."""
        raise NotImplementedError

    def set_bulk(self, is_bulk: bool) -> None:
        """Prepare the table for many writes, or end that."""

    def matching(self, query: Query, scope: Scope, up_to: int) -> Statement:
        """Return a SELECT of the `number` of the newest `up_to` matching rows, and its parameters."""
        raise NotImplementedError

    def count(self, query: Query, scopes: Sequence[Scope], *, up_to: int) -> list[int]:
        """Return how many rows match in each scope, `up_to` at most."""
        matching = [self.matching(query, scope, up_to) for scope in scopes]
        tables = ", ".join(f"m{n} AS MATERIALIZED ({select})" for n, (select, _) in enumerate(matching))
        counts = ", ".join(f"(SELECT count(*) FROM m{n})" for n in range(len(scopes)))
        params = [param for _, own in matching for param in own]
        return list(fetch(f"WITH {tables} SELECT {counts}", params)[0])

    def size(self) -> int:
        """Return how many rows there are."""
        return fetch(f'SELECT count(*) FROM "{self.stored}"', [])[0][0]

    def read(self, pks: Sequence[int]) -> list[Row]:
        """Return the rows with these numbers, in order."""
        places = ", ".join(["%s"] * len(pks))
        return self._rows(f"id IN ({places}) ORDER BY {self.sign} * id", [self.sign * pk for pk in pks])

    def read_after(self, pk: int, limit: int) -> list[Row]:
        """Return the rows with the next numbers after `pk`, in order."""
        comparison, order = (">", "id") if self.sign > 0 else ("<", "id DESC")
        return self._rows(f"id {comparison} %s ORDER BY {order} LIMIT %s", [self.sign * pk, limit])

    def _rows(self, condition: str, params: list) -> list[Row]:
        columns = ", ".join(self.columns)
        return [
            Row(self.sign * row[0], *row[1:])
            for row in fetch(f'SELECT id, {columns} FROM "{self.stored}" WHERE {condition}', params)
        ]


class TableSearch(NamedTuple):
    """What is searched in one table: the newest `limit` matching rows."""

    table: Table
    query: Query
    scope: Scope
    limit: int


def search(searches: Sequence[TableSearch]) -> list[list[Row]]:
    """Return the rows of each of the searches, the newest first. One query.

    Rows that match all parts come without their stems: what was found in them needs no second look.
    """
    tables, selects, params = list[str](), list[str](), list[Any]()
    for n, (table, query, scope, limit) in enumerate(searches):
        matching, own = table.matching(query, scope, limit)
        title, terms, stems, tokens = (f"stored.{column}" for column in table.columns)
        columns = ", ".join((title, terms, "''" if query.match_all else stems, tokens))
        tables.append(f"m{n} AS MATERIALIZED ({matching})")
        stored = f'm{n} JOIN "{table.stored}" AS stored ON {table.is_same_row}'
        selects.append(f"SELECT {n}, number, {columns} FROM {stored}")
        params += own
    found: list[list[Row]] = [[] for _ in searches]
    for n, *row in fetch(f"WITH {', '.join(tables)} {' UNION ALL '.join(selects)}", params):
        found[n].append(Row._make(row))
    for rows in found:
        rows.sort(key=lambda row: -row.pk)
    return found


def fetch(statement: str, params: Sequence) -> list[tuple[Any, ...]]:
    """Return the rows of a statement, which PostgreSQL plans once for a connection."""
    if connection.vendor == "postgresql":
        return fetch_prepared(statement, params)
    with connection.cursor() as cursor:
        cursor.execute(statement, params)
        return cursor.fetchall()
