"""Queue the e-mails about data exports that are ready and have not been announced yet."""

from django.db import migrations
from django.utils import timezone


def queue_export_emails(apps, schema_editor):
    DataExport = apps.get_model("privacy", "DataExport")
    OutgoingEmail = apps.get_model("mail", "OutgoingEmail")
    ready = DataExport.objects.filter(completed_at__isnull=False, notified_at=None, expires_at__gt=timezone.now())
    OutgoingEmail.objects.bulk_create(
        OutgoingEmail(
            kind="data_export_ready", priority=1, to=export.user.email, recipient_id=export.user_id, reference=export.pk
        )
        for export in ready.filter(user__email__isnull=False).select_related("user")
    )


class Migration(migrations.Migration):

    dependencies = [
        ("privacy", "0001_initial"),
        ("mail", "0001_initial"),
    ]

    operations = [migrations.RunPython(queue_export_emails, migrations.RunPython.noop)]
