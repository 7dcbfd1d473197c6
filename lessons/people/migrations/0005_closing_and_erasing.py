import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
class Migration(migrations.Migration):
    dependencies = [("people", "0004_profile")]

    operations = [
        migrations.AddField("course", "closed_at", models.DateTimeField(blank=True, editable=False, null=True, verbose_name="closed")),
        migrations.AddField("course", "empty_after", models.PositiveSmallIntegerField(blank=True, editable=False, null=True, verbose_name="emptied after")),
        migrations.AddField("course", "emptying_told_at", models.DateTimeField(blank=True, editable=False, null=True)),
        migrations.AddField("course", "emptied_at", models.DateTimeField(blank=True, editable=False, null=True, verbose_name="emptied")),
        migrations.AddField("user", "erased_at", models.DateTimeField(blank=True, editable=False, null=True, verbose_name="erased")),
        migrations.AddField(
            "auditentry",
            "person",
            models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to=settings.AUTH_USER_MODEL, verbose_name="to whom"),
        ),
    ]
