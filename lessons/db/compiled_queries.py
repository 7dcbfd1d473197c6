"""Querysets compiled once and run many times: building SQL costs a page several times what running it does.

A builder makes a queryset with stand-ins in place of the values. The SQL is kept by the builder and what it was given,
and the stand-ins among its parameters are replaced at each run: the rules stay in querysets, only their compilation is
saved. A stand-in may be compared with, but not slice, and what a builder asks the database or the clock is asked once.
"""

from collections.abc import Callable
from functools import lru_cache
from itertools import count
from typing import NamedTuple

from django.db import connection

MAX_BIGINT = 2**63 - 1
# Of the private use area: no constant of a query has it.
PARAM_MARKER = "\ue000"
# Numbers within the range of every integer column, or Django would compile the comparison away.
_free = count(2_147_480_001)
_numbers: dict[str, int] = {}
_words: dict[str, str] = {}


def int_param(name: str) -> int:
    """What stands for the whole number called `name`, the same each time."""
    return _numbers.setdefault(name, next(_free))


def str_param(name: str) -> str:
    """What stands for the string called `name`."""
    return _words.setdefault(name, f"{PARAM_MARKER}{name}{PARAM_MARKER}")


class _Compiled(NamedTuple):
    """`names` has for each of `params` the name of the value that it stands for, or None. `columns`: for dicts."""

    sql: str
    params: tuple
    names: tuple[str | None, ...]
    columns: list[str]
    compiler: object
    converters: dict


def fetch_rows(build: Callable, *shape, **values) -> list[tuple]:
    """The rows of `build(*shape)`, a queryset of `values_list`. One query, none where a number is
    larger than any id. Values whose names the query does not ask for are not used.
    """
    return _run(_compiled(connection.vendor, build, shape), values)


def fetch_dicts(build: Callable, *shape, **values) -> list[dict]:
    """As `rows`, for a queryset of `values`."""
    made = _compiled(connection.vendor, build, shape)
    return [dict(zip(made.columns, row, strict=True)) for row in _run(made, values)]


def _run(made: _Compiled, values: dict) -> list:
    if any(isinstance(value, int) and value > MAX_BIGINT for value in values.values()):
        return []
    params = [values[name] if name else param for name, param in zip(made.names, made.params, strict=True)]
    with connection.cursor() as cursor:
        cursor.execute(made.sql, params)
        found = cursor.fetchall()
    if made.converters:
        return [tuple(row) for row in made.compiler.apply_converters(found, made.converters)]
    return found


@lru_cache(maxsize=512)
def _compiled(vendor: str, build: Callable, variant: tuple) -> _Compiled:
    """`vendor` tells databases apart; one process may see two in tests."""
    query = build(*variant).query
    compiler = query.get_compiler(connection=connection)
    sql, params = compiler.as_sql()
    converters = compiler.get_converters([column[0] for column in compiler.select])
    stand_ins = {stand_in: name for known in (_numbers, _words) for name, stand_in in known.copy().items()}
    if any(isinstance(p, str) and PARAM_MARKER in p and p not in stand_ins for p in params):
        raise TypeError(f"A stand-in may only be compared with as it is, not as in {sql}")
    names = tuple(stand_ins.get(p) if isinstance(p, int | str) else None for p in params)
    return _Compiled(sql, tuple(params), names, list(query.selected or ()), compiler, converters)
