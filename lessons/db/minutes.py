"""The minutes of many moments, in each database without a call of Python for every row."""

from django.db.models import Aggregate, TextField


class Minutes(Aggregate):
    """The different minutes of dates and times, in UTC and separated by commas: `2026-11-30 19:05,2026-12-01 08:30`.

    SQLite knows no time zones: Django calls Python for the local day of every row, which takes several times as long.
    """

    output_field = TextField()
    # As Django stores them.
    sqlite_template = "GROUP_CONCAT(DISTINCT SUBSTR(%(expressions)s, 1, 16))"
    template = "STRING_AGG(DISTINCT TO_CHAR(%(expressions)s AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI'), ',')"

    def as_sqlite(self, compiler, connection, **options):
        minutes = self.copy()
        minutes.template = self.sqlite_template
        return minutes.as_sql(compiler, connection, **options)
