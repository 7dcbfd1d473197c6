"""Statements that the database plans once for a connection: planning a page's queries costs more than running them.

Only values that change are bound. What is the same each time stands in the statement, so that a plan for all values
may use a partial index. psycopg prepares what is executed here, as `prepare_threshold` is 0; the other cursors of
Django put their values into the text, and prepare nothing. SQLite plans a statement anew, each time it runs, if a
bound value decides whether an index may be used.
"""

import sqlite3
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connection, connections


def prepared_statement(sql: str, params: Sequence, names: Sequence[str | None]) -> tuple[str, tuple[str, ...]]:
    """Return the SQL with the database's placeholders for the parameters that have names and the values of the others
    in it, and the names in the order of what is to be bound.
    """
    if connection.vendor == "postgresql":
        bound = tuple(dict.fromkeys(filter(None, names)))
        marks = {name: f"${number}" for number, name in enumerate(bound, 1)}
    else:
        bound = tuple(filter(None, names))
        marks = dict.fromkeys(bound, "?")
    parts = (marks[name] if name else _literal(param) for param, name in zip(params, names, strict=True))
    return sql % tuple(parts), bound


def _literal(value) -> str:
    if connection.vendor == "postgresql":
        return connection.ops.compose_sql("%s", [value])  # type: ignore[attr-defined]  # PostgreSQL has it
    if value is None:
        return "NULL"
    if isinstance(value, int | float):
        return repr(value + 0)  # booleans are numbers there
    if isinstance(value, str):
        return "'{}'".format(str(value).replace("'", "''"))
    raise TypeError(f"A constant of a compiled query may not be {value!r}")


class _BoundCursor(sqlite3.Cursor):
    """A cursor that binds `values` itself: Django would look for its own placeholders in the statement each time."""

    values: Sequence = ()

    def execute(self, statement, _params=()):
        return super().execute(statement, self.values)


def run_prepared(statement: str, values: Sequence) -> list[tuple[Any, ...]]:
    """Return the rows of what `prepared_statement` returned; none of a write. `values` are what is bound."""
    database = connections[DEFAULT_DB_ALIAS]  # looked up once: `connection` does so for each attribute
    database.close_if_health_check_failed()
    database.ensure_connection()
    if database.vendor == "postgresql":
        from psycopg import RawCursor

        cursor: Any = RawCursor(database.connection)
        params = [[*map(server_value, values)]]
    else:
        cursor = database.connection.cursor(_BoundCursor)
        cursor.values, params = values, []
    with database.make_debug_cursor(cursor) if database.queries_logged else database.make_cursor(cursor) as run:
        run.execute(statement, *params)
        return run.fetchall() if run.description else []


def fetch_prepared(statement: str, params: Sequence) -> list[tuple[Any, ...]]:
    """Return the rows of a statement for PostgreSQL with `%s` for each parameter, and no other percent sign."""
    return run_prepared(_numbered(statement, len(params)), params)


@lru_cache(maxsize=256)
def _numbered(statement: str, count: int) -> str:
    return statement % tuple(f"${n}" for n in range(1, count + 1))


def server_value(value):
    """Return the value with a type that does not depend on its size: a statement is prepared for types of values."""
    from psycopg.types.numeric import Int8

    return Int8(value) if isinstance(value, int) else value
