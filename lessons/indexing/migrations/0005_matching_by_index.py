from django.db import migrations

from lessons.indexing.postgresql import matching_function


def create_functions(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        for table in ("text_index", "post_index"):
            schema_editor.execute(matching_function(table))


class Migration(migrations.Migration):
    dependencies = [("indexing", "0004_uncompressed_rows")]

    operations = [migrations.RunPython(create_functions, migrations.RunPython.noop)]
