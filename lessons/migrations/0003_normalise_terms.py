"""Terms and slugs are compared by keys that are the same for those that look alike. Where two of a module or course
turn out to be alike, the later one gets a number."""

import unicodedata

from django.db import migrations

from lessons.db.fields import NormalisedSlugField
from lessons.tagging.models import normalise_tag


def normalise(apps, schema_editor):
    terms = apps.get_model("lessons", "GlossaryTerm").objects
    taken = set()
    for pk, module, term in terms.order_by("pk").values_list("pk", "module", "term"):
        spellings = (term, *(f"{term[:110]} ({n})" for n in range(2, 999)))
        term = next(term for term in spellings if (module, normalise_tag(term)) not in taken)
        taken.add((module, normalise_tag(term)))
        terms.filter(pk=pk).update(term=term, key=normalise_tag(term))
    modules = apps.get_model("lessons", "Module").objects
    slugs = list(modules.order_by("pk").values_list("pk", "course", "slug"))
    taken = {(course, slug) for _pk, course, slug in slugs}
    for pk, course, slug in slugs:
        wanted = unicodedata.normalize("NFKC", slug)[:80]
        if wanted != slug:
            spellings = (wanted, *(f"{wanted[:74]}-{n}" for n in range(2, 99_999)))
            wanted = next(spelling for spelling in spellings if (course, spelling) not in taken)
            taken.add((course, wanted))
            modules.filter(pk=pk).update(slug=wanted)


class Migration(migrations.Migration):
    dependencies = [("lessons", "0002_triggers")]

    operations = [
        migrations.AlterField("module", "slug", NormalisedSlugField("slug", max_length=80)),
        migrations.RunPython(normalise, migrations.RunPython.noop),
    ]
