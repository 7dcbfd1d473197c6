"""Rows of another table inside a row, so that a page needs no query more for them."""

import json
from datetime import UTC, datetime

from django.db.models import Subquery, TextField
from django.db.models.functions import JSONArray


class JSONRows(Subquery):
    """The rows that `queryset` has for the outer row (`OuterRef`), each a list of its `columns`; in no order.

    They come as JSON that `unpacked` reads: a page that is answered without them does not pay for it.
    """

    output_field = TextField()
    template = "(SELECT COALESCE(JSONB_AGG(gathered.found), '[]') FROM (%(subquery)s) gathered)"
    sqlite_template = "(SELECT JSON_GROUP_ARRAY(JSON(gathered.found)) FROM (%(subquery)s) gathered)"

    def __init__(self, queryset, *columns):
        super().__init__(queryset.order_by().annotate(found=JSONArray(*columns)).values("found"))

    def as_sqlite(self, compiler, connection, **more):
        return self.as_sql(compiler, connection, template=self.sqlite_template, **more)


def unpack_rows(found: str) -> list[list]:
    """The rows of a `Gathered` in their order: by their first column, then the next."""
    return sorted(json.loads(found))


def parse_datetime(found: str | None) -> datetime | None:
    """A time among the columns. SQLite keeps times in UTC without saying so."""
    if found is None:
        return None
    time = datetime.fromisoformat(found)
    return time if time.tzinfo else time.replace(tzinfo=UTC)
