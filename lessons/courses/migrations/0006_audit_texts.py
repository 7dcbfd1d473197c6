import re

import django.db.models.deletion
from django.db import migrations, models

from lessons.db.triggers import AllowUpdate, PreventUpdate

FROZEN = "courses_auditentry", ["verb", "target", "detail", "created_at"]
REFERENCE = re.compile(r"user|(user|thread) [0-9]+")
BATCH_SIZE = 500


def move_texts(apps, schema_editor):
    """Move what people wrote out of the entries, which cannot be changed: reasons, and the names of targets."""
    entries, texts = (apps.get_model("courses", name) for name in ("AuditEntry", "AuditText"))
    batch = []
    for entry in entries.objects.order_by("pk").iterator(chunk_size=BATCH_SIZE):
        reason = str(entry.detail.get("reason") or "")
        target = "" if REFERENCE.fullmatch(entry.target) else entry.target
        detail = {key: value for key, value in entry.detail.items() if key not in ("reason", "source")}
        if target or detail != entry.detail:
            entries.objects.filter(pk=entry.pk).update(target="" if target else entry.target, detail=detail)
        if target or reason:
            batch.append(texts(entry_id=entry.pk, target=target, reason=reason))
        if len(batch) == BATCH_SIZE:
            texts.objects.bulk_create(batch)
            batch = []
    texts.objects.bulk_create(batch)
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("SET CONSTRAINTS ALL IMMEDIATE")


class Migration(migrations.Migration):
    dependencies = [("courses", "0005_check_time_zones")]

    operations = [
        migrations.CreateModel(
            name="AuditText",
            fields=[
                (
                    "entry",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="text",
                        serialize=False,
                        to="courses.auditentry",
                    ),
                ),
                ("target", models.CharField(blank=True, max_length=200, verbose_name="target")),
                ("reason", models.TextField(blank=True, verbose_name="reason")),
            ],
            options={"verbose_name": "text of the audit log", "verbose_name_plural": "texts of the audit log"},
        ),
        AllowUpdate(*FROZEN),
        migrations.RunPython(move_texts, migrations.RunPython.noop),
        PreventUpdate(*FROZEN),
    ]
