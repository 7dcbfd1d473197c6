from django.db import migrations, models
from django.db.models import CASCADE


class Migration(migrations.Migration):
    dependencies = [("discussions", "0003_aliases_of_nobody")]

    operations = [
        migrations.AddField("draft", "kind", models.CharField(blank=True, max_length=60)),
        migrations.AddField("draft", "tags", models.CharField(blank=True, max_length=200)),
        migrations.CreateModel(
            "ThreadName",
            [
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("title", models.CharField(blank=True, max_length=200)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("discussion", "Discussion"),
                            ("question", "Question"),
                            ("announcement", "Announcement"),
                        ],
                        max_length=12,
                    ),
                ),
                ("tags", models.JSONField(default=list)),
                ("thread", models.ForeignKey("discussions.thread", CASCADE, related_name="names")),
            ],
        ),
    ]
