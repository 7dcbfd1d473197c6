"""A term once a module, however it is written: `Ebb` and `ebb` are one, on SQLite and PostgreSQL alike."""

from django.db import migrations, models

import lessons.tagging.models
from lessons.tagging.models import tag_key

LONGEST = 120


def fill_keys(apps, schema_editor):
    """Of terms that are one now the oldest keeps its name; the others get a number, so that no definition is lost."""
    taken = set()
    for row in apps.get_model("lessons", "GlossaryTerm").objects.order_by("pk"):
        stem, n = row.term, 1
        while (row.module_id, tag_key(row.term)) in taken:
            n += 1
            row.term = f"{stem[: LONGEST - 8]} ({n})"
        taken.add((row.module_id, tag_key(row.term)))
        row.save(update_fields=["term", "key"])


class Migration(migrations.Migration):
    dependencies = [("lessons", "0002_frozen_revision")]

    operations = [
        migrations.RemoveConstraint(model_name="glossaryterm", name="term_once_a_module"),
        migrations.AddField(
            model_name="glossaryterm",
            name="key",
            field=lessons.tagging.models.KeyField(default="", editable=False, max_length=360, of="term"),
            preserve_default=False,
        ),
        migrations.RunPython(fill_keys, migrations.RunPython.noop),
        migrations.AddConstraint(
            model_name="glossaryterm",
            constraint=models.UniqueConstraint(fields=("module", "key"), name="term_once_a_module"),
        ),
    ]
