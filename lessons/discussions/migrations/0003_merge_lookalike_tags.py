"""Tags are compared by keys that are the same for names that look alike. Tags that turn out to be alike become one:
what had a later one now has the first."""

from django.db import migrations

from lessons.tagging.models import normalise_tag

THROUGHS = [("lessons", "ModuleTag"), ("lessons", "LessonTag"), ("discussions", "ThreadTag")]


def merge(apps, schema_editor):
    tags = apps.get_model("tagging", "Tag").objects
    throughs = [apps.get_model(*names).objects for names in THROUGHS]
    first: dict[str, int] = {}
    for pk, name, key in list(tags.order_by("pk").values_list("pk", "name", "key")):
        wanted = normalise_tag(name) or key
        kept = first.setdefault(wanted, pk)
        if kept != pk:
            for rows in throughs:
                owners = list(rows.filter(tag=kept).values_list("content_object", flat=True))
                rows.filter(tag=pk, content_object__in=owners).delete()
                rows.filter(tag=pk).update(tag=kept)
            tags.filter(pk=pk).delete()
    for key, pk in first.items():
        tags.filter(pk=pk).exclude(key=key).update(key=key)


class Migration(migrations.Migration):
    dependencies = [
        ("discussions", "0002_remove_failed_deliveries"),
        ("lessons", "0003_normalise_terms"),
        ("tagging", "0001_initial"),
    ]

    operations = [migrations.RunPython(merge, migrations.RunPython.noop)]
