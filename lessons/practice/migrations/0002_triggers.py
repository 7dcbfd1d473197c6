from django.db import migrations

from lessons.db.triggers import PreventUpdate


class Migration(migrations.Migration):
    """What was published never changes."""

    dependencies = [("practice", "0001_initial")]

    operations = [PreventUpdate("practice_publishedchecks", ["checks"])]
