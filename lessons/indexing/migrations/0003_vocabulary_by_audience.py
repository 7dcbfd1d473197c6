from django.db import migrations

from lessons.indexing import vocabulary


def create_again(apps, schema_editor):
    schema_editor.execute("DROP TABLE vocabulary")
    for statement in vocabulary.create(schema_editor.connection.vendor):
        schema_editor.execute(statement)


class Migration(migrations.Migration):
    """Keep words by audience. The job `merge_search_index` counts them again."""

    dependencies = [("indexing", "0002_passage_texts")]

    operations = [migrations.RunPython(create_again, migrations.RunPython.noop)]
