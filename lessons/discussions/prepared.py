"""Querysets compiled once and run many times: building SQL costs a page more than running it.

A builder makes the queryset with stand-ins in place of the values. The SQL is kept by shape, and the stand-ins among
its parameters are replaced at each run: the rules stay in querysets, only their compilation is saved.
"""

from collections.abc import Callable
from functools import lru_cache
from typing import NamedTuple

from django.db import connection

from lessons.people.models import Course, Seat, User

# Numbers within the range of every integer column, or Django would compile the comparison away.
_names = "user course group thread lesson wished_group rank pk first last".split() + [f"id{n}" for n in range(50)]
NUMBERS = {name: 2_147_480_001 + n for n, name in enumerate(_names)}
WORDS = {name: f"\ue000{name}\ue000" for name in ("kind", "tag", "person", "place")}
STAND_INS = NUMBERS | WORDS
NAMES = {value: name for name, value in STAND_INS.items()}


class Reader(NamedTuple):
    """The shape of somebody who reads in one course: what of them changes the SQL."""

    role: str | None
    has_group: bool
    is_administrator: bool

    @classmethod
    def of(cls, user: User, course: int) -> "Reader":
        seat = user.seats.get(course)
        return cls(seat and seat.role, bool(seat and seat.group), user.is_superuser)

    def stand_in(self) -> User:
        """Somebody of this shape, whose ids are stand-ins."""
        user = User(pk=NUMBERS["user"], is_superuser=self.is_administrator)
        group = NUMBERS["group"] if self.has_group else None
        user.__dict__["seats"] = {NUMBERS["course"]: Seat(self.role, group)} if self.role else {}
        return user


def values_of(user: User, course: int) -> dict:
    """What stands in the place of the reader's stand-ins."""
    seat = user.seats.get(course)
    return {"user": user.pk, "course": course, "group": seat and seat.group}


def any_course() -> Course:
    return Course(pk=NUMBERS["course"])


class _Compiled(NamedTuple):
    sql: str
    params: tuple
    names: tuple[str, ...]
    compiler: object
    converters: dict


@lru_cache(maxsize=512)
def _compiled(vendor: str, build: Callable, shape: tuple) -> _Compiled:
    """`vendor` tells databases apart; one process may see two in tests."""
    queryset, names = build(*shape)
    compiler = queryset.query.get_compiler(connection=connection)
    sql, params = compiler.as_sql()
    converters = compiler.get_converters([column[0] for column in compiler.select])
    return _Compiled(sql, tuple(params), tuple(names), compiler, converters)


def rows(build: Callable, *shape, **values) -> list[dict]:
    """Runs what `build(*shape)` makes, a queryset of `values` or `values_list` and the names of its columns."""
    made = _compiled(connection.vendor, build, shape)
    params = [values[NAMES[p]] if isinstance(p, int | str) and p in NAMES else p for p in made.params]
    with connection.cursor() as cursor:
        cursor.execute(made.sql, params)
        found = cursor.fetchall()
    if made.converters:
        found = made.compiler.apply_converters(found, made.converters)
    return [dict(zip(made.names, row, strict=True)) for row in found]
