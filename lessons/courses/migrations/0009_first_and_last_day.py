from django.db import migrations, models
from django.db.models import F, Q


class Migration(migrations.Migration):
    dependencies = [("courses", "0008_folded_handles")]

    operations = [
        migrations.AddField(
            "course",
            "starts_on",
            models.DateField(
                "first day",
                blank=True,
                null=True,
                help_text="The course’s pages then say which week it is. Weeks begin on Monday.",
            ),
        ),
        migrations.AddField("course", "ends_on", models.DateField("last day", blank=True, null=True)),
        migrations.AddConstraint(
            "course",
            models.CheckConstraint(
                condition=Q(ends_on=None) | Q(ends_on__gte=F("starts_on"), starts_on__isnull=False),
                name="last_day_after_first",
            ),
        ),
    ]
