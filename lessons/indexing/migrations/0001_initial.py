from django.db import migrations, models

from lessons.indexing import postgresql, sqlite, vocabulary

TABLES = ["text_index", "post_index"]


def create_tables(apps, schema_editor):
    vendor = schema_editor.connection.vendor
    for table in TABLES:
        for statement in [sqlite.create(table)] if vendor == "sqlite" else postgresql.create(table):
            schema_editor.execute(statement)
    for statement in vocabulary.create(vendor):
        schema_editor.execute(statement)


def drop_tables(apps, schema_editor):
    for table in [*TABLES, "vocabulary"]:
        schema_editor.execute(f'DROP TABLE "{table}"')
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("DROP FUNCTION add_to_vocabulary")
        for table in TABLES:
            schema_editor.execute(f"DROP FUNCTION {table}_matching")
            schema_editor.execute(f"DROP FUNCTION {table}_buckets")


class Migration(migrations.Migration):

    initial = True

    dependencies = [
    ]

    operations = [
        migrations.CreateModel(
            name='TextEntry',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('lesson', 'lesson'), ('term', 'glossary term'), ('event', 'timeline event')], max_length=10, verbose_name='kind')),
                ('object_id', models.BigIntegerField(verbose_name='object')),
                ('number', models.PositiveIntegerField(default=0, verbose_name='number')),
                ('start', models.PositiveIntegerField(default=0, verbose_name='start')),
                ('end', models.PositiveIntegerField(default=0, verbose_name='end')),
                ('anchor', models.CharField(blank=True, max_length=220, verbose_name='anchor')),
                ('title', models.TextField(default='', verbose_name='title')),
                ('heading', models.TextField(blank=True, default='', verbose_name='heading')),
                ('text', models.TextField(blank=True, default='', verbose_name='text')),
                ('language', models.CharField(default='', max_length=12, verbose_name='language')),
                ('scope', models.TextField(default='', verbose_name='scope')),
            ],
            options={
                'verbose_name': 'passage in the search index',
                'verbose_name_plural': 'passages in the search index',
                'constraints': [models.UniqueConstraint(fields=('kind', 'object_id', 'number'), name='unique_text_entry')],
            },
        ),
        migrations.RunPython(create_tables, drop_tables),
    ]
