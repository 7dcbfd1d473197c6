"""A group's name once a course, however it is written: `Group 1` and `group 1` are one, on SQLite and PostgreSQL."""

from django.db import migrations, models

import lessons.people.models.seats
from lessons.people.names import group_key

LONGEST = 80


def fill_keys(apps, schema_editor):
    """Of groups whose names are one now the oldest keeps its name; the others get a number, and their members."""
    taken = set()
    for row in apps.get_model("people", "ReadingGroup").objects.order_by("pk"):
        stem, n = row.name, 1
        while (row.course_id, group_key(row.name)) in taken:
            n += 1
            row.name = f"{stem[: LONGEST - 8]} ({n})"
        taken.add((row.course_id, group_key(row.name)))
        row.save(update_fields=["name", "key"])


class Migration(migrations.Migration):
    dependencies = [("people", "0008_asking_by_link")]

    operations = [
        migrations.RemoveConstraint(model_name="readinggroup", name="group_name_once_a_course"),
        migrations.AddField(
            model_name="readinggroup",
            name="key",
            field=lessons.people.models.seats.GroupKeyField(default="", editable=False, max_length=320),
            preserve_default=False,
        ),
        migrations.AlterModelOptions(
            name="readinggroup",
            options={"ordering": ["key"], "verbose_name": "reading group", "verbose_name_plural": "reading groups"},
        ),
        migrations.RunPython(fill_keys, migrations.RunPython.noop),
        migrations.AddConstraint(
            model_name="readinggroup",
            constraint=models.UniqueConstraint(fields=("course", "key"), name="group_name_once_a_course"),
        ),
    ]
