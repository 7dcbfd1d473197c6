"""Drafts become unsent texts, which every form of the site has."""

from django.db import migrations

PASSAGE = ("revision", "start", "end")


def move(apps, schema_editor):
    draft, unsent_text = apps.get_model("discussions", "Draft"), apps.get_model("db", "UnsentText")
    for row in draft.objects.order_by("pk").iterator(chunk_size=500):
        fields = {name: getattr(row, name) for name in ("source", "title", "kind", "tags") if getattr(row, name)}
        if row.draft_key.startswith("note-"):
            # The title of a draft of a note was its passage.
            numbers = fields.pop("title", "").split()
            fields |= dict(zip(PASSAGE, numbers, strict=True)) if len(numbers) == len(PASSAGE) else {}
        if fields:
            moved = unsent_text.objects.create(user_id=row.user_id, draft_key=row.draft_key, fields=fields)
            unsent_text.objects.filter(pk=moved.pk).update(updated_at=row.updated_at)


class Migration(migrations.Migration):
    dependencies = [("discussions", "0004_hidden_titles"), ("db", "0002_unsent_text")]

    operations = [
        migrations.RunPython(move, migrations.RunPython.noop, elidable=True),
        migrations.DeleteModel("Draft"),
    ]
