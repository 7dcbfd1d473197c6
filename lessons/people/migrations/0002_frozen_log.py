from django.db import migrations

from lessons.immutability import FreezeColumns


class Migration(migrations.Migration):
    dependencies = [("people", "0001_initial")]

    operations = [FreezeColumns("people_auditentry", ["verb", "target", "detail", "created_at"])]
