"""Rows of another table as JSON inside a row, so that a page needs no extra query for them."""

import json
from datetime import UTC, datetime

from django.db.models import Subquery, TextField
from django.db.models.functions import JSONArray


class JSONRows(Subquery):
    """The rows that `queryset` has for the outer row (`OuterRef`), each a list of its `columns`, unordered.

    `unpack_rows` parses the JSON: a page that does not need the rows does not pay for that.
    """

    output_field = TextField()
    template = "(SELECT COALESCE(JSONB_AGG(subrows.columns), '[]') FROM (%(subquery)s) subrows)"
    sqlite_template = "(SELECT JSON_GROUP_ARRAY(JSON(subrows.columns)) FROM (%(subquery)s) subrows)"

    def __init__(self, queryset, *columns):
        super().__init__(queryset.order_by().annotate(columns=JSONArray(*columns)).values("columns"))

    def as_sqlite(self, compiler, connection, **options):
        return self.as_sql(compiler, connection, template=self.sqlite_template, **options)


def unpack_rows(value: str) -> list[list]:
    """Return the rows of a `JSONRows` value, sorted by their first column, then the next."""
    return sorted(json.loads(value))


def parse_datetime(value: str | None) -> datetime | None:
    """Return a column's date and time. SQLite stores it in UTC, without a time zone."""
    if value is None:
        return None
    time = datetime.fromisoformat(value)
    return time if time.tzinfo else time.replace(tzinfo=UTC)
