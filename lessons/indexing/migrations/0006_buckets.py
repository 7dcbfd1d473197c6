from django.db import migrations

from lessons.indexing.postgresql import BUCKET, BUCKET_SIZE, matching_function


def add_buckets(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("SET LOCAL statement_timeout = 0")
        for table in ("text_index", "post_index"):
            bucket = f"array_to_tsvector(ARRAY['{BUCKET}' || id / {BUCKET_SIZE}])"
            schema_editor.execute(f'UPDATE "{table}" SET words = words || {bucket}')
            schema_editor.execute(f"DROP FUNCTION IF EXISTS {table}_matching(tsquery)")
            schema_editor.execute(matching_function(table))


class Migration(migrations.Migration):
    """Find the newest rows first on PostgreSQL."""

    dependencies = [("indexing", "0005_matching_by_index")]

    operations = [migrations.RunPython(add_buckets, migrations.RunPython.noop)]
