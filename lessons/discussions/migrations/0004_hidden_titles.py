from django.conf import settings
from django.db import migrations, models
from django.db.models import Exists, F, OuterRef


def hide_titles(apps, schema_editor):
    """Hide the titles of threads whose first post is hidden or deleted."""
    removed = apps.get_model("discussions", "Post").objects.filter(thread=OuterRef("pk"), seq=1)
    removed = removed.filter(state__in=("hidden", "deleted"))
    threads = apps.get_model("discussions", "Thread").objects.filter(Exists(removed)).exclude(title="")
    threads.update(hidden_title=F("title"), title="")


def show_titles(apps, schema_editor):
    threads = apps.get_model("discussions", "Thread").objects.exclude(hidden_title="").filter(title="")
    threads.update(title=F("hidden_title"))


class Migration(migrations.Migration):
    dependencies = [
        ("discussions", "0003_merge_lookalike_tags"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="thread",
            name="hidden_title",
            field=models.CharField(
                blank=True,
                help_text="The title while the first post is hidden or deleted; `title` is blank then.",
                max_length=200,
            ),
        ),
        migrations.AddIndex(
            model_name="post",
            index=models.Index(fields=["thread", "state", "seq"], name="posts_by_thread_and_state"),
        ),
        migrations.RunPython(hide_titles, show_titles, elidable=True),
    ]
