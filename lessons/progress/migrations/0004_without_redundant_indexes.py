
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from lessons.db.migration_operations import RemoveForeignKeyIndex


class Migration(migrations.Migration):

    dependencies = [
        ('lessons', '0010_without_redundant_indexes'),
        ('progress', '0003_completed_lessons'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        RemoveForeignKeyIndex(
            model_name='progress',
            name='lesson',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='progress', to='lessons.lesson', verbose_name='lesson'),
        ),
        RemoveForeignKeyIndex(
            model_name='progress',
            name='user',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='progress', to=settings.AUTH_USER_MODEL, verbose_name='person'),
        ),
        RemoveForeignKeyIndex(
            model_name='reached',
            name='revision',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='reached', to='lessons.revision', verbose_name='revision'),
        ),
    ]
