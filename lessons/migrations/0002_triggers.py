from django.db import migrations

from lessons.db.triggers import PreventUpdate


class Migration(migrations.Migration):
    dependencies = [("lessons", "0001_initial")]

    operations = [
        PreventUpdate(
            "lessons_revision",
            [
                "lesson_id",
                "number",
                "title",
                "facts",
                "html",
                "text",
                "sha256",
                "word_count",
                "change_summary",
                "published_at",
            ],
        ),
    ]
