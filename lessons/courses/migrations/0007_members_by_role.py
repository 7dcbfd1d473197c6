"""Index memberships by role, for the few staff of a large course."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("courses", "0006_audit_texts")]

    operations = [
        migrations.AddIndex(
            "membership", models.Index(fields=["course", "state", "role"], name="memberships_by_role")
        ),
    ]
