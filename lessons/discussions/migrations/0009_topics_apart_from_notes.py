"""Index topics, which are the threads without an anchor, apart from the notes on passages."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("discussions", "0008_due_reminders")]

    operations = [
        migrations.RemoveIndex("thread", "threads_by_lesson"),
        migrations.AddIndex(
            "thread", models.Index(fields=["course", "lesson_anchor", "-rank", "-id"], name="topics_by_course")
        ),
        migrations.AddIndex(
            "thread", models.Index(fields=["lesson", "lesson_anchor", "-rank", "-id"], name="topics_by_lesson")
        ),
    ]
