from django.db import migrations

from lessons.db.triggers import PreventUpdate


class Migration(migrations.Migration):
    dependencies = [("annotations", "0001_initial")]

    operations = [
        PreventUpdate(
            "annotations_annotation",
            ["uid", "idempotency_key", "lesson_id", "revision_id", "start", "end", "exact", "prefix", "suffix", "created_at"],
        ),
    ]
