import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

from lessons.discussions.models.notifications import generate_token


def draw_calendar_tokens(apps, schema_editor):
    """Give everybody who has preferences a secret of their own."""
    preferences = apps.get_model("discussions", "NotificationPreference").objects
    for pk in list(preferences.values_list("pk", flat=True)):
        preferences.filter(pk=pk).update(calendar_token=generate_token())


class Migration(migrations.Migration):
    dependencies = [
        ("discussions", "0007_inbox_indexes"),
        ("lessons", "0008_draft_version_origins"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="DueReminder",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("due_at", models.DateTimeField(help_text="When the lesson was due as the user was reminded.")),
                (
                    "stage",
                    models.PositiveSmallIntegerField(choices=[(1, "Three Days"), (2, "One Day"), (3, "Overdue")]),
                ),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("seen_at", models.DateTimeField(blank=True, null=True)),
                ("mailed_at", models.DateTimeField(blank=True, null=True)),
                (
                    "lesson",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="lessons.lesson"
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="due_reminders",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ["due_at", "pk"],
                "indexes": [
                    models.Index(condition=models.Q(("seen_at", None)), fields=["user"], name="unseen_due_reminders"),
                    models.Index(
                        condition=models.Q(("mailed_at", None)), fields=["user"], name="unmailed_due_reminders"
                    ),
                ],
                "constraints": [models.UniqueConstraint(fields=("user", "lesson"), name="unique_due_reminder")],
            },
        ),
        migrations.AddField(
            model_name="notificationpreference",
            name="calendar_token",
            field=models.CharField(max_length=40, null=True),
        ),
        migrations.RunPython(draw_calendar_tokens, migrations.RunPython.noop, elidable=True),
        migrations.AlterField(
            model_name="notificationpreference",
            name="calendar_token",
            field=models.CharField(default=generate_token, max_length=40, unique=True),
        ),
    ]
