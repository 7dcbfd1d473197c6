from django.db import migrations
from django.db.models import Count, Min, Q

from lessons.immutability import ThawColumns

OF_PEOPLE = Q(verb__in=["leave", "join"]) | Q(verb__startswith="seat")


def take_names_out(apps, schema_editor):
    """The log named people by what they were called: from now on it leads to them. Who shares a name with somebody
    cannot be told, and loses it all the same."""
    AuditEntry, User = apps.get_model("people", "AuditEntry"), apps.get_model("people", "User")
    people = {}
    for field in ("email", "display_name"):
        once = User.objects.exclude(**{field: ""}).values(field).annotate(n=Count("pk"), one=Min("pk")).filter(n=1)
        people |= dict(once.values_list(field, "one"))
    for entry in AuditEntry.objects.filter(OF_PEOPLE).only("pk", "target").iterator():
        entry.person_id = people.get(entry.target)
        entry.target = f"person {entry.person_id}" if entry.person_id else "person"
        entry.save(update_fields=["person", "target"])
    talk = AuditEntry.objects.filter(detail__has_key="thread")
    for entry in talk.only("pk", "detail").iterator():
        AuditEntry.objects.filter(pk=entry.pk).update(target=f"thread {entry.detail['thread']}")


class Migration(migrations.Migration):
    dependencies = [("people", "0005_closing_and_erasing")]

    operations = [
        ThawColumns("people_auditentry", ["verb", "target", "detail", "created_at"]),
        migrations.RunPython(take_names_out, migrations.RunPython.noop),
    ]
