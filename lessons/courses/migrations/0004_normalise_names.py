"""Names of groups, handles and slugs are compared by keys that are the same for names that look alike. Where two rows
of a course turn out to be alike, the later one gets a number."""

import unicodedata

from django.db import migrations

from lessons.courses.models.memberships import normalise_group_name
from lessons.db.fields import NormalisedSlugField
from lessons.markup.mentions import mention_handle


def normalise(apps, schema_editor):
    groups = apps.get_model("courses", "ReadingGroup").objects
    taken = set()
    for pk, course, name in groups.order_by("pk").values_list("pk", "course", "name"):
        names = (name, *(f"{name[:70]} ({n})" for n in range(2, 999)))
        name = next(name for name in names if (course, normalise_group_name(name)) not in taken)
        taken.add((course, normalise_group_name(name)))
        groups.filter(pk=pk).update(name=name, key=normalise_group_name(name))
    memberships = apps.get_model("courses", "Membership").objects
    handles = list(memberships.order_by("pk").values_list("pk", "course", "handle"))
    taken = {(course, handle) for _pk, course, handle in handles}
    for pk, course, handle in handles:
        wanted = mention_handle(handle) or "reader"
        if wanted != handle:
            spellings = (wanted, *(f"{wanted[:34]}-{n}" for n in range(2, 99_999)))
            wanted = next(spelling for spelling in spellings if (course, spelling) not in taken)
            taken.add((course, wanted))
            memberships.filter(pk=pk).update(handle=wanted)
    courses = apps.get_model("courses", "Course").objects
    slugs = list(courses.values_list("pk", "slug"))
    taken_slugs = {slug for _pk, slug in slugs}
    for pk, slug in slugs:
        wanted = unicodedata.normalize("NFKC", slug)[:80]
        if wanted != slug:
            wanted = next(s for s in (wanted, *(f"{wanted[:74]}-{n}" for n in range(2, 99_999))) if s not in taken_slugs)
            taken_slugs.add(wanted)
            courses.filter(pk=pk).update(slug=wanted)


class Migration(migrations.Migration):
    dependencies = [("courses", "0003_queue_pending_emails")]

    operations = [
        migrations.AlterField(
            "course", "slug", NormalisedSlugField("URL slug", max_length=80, unique=True)
        ),
        migrations.RunPython(normalise, migrations.RunPython.noop),
    ]
