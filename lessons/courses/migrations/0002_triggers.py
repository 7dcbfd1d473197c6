from django.db import migrations

from lessons.db.triggers import PreventDelete, PreventUpdate


class Migration(migrations.Migration):
    dependencies = [("courses", "0001_initial")]

    operations = [
        PreventUpdate("courses_auditentry", ["verb", "target", "detail", "created_at"]),
        PreventDelete("courses_auditentry"),
    ]
