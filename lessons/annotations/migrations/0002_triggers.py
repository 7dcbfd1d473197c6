from django.db import migrations

from lessons.db.triggers import FreezeColumns


class Migration(migrations.Migration):
    dependencies = [("annotations", "0001_initial")]

    operations = [
        FreezeColumns(
            "annotations_annotation",
            ["uid", "key", "lesson_id", "revision_id", "start", "end", "exact", "prefix", "suffix", "created_at"],
        ),
    ]
