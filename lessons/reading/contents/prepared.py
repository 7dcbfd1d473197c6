"""Queries that Django compiles once. Compiling a queryset takes several times as long as its answer does."""

from functools import cached_property
from itertools import count

from django.db import DEFAULT_DB_ALIAS, connections

LARGEST = 2**63 - 1
MARKS = count(7_000_000_000_000_001)


class Prepared:
    """A query whose SQL is kept, to be run with other whole numbers.

    `build` takes whole numbers by name and gives a `values_list()` queryset; each must reach the SQL as a parameter of
    its own, so it may filter by equality but not slice. What the queryset filters by otherwise is kept as it is built.
    """

    def __init__(self, build, *names: str):
        self.build = build
        # Numbers that no row has, to find each name's place among the parameters. Made here and not when they are
        # first needed: two threads that need them at once would each make their own.
        self.marks = {next(MARKS): name for name in names}

    def rows(self, **values: int) -> list[tuple]:
        """The answer, as the queryset would give it. One query, none where a number is larger than any id."""
        if max(values.values()) > LARGEST:
            return []
        sql, params, compiler, converters = self._compiled
        with connections[DEFAULT_DB_ALIAS].cursor() as cursor:
            cursor.execute(sql, [values[self.marks[p]] if p in self.marks else p for p in params])
            rows = cursor.fetchall()
        if not converters:
            return rows
        return [tuple(row) for row in compiler.apply_converters(rows, converters)]

    @cached_property
    def _compiled(self):
        query = self.build(**{name: mark for mark, name in self.marks.items()}).query
        compiler = query.get_compiler(DEFAULT_DB_ALIAS)
        sql, params = compiler.as_sql()
        if not self.marks.keys() <= set(params):
            raise TypeError(f"not all of {list(self.marks.values())} reach the SQL of {sql}")
        first = query.combined_queries[0].get_compiler(DEFAULT_DB_ALIAS) if query.combinator else compiler
        if first is not compiler:
            first.setup_query()
        converters = first.get_converters([column for column, _sql, _alias in first.select])
        return sql, params, first, converters
