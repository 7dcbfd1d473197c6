"""Move the e-mails that are due from `Membership.pending_email` to the queue of all e-mails."""

from django.db import migrations

# The kind in the queue, and its priority.
KINDS = {"enrolled": ("enrolled", 1), "rejected": ("join_request_rejected", 1), "join_request": ("join_requests", 2)}


def queue_pending_emails(apps, schema_editor):
    Membership = apps.get_model("courses", "Membership")
    OutgoingEmail = apps.get_model("mail", "OutgoingEmail")
    due = Membership.objects.exclude(pending_email="").filter(user__email__isnull=False, user__is_active=True)
    rows = []
    for membership in due.select_related("user"):
        kind, priority = KINDS[membership.pending_email]
        rows.append(
            OutgoingEmail(
                kind=kind,
                priority=priority,
                to=membership.user.email,
                recipient_id=membership.user_id,
                reference=membership.pk,
            )
        )
    OutgoingEmail.objects.bulk_create(rows, batch_size=500)


class Migration(migrations.Migration):

    dependencies = [
        ("courses", "0002_triggers"),
        ("mail", "0001_initial"),
    ]

    operations = [
        migrations.RunPython(queue_pending_emails, migrations.RunPython.noop),
        migrations.RemoveIndex(model_name="membership", name="memberships_with_pending_email"),
        migrations.RemoveField(model_name="membership", name="pending_email"),
    ]
