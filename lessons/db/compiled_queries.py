"""Querysets compiled once and run many times: building SQL costs a page several times what running it does.

A builder returns a queryset with placeholders in place of values. Its SQL is cached by builder and arguments, and the
placeholders among the parameters are replaced at each run: the rules stay in querysets, only their compilation is
saved. A placeholder may be compared with, but not used in a slice. Whatever a builder itself reads from the database
or the clock is read only once.
"""

from collections.abc import Callable, Collection
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from itertools import count
from typing import NamedTuple, TypeVar

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models.sql.compiler import SQLCompiler

from lessons.db.prepared_statements import prepared_statement, run_prepared

MAX_BIGINT = 2**63 - 1
# In Unicode's private use area: no constant in a query contains it.
PARAM_MARKER = "\ue000"
# Within the range of every integer column, or Django would compile the comparison away. A name takes one only once:
# there are 3,647, and a process builds queries for as long as it runs.
_unused_numbers = count(2_147_480_001)
_microseconds = count()
_numbers: dict[str, int] = {}
_strings: dict[str, str] = {}
_moments: dict[str, datetime] = {}
T = TypeVar("T")
FAR_FUTURE = datetime(9998, 1, 1, tzinfo=UTC)


def int_param(name: str) -> int:
    """Return the placeholder of the integer called `name`, the same each time."""
    return _numbers.get(name) or _numbers.setdefault(name, next(_unused_numbers))


def moment_param(name: str) -> datetime:
    """Return the placeholder of the date and time called `name`, the same each time. None is not a value for it."""
    return _moments.get(name) or _moments.setdefault(name, FAR_FUTURE + timedelta(microseconds=next(_microseconds)))


def str_param(name: str) -> str:
    """Return the placeholder of the string called `name`."""
    return _strings.setdefault(name, f"{PARAM_MARKER}{name}{PARAM_MARKER}")


def padded(name: str, values: Collection[T], blank: T) -> dict[str, T]:
    """Return values for placeholders whose names are `name` and a number: those given, and `blank` for the places left
    over. There are one, two, four … places, or a query would be compiled for each number of values.
    """
    places = 1 << max(0, len(values) - 1).bit_length()
    return {f"{name}{n}": value for n, value in enumerate([*values, *[blank] * (places - len(values))])}


def int_params(name: str, places: int) -> list[int]:
    """Return the placeholders for as many values of `padded`."""
    return [int_param(f"{name}{n}") for n in range(places)]


class _Compiled(NamedTuple):
    """A statement ready to run, empty if no row can be found. `names` are those of the values that are bound, in their
    order.
    """

    statement: str
    names: tuple[str, ...]
    columns: list[str]
    compiler: SQLCompiler
    converters: dict


def fetch_rows(build: Callable, *variant, **values) -> list[tuple]:
    """Return the rows of `build(*variant)`, a queryset of `values_list`. Unknown values are ignored.

    One query; none if a number is larger than any id, or if the conditions let no row through.
    """
    return _run(_compiled(connection.vendor, build, variant), values)


def fetch_dicts(build: Callable, *variant, **values) -> list[dict]:
    """Return the rows of `build(*variant)`, a queryset of `values`, as `fetch_rows` does."""
    compiled = _compiled(connection.vendor, build, variant)
    return [dict(zip(compiled.columns, row, strict=True)) for row in _run(compiled, values)]


def _run(compiled: _Compiled, values: dict) -> list:
    if not compiled.statement or any(isinstance(value, int) and value > MAX_BIGINT for value in values.values()):
        return []
    rows = run_prepared(compiled.statement, [_adapted(values[name]) for name in compiled.names])
    if compiled.converters:
        return [tuple(row) for row in compiled.compiler.apply_converters(rows, compiled.converters)]
    return rows


def _adapted(value):
    """Return the value as the database gets it: SQLite stores dates and times as text."""
    if isinstance(value, datetime) and connection.vendor != "postgresql":
        return connection.ops.adapt_datetimefield_value(value)
    return value


@lru_cache(maxsize=512)
def _compiled(vendor: str, build: Callable, variant: tuple) -> _Compiled:
    """Compile the query of `build(*variant)` for the database `vendor`: in tests, one process may use two."""
    query = build(*variant).query
    compiler = query.get_compiler(connection=connection)
    try:
        sql, params = compiler.as_sql()
    except EmptyResultSet:
        return _Compiled("", (), [], compiler, {})
    converters = compiler.get_converters([column[0] for column in compiler.select])
    placeholders = {
        _adapted(value): name for known in (_numbers, _strings, _moments) for name, value in known.copy().items()
    }
    if any(isinstance(p, str) and PARAM_MARKER in p and p not in placeholders for p in params):
        raise TypeError(f"A placeholder may only be compared with unchanged, not as in {sql}")
    names = tuple(placeholders.get(p) if isinstance(p, int | str | datetime) else None for p in params)
    return _Compiled(*prepared_statement(sql, params, names), list(query.selected or ()), compiler, converters)
