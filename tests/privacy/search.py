"""Looking for words everywhere: in every table, and in what the site answers."""

from django.apps import apps
from django.db import connection

COUNTED = ("visible_post_count", "last_seq", "me_too_count")


def tables_that_say(*wanted: str) -> list[str]:
    """`table.column` of every cell that holds one of the words, whatever its case; read as raw SQL."""
    found = []
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT * FROM "{table}"')
            columns = [column[0] for column in cursor.description]
            for row in cursor.fetchall():
                for name, value in zip(columns, row, strict=True):
                    if any(word.lower() in str(value).lower() for word in wanted):
                        found.append(f"{table}.{name}")
    return sorted(set(found))


def models_of_ours():
    return [model for model in apps.get_models() if model.__module__.startswith("lessons")]
