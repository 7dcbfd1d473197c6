from django.db import migrations

from lessons.indexing.postgresql import uncompressed


def leave_uncompressed(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        for table in ("text_index", "post_index"):
            schema_editor.execute(uncompressed(table))


class Migration(migrations.Migration):
    """Compress no more rows on PostgreSQL; `rebuild_index` expands those that there are."""

    dependencies = [("indexing", "0003_vocabulary_by_audience")]

    operations = [migrations.RunPython(leave_uncompressed, migrations.RunPython.noop)]
