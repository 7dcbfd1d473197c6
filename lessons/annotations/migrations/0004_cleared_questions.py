import django.db.models.deletion
from django.db import migrations, models

from lessons.db.triggers import AllowUpdate, PreventUpdate

# The new constraint rebuilds the table on SQLite, which drops its trigger.
FROZEN = (
    "annotations_annotation",
    ["uid", "idempotency_key", "lesson_id", "revision_id", "start", "end", "exact", "prefix", "suffix", "created_at"],
)


class Migration(migrations.Migration):
    dependencies = [
        ("annotations", "0003_space_quotes"),
        ("lessons", "0008_draft_version_origins"),
    ]

    operations = [
        AllowUpdate(*FROZEN),
        migrations.AddField(
            model_name="annotation",
            name="cleared_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="annotation",
            name="cleared_in",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.RESTRICT,
                related_name="+",
                to="lessons.revision",
            ),
        ),
        migrations.AddConstraint(
            model_name="annotation",
            constraint=models.CheckConstraint(
                condition=models.Q(cleared_at=None, cleared_in=None)
                | models.Q(is_question=True, cleared_at__isnull=False, cleared_in__isnull=False),
                name="questions_are_cleared_in_a_revision",
            ),
        ),
        PreventUpdate(*FROZEN),
    ]
