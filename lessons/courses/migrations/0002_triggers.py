from django.db import migrations

from lessons.db.triggers import FreezeColumns, KeepRows


class Migration(migrations.Migration):
    dependencies = [("courses", "0001_initial")]

    operations = [
        FreezeColumns("courses_auditentry", ["verb", "target", "detail", "created_at"]),
        KeepRows("courses_auditentry"),
    ]
