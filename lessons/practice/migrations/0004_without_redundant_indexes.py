
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from lessons.db.migration_operations import RemoveForeignKeyIndex


class Migration(migrations.Migration):

    dependencies = [
        ('practice', '0003_reminders'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        RemoveForeignKeyIndex(
            model_name='answer',
            name='question',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='answers', to='practice.knowledgecheck', verbose_name='check'),
        ),
        RemoveForeignKeyIndex(
            model_name='answer',
            name='user',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='answers', to=settings.AUTH_USER_MODEL, verbose_name='person'),
        ),
        RemoveForeignKeyIndex(
            model_name='reviewcard',
            name='user',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='review_cards', to=settings.AUTH_USER_MODEL, verbose_name='person'),
        ),
    ]
