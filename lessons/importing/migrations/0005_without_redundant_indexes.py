
import django.db.models.deletion
from django.db import migrations, models

from lessons.db.migration_operations import RemoveForeignKeyIndex


class Migration(migrations.Migration):

    dependencies = [
        ('importing', '0004_remove_source'),
    ]

    operations = [
        RemoveForeignKeyIndex(
            model_name='importedimage',
            name='article',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='images', to='importing.articleimport'),
        ),
        RemoveForeignKeyIndex(
            model_name='importedlesson',
            name='article',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='imported_lessons', to='importing.articleimport', verbose_name='article'),
        ),
    ]
