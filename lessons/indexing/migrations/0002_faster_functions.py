from django.db import migrations

from lessons.indexing import postgresql, vocabulary

TABLES = ["text_index", "post_index"]


def replace_functions(apps, schema_editor):
    """Let the functions of PostgreSQL find rows, and compare and add words, with fewer steps."""
    if schema_editor.connection.vendor == "postgresql":
        for table in TABLES:
            schema_editor.execute(f"DROP FUNCTION {table}_matching")
            schema_editor.execute(postgresql.matching_function(table))
        schema_editor.execute(vocabulary.ADD_FUNCTION)


class Migration(migrations.Migration):

    dependencies = [
        ("indexing", "0001_initial"),
    ]

    operations = [
        migrations.RunPython(replace_functions, migrations.RunPython.noop),
    ]
