"""The statements of SQLite: an FTS5 table an index. Words, stems and tokens are told apart by their first character.

The tokenizer separates at spaces only, because `terms` has made the terms; ASCII is in lower case already. Row ids are
negative, so that the newest row comes first: FTS5 intersects long lists faster forwards.
"""

from collections.abc import Iterable, Sequence

from django.db import connection

from lessons.indexing.entries import TOKEN, Row
from lessons.indexing.queries import STEM, Query, Scope
from lessons.indexing.tables import Statement, Table


def create(table: str) -> str:
    """Return the statement that creates the table of an index."""
    return (
        f'CREATE VIRTUAL TABLE "{table}" USING fts5 '
        f"""(title, terms, stems, scope, tokenize = "ascii tokenchars '{STEM}{TOKEN}'")"""
    )


class SQLiteTable(Table):
    """An FTS5 table. Reading its rows from the table in which FTS5 keeps them takes half the time."""

    columns = ("c0", "c1", "c2", "c3")
    sign = -1
    is_same_row = "stored.id = -number"

    def __init__(self, name: str):
        super().__init__(name, f"{name}_content")

    def write(self, rows: Sequence[Row], addition: Statement | None) -> None:
        # With rising row ids, because FTS5 begins a new segment at each that is lower than the one before.
        execute_many(
            f'INSERT OR REPLACE INTO "{self.name}" (rowid, title, terms, stems, scope) VALUES (-%s, %s, %s, %s, %s)',
            sorted(rows, reverse=True),
        )
        if addition:
            with connection.cursor() as cursor:
                cursor.execute(*addition)

    def remove(self, pks: Sequence[int]) -> None:
        execute_many(f'DELETE FROM "{self.name}" WHERE rowid = -%s', [(pk,) for pk in pks])

    def set_scopes(self, scopes: dict[int, str]) -> None:
        execute_many(
            f'UPDATE "{self.name}" SET scope = %s WHERE rowid = -%s', [(scope, pk) for pk, scope in scopes.items()]
        )

    def clear(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute(f'DELETE FROM "{self.name}"')

    def matching(self, query: Query, scope: Scope, up_to: int) -> Statement:
        select = f'SELECT -rowid AS number FROM "{self.name}" WHERE "{self.name}" MATCH %s ORDER BY rowid LIMIT %s'
        return select, [_expression(query, scope), up_to]


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


def execute_many(statement: str, params: Sequence) -> None:
    with connection.cursor() as cursor:
        cursor.executemany(statement, params)


def _any(sequences: Iterable[Iterable[str]]) -> str:
    return f"({' OR '.join(_quoted(sequence) for sequence in sequences)})"


def _quoted(sequence: Iterable[str]) -> str:
    return '"{}"'.format(" ".join(sequence).replace('"', ""))
