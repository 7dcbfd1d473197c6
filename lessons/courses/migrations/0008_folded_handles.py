from django.db import migrations

from lessons.indexing.folded import FoldedField, fill_folded


def fill(apps, schema_editor):
    fill_folded(apps.get_model("courses", "Membership"))


class Migration(migrations.Migration):
    dependencies = [("courses", "0007_members_by_role")]

    operations = [
        migrations.AddField("membership", "folded_handle", FoldedField(of="handle")),
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]
