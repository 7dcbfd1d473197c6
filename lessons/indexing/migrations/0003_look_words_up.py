from django.db import migrations

from lessons.indexing import vocabulary


def replace_function(apps, schema_editor):
    """Let the function of PostgreSQL that adds words look each of them up."""
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(vocabulary.ADD_FUNCTION)


class Migration(migrations.Migration):

    dependencies = [
        ("indexing", "0002_faster_functions"),
    ]

    operations = [
        migrations.RunPython(replace_function, migrations.RunPython.noop),
    ]
