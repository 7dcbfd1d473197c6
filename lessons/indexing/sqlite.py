"""The statements of SQLite: an FTS5 table an index. Words, stems and tokens are told apart by their first character.

The tokenizer separates at spaces only, because `terms` has made the terms; ASCII is in lower case already.
"""

from collections.abc import Iterable, Sequence

from django.db import connection

from lessons.indexing.entries import TOKEN, Row
from lessons.indexing.queries import STEM, Query, Scope

WEIGHTS = "4, 1, 0.5, 0"
"""Of the columns, for the best rows of a ranked index."""


def create(table: str) -> str:
    """Return the statement that creates the table of an index."""
    return (
        f'CREATE VIRTUAL TABLE "{table}" USING fts5 '
        f"""(title, terms, stems, scope, tokenize = "ascii tokenchars '{STEM}{TOKEN}'")"""
    )


class Table:
    """The table of one index. `is_ranked` if the best rows of a query are asked for, not only the newest."""

    def __init__(self, name: str, *, is_ranked: bool):
        self.name, self.is_ranked = name, is_ranked

    def write(self, rows: Sequence[Row]) -> None:
        _execute_many(
            f'INSERT OR REPLACE INTO "{self.name}" (rowid, title, terms, stems, scope) VALUES (%s, %s, %s, %s, %s)',
            rows,
        )

    def remove(self, pks: Iterable[int]) -> None:
        _execute_many(f'DELETE FROM "{self.name}" WHERE rowid = %s', [(pk,) for pk in pks])

    def set_scopes(self, scopes: dict[int, str]) -> None:
        _execute_many(
            f'UPDATE "{self.name}" SET scope = %s WHERE rowid = %s', [(scope, pk) for pk, scope in scopes.items()]
        )

    def search(self, query: Query, scope: Scope, limit: int, *, newest: bool) -> list[Row]:
        is_ranked = query.parts and not newest
        order = f'bm25("{self.name}", {WEIGHTS}), rowid' if is_ranked else "rowid DESC"
        return self._rows(f"{self._where} ORDER BY {order} LIMIT %s", [_expression(query, scope), limit])

    def count(self, query: Query, scopes: Sequence[Scope], up_to: int) -> list[int]:
        count = f'(SELECT count(*) FROM (SELECT 1 FROM "{self.name}" {self._where} LIMIT %s))'
        params = [param for scope in scopes for param in (_expression(query, scope), up_to)]
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT {', '.join([count] * len(scopes))}", params)
            return list(cursor.fetchone())

    def read(self, pks: Sequence[int]) -> list[Row]:
        return self._rows(f"WHERE rowid IN ({', '.join(['%s'] * len(pks))})", pks)

    def read_after(self, pk: int, limit: int) -> list[Row]:
        return self._rows("WHERE rowid > %s ORDER BY rowid LIMIT %s", [pk, limit])

    def clear(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute(f'DELETE FROM "{self.name}"')

    @property
    def _where(self) -> str:
        return f'WHERE "{self.name}" MATCH %s'

    def _rows(self, rest: str, params: Sequence) -> list[Row]:
        with connection.cursor() as cursor:
            cursor.execute(f'SELECT rowid, title, terms, stems, scope FROM "{self.name}" {rest}', params)
            return [Row(*row) for row in cursor.fetchall()]


def _execute_many(statement: str, params: Sequence) -> None:
    with connection.cursor() as cursor:
        cursor.executemany(statement, params)


def _expression(query: Query, scope: Scope) -> str:
    """Return the query in FTS5's language: only strings in quotation marks, made of terms and tokens."""
    groups = [_any([TOKEN + token] for token in sorted(group)) for group in (*scope.filters, scope.readable)]
    if query.parts:
        parts = [_any(part.alternatives) for part in query.parts]
        groups.insert(0, f"({(' AND ' if query.match_all else ' OR ').join(parts)})")
    expression = " AND ".join(groups)
    if not query.without:
        return expression
    return f"({expression}) NOT {_any(a for part in query.without for a in part.alternatives)}"


def _any(sequences: Iterable[Iterable[str]]) -> str:
    return f"({' OR '.join(_quoted(sequence) for sequence in sequences)})"


def _quoted(sequence: Iterable[str]) -> str:
    return '"{}"'.format(" ".join(sequence).replace('"', ""))
