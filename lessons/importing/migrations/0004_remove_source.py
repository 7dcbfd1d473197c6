from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ("importing", "0003_split_reviews"),
    ]

    operations = [
        migrations.RemoveField(
            model_name="articleimport",
            name="source",
        ),
    ]
