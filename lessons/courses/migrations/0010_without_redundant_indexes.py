
import django.db.models.deletion
from django.db import migrations, models

from lessons.db.migration_operations import RemoveForeignKeyIndex


class Migration(migrations.Migration):

    dependencies = [
        ('courses', '0009_first_and_last_day'),
    ]

    operations = [
        RemoveForeignKeyIndex(
            model_name='membership',
            name='course',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='memberships', to='courses.course', verbose_name='course'),
        ),
        RemoveForeignKeyIndex(
            model_name='readinggroup',
            name='course',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='groups', to='courses.course', verbose_name='course'),
        ),
    ]
