"""How many rows a queryset has, as a value of another query."""

from django.db.models import Count, IntegerField, Q, QuerySet, Subquery, TextField, Value
from django.db.models.functions import JSONArray


class RowCount(Subquery):
    """The number of rows of `queryset`, which may have a limit."""

    output_field = IntegerField()
    template = "(SELECT COUNT(*) FROM (%(subquery)s) counted)"


class RowCounts(Subquery):
    """How many rows of `queryset` meet each of the conditions, as a list in JSON: the rows are looked at once."""

    output_field = TextField()

    def __init__(self, queryset: QuerySet, *conditions: Q):
        counts = (Count("pk", filter=condition) for condition in conditions)
        counted = queryset.order_by().annotate(every=Value(1)).values("every")
        super().__init__(counted.annotate(counts=JSONArray(*counts)).values("counts"))
