"""Statements that PostgreSQL plans once for a connection: planning the queries of a page costs more than running them.

Only values that change are bound by the server. What is the same each time stands in the statement, so that a plan for
all values may use a partial index. psycopg prepares what a `prepared_cursor` executes, as `prepare_threshold` is 0;
the other cursors of Django put their values into the text, and prepare nothing.
"""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from django.db import connection
from django.db.backends.utils import CursorWrapper


def prepared_statement(sql: str, params: Sequence, names: Sequence[str | None]) -> tuple[str, tuple[str, ...]]:
    """Return the SQL with `$1`, `$2` … for the parameters that have names and the values of the others in it, and the
    names in that order.
    """
    bound = tuple(dict.fromkeys(filter(None, names)))
    parts = [
        f"${bound.index(name) + 1}" if name else _literal(param) for param, name in zip(params, names, strict=True)
    ]
    return sql % tuple(parts), bound


def _literal(value) -> str:
    return connection.ops.compose_sql("%s", [value])  # type: ignore[attr-defined]  # PostgreSQL has it


def prepared_cursor() -> CursorWrapper:
    """Return a cursor like `connection.cursor()`, but for what `prepared_statement` returned."""
    from psycopg import RawCursor

    connection.close_if_health_check_failed()
    connection.ensure_connection()
    cursor: Any = RawCursor(connection.connection)
    return connection.make_debug_cursor(cursor) if connection.queries_logged else connection.make_cursor(cursor)


def fetch_prepared(statement: str, params: Sequence) -> list[tuple[Any, ...]]:
    """Return the rows of a statement with `%s` for each parameter, and no other percent sign; none of a write."""
    with prepared_cursor() as cursor:
        cursor.execute(_numbered(statement, len(params)), [*map(server_value, params)])
        return cursor.fetchall() if cursor.description else []


@lru_cache(maxsize=256)
def _numbered(statement: str, count: int) -> str:
    return statement % tuple(f"${n}" for n in range(1, count + 1))


def server_value(value):
    """Return the value with a type that does not depend on its size: a statement is prepared for types of values."""
    from psycopg.types.numeric import Int8

    return Int8(value) if isinstance(value, int) else value
