"""Put a space into the quotes of notes wherever a passage goes from one block to the next."""

from django.db import migrations

from lessons.markup.blocks import block_boundaries, with_spaces


def space_quotes(apps, schema_editor):
    Annotation, Thread = apps.get_model("annotations.Annotation"), apps.get_model("discussions.Thread")
    rows = Annotation.objects.filter(thread__isnull=False).order_by("revision", "pk")
    rows = rows.values_list("revision", "start", "exact", "thread", "thread__quote")
    Revision, known, boundaries = apps.get_model("lessons.Revision"), None, []
    for revision, start, exact, thread, quote in rows.iterator():
        if revision != known:
            html = Revision.objects.values_list("html", flat=True).get(pk=revision)
            known, boundaries = revision, block_boundaries(html)
        spaced = with_spaces(exact, start, boundaries)
        if quote == exact != spaced:
            Thread.objects.filter(pk=thread).update(quote=spaced)


class Migration(migrations.Migration):
    dependencies = [
        ("annotations", "0002_triggers"),
        ("discussions", "0009_topics_apart_from_notes"),
    ]

    operations = [migrations.RunPython(space_quotes, migrations.RunPython.noop, elidable=True)]
