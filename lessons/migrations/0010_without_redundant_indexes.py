
import django.db.models.deletion
from django.db import migrations, models

from lessons.db.migration_operations import RemoveForeignKeyIndex


class Migration(migrations.Migration):

    dependencies = [
        ('lessons', '0009_revisions_by_time'),
    ]

    operations = [
        RemoveForeignKeyIndex(
            model_name='editingpresence',
            name='lesson',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='lessons.lesson', verbose_name='lesson'),
        ),
        RemoveForeignKeyIndex(
            model_name='lessontag',
            name='content_object',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='tagged', to='lessons.lesson'),
        ),
        RemoveForeignKeyIndex(
            model_name='moduletag',
            name='content_object',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='tagged', to='lessons.module'),
        ),
        RemoveForeignKeyIndex(
            model_name='publicationschedule',
            name='lesson',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='schedules', to='lessons.lesson', verbose_name='lesson'),
        ),
        RemoveForeignKeyIndex(
            model_name='revision',
            name='lesson',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='revisions', to='lessons.lesson', verbose_name='lesson'),
        ),
    ]
