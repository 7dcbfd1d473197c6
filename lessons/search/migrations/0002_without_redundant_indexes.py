
import django.db.models.deletion
from django.db import migrations, models

from lessons.db.migration_operations import RemoveForeignKeyIndex


class Migration(migrations.Migration):

    dependencies = [
        ('courses', '0010_without_redundant_indexes'),
        ('search', '0001_unasked_questions'),
    ]

    operations = [
        RemoveForeignKeyIndex(
            model_name='unaskedquestion',
            name='course',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='unasked_questions', to='courses.course', verbose_name='course'),
        ),
    ]
