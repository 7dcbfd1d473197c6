from django.db import migrations

from lessons.immutability import FreezeColumns, KeepRows


class Migration(migrations.Migration):
    dependencies = [("people", "0006_no_names_in_the_log")]

    operations = [
        FreezeColumns("people_auditentry", ["verb", "target", "detail", "created_at"]),
        KeepRows("people_auditentry"),
    ]
