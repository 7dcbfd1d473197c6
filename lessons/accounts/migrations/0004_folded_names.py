from django.db import migrations

from lessons.indexing.folded import FoldedField, fill_folded


def fill(apps, schema_editor):
    fill_folded(apps.get_model("accounts", "User"))


class Migration(migrations.Migration):
    dependencies = [("accounts", "0003_check_time_zones")]

    operations = [
        migrations.AddField("user", "folded_name", FoldedField(of="display_name")),
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]
