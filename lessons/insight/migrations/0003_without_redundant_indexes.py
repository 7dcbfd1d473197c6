
import django.db.models.deletion
from django.db import migrations, models

from lessons.db.migration_operations import RemoveForeignKeyIndex


class Migration(migrations.Migration):

    dependencies = [
        ('insight', '0002_dismissals_by_filter'),
        ('lessons', '0010_without_redundant_indexes'),
    ]

    operations = [
        RemoveForeignKeyIndex(
            model_name='lectureitem',
            name='lesson',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='lecture_items', to='lessons.lesson', verbose_name='lesson'),
        ),
    ]
