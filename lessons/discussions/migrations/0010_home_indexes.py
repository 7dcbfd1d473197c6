"""Index announcements, and the threads in which somebody has posted, which every visit to a course's home reads."""

from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [("discussions", "0009_topics_apart_from_notes")]

    operations = [
        migrations.AddIndex(
            "thread",
            models.Index(fields=["course", "-rank", "-id"], condition=Q(kind="announcement"), name="announcements"),
        ),
        migrations.AddIndex(
            "threaduserstate",
            models.Index(fields=["user"], condition=Q(has_posted=True), name="posted_threads_by_user"),
        ),
    ]
