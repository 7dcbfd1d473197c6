from django.db import migrations

from lessons.indexing.postgresql import BUCKET, BUCKET_SIZE, matching_function

FORMER_SIZE = 8192


def divide_buckets(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("SET LOCAL statement_timeout = 0")
        for table in ("text_index", "post_index"):
            former = f"ts_delete(words, '{BUCKET}' || id / {FORMER_SIZE})"
            bucket = f"array_to_tsvector(ARRAY['{BUCKET}' || id / {BUCKET_SIZE}])"
            schema_editor.execute(f'UPDATE "{table}" SET words = {former} || {bucket}')
            schema_editor.execute(matching_function(table))


class Migration(migrations.Migration):
    """Look at fewer rows on PostgreSQL where words are common."""

    dependencies = [("indexing", "0007_separate_queries")]

    operations = [migrations.RunPython(divide_buckets, migrations.RunPython.noop)]
