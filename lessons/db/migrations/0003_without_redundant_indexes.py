
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from lessons.db.migration_operations import RemoveForeignKeyIndex


class Migration(migrations.Migration):

    dependencies = [
        ('db', '0002_unsent_text'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        RemoveForeignKeyIndex(
            model_name='submittedform',
            name='user',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='submitted_forms', to=settings.AUTH_USER_MODEL, verbose_name='person'),
        ),
        RemoveForeignKeyIndex(
            model_name='unsenttext',
            name='user',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='unsent_texts', to=settings.AUTH_USER_MODEL, verbose_name='person'),
        ),
    ]
