from django.db import migrations

from lessons.indexing.folded import FoldedField, fill_folded


def fill(apps, schema_editor):
    fill_folded(apps.get_model("tagging", "Tag"))


class Migration(migrations.Migration):
    dependencies = [("tagging", "0001_initial")]

    operations = [
        migrations.AddField("tag", "folded_name", FoldedField(of="name")),
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]
