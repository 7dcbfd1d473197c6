"""How many rows a queryset has, as a value of another query."""

from django.db.models import IntegerField, Subquery


class RowCount(Subquery):
    """The number of rows of `queryset`, which may have a limit."""

    output_field = IntegerField()
    template = "(SELECT COUNT(*) FROM (%(subquery)s) counted)"
