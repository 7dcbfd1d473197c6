
import django.db.models.deletion
from django.db import migrations, models

from lessons.db.migration_operations import RemoveForeignKeyIndex


class Migration(migrations.Migration):

    dependencies = [
        ('participation', '0002_sections_with_a_note'),
    ]

    operations = [
        RemoveForeignKeyIndex(
            model_name='participationdecision',
            name='rule',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='decisions', to='participation.participationrule', verbose_name='rule'),
        ),
    ]
