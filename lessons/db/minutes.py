"""The minute of a moment as text, in each database without a call of Python for every row."""

from django.db.models import CharField, Func


class MinuteText(Func):
    """The minute of a date and time, in UTC: `2026-11-30 19:05`."""

    arity = 1
    output_field = CharField()

    def as_sqlite(self, compiler, connection, **extra):
        # As Django stores it.
        return super().as_sql(compiler, connection, template="SUBSTR(%(expressions)s, 1, 16)", **extra)

    def as_postgresql(self, compiler, connection, **extra):
        template = "TO_CHAR(%(expressions)s AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI')"
        return super().as_sql(compiler, connection, template=template, **extra)
