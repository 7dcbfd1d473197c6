"""Searching every table for texts."""

from django.db import connection


def tables_containing(*texts: str) -> list[str]:
    """Return `table.column` of every cell that contains one of the texts, in any case; read with raw SQL."""
    columns_found = set()
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT * FROM "{table}"')
            columns = [column[0] for column in cursor.description]
            for row in cursor.fetchall():
                for name, value in zip(columns, row, strict=True):
                    if any(text.lower() in str(value).lower() for text in texts):
                        columns_found.add(f"{table}.{name}")
    return sorted(columns_found)
