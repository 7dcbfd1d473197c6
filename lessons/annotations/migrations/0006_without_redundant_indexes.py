
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from lessons.db.migration_operations import RemoveForeignKeyIndex


class Migration(migrations.Migration):

    dependencies = [
        ('annotations', '0005_questions_by_lesson'),
        ('courses', '0010_without_redundant_indexes'),
        ('lessons', '0010_without_redundant_indexes'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        RemoveForeignKeyIndex(
            model_name='annotation',
            name='author',
            field=models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='annotations', to=settings.AUTH_USER_MODEL),
        ),
        RemoveForeignKeyIndex(
            model_name='courselabel',
            name='course',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='labels', to='courses.course', verbose_name='course'),
        ),
        RemoveForeignKeyIndex(
            model_name='placement',
            name='annotation',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='placements', to='annotations.annotation'),
        ),
        RemoveForeignKeyIndex(
            model_name='placement',
            name='revision',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='placements', to='lessons.revision'),
        ),
    ]
