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
    # Instead of the query, where `queryset` is `none()`.
    empty_result_set_value = "[]"
    template = "(SELECT COALESCE(JSONB_AGG(subrows.columns), '[]') FROM (%(subquery)s) subrows)"
    sqlite_template = "(SELECT JSON_GROUP_ARRAY(JSON(subrows.columns)) FROM (%(subquery)s) subrows)"

    def __init__(self, queryset, *columns):
        super().__init__(queryset.order_by().annotate(columns=JSONArray(*columns)).values("columns"))

    def as_sqlite(self, compiler, connection, **options):
        return self.as_sql(compiler, connection, template=self.sqlite_template, **options)


class LatestJSONRows(JSONRows):
    """The first `limit` rows of an ordered `queryset`, as `JSONRows`. Give the column of the order first."""

    def __init__(self, queryset, *columns, limit: int):
        rows = queryset.annotate(columns=JSONArray(*columns)).values("columns")[:limit]
        super(JSONRows, self).__init__(rows)


def unpack_rows(value: str) -> list[list]:
    """Return the rows of a `JSONRows` value, sorted by their first column, then the next."""
    return sorted(json.loads(value))


def parse_moment(value: str) -> datetime:
    """Return the date and time of a column that is never null. SQLite stores it in UTC, without a time zone."""
    time = datetime.fromisoformat(value)
    return time if time.tzinfo else time.replace(tzinfo=UTC)


def parse_datetime(value: str | None) -> datetime | None:
    """Return a column's date and time, or None."""
    return None if value is None else parse_moment(value)
