
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from lessons.db.migration_operations import RemoveForeignKeyIndex


class Migration(migrations.Migration):

    dependencies = [
        ('courses', '0010_without_redundant_indexes'),
        ('discussions', '0013_states_by_reading'),
        ('lessons', '0010_without_redundant_indexes'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        RemoveForeignKeyIndex(
            model_name='alias',
            name='thread',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='aliases', to='discussions.thread'),
        ),
        RemoveForeignKeyIndex(
            model_name='duereminder',
            name='user',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='due_reminders', to=settings.AUTH_USER_MODEL),
        ),
        RemoveForeignKeyIndex(
            model_name='follow',
            name='user',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='follows', to=settings.AUTH_USER_MODEL),
        ),
        RemoveForeignKeyIndex(
            model_name='metoo',
            name='thread',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='me_toos', to='discussions.thread'),
        ),
        RemoveForeignKeyIndex(
            model_name='participation',
            name='user',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='participations', to=settings.AUTH_USER_MODEL),
        ),
        RemoveForeignKeyIndex(
            model_name='post',
            name='author',
            field=models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='posts', to=settings.AUTH_USER_MODEL),
        ),
        RemoveForeignKeyIndex(
            model_name='post',
            name='thread',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='posts', to='discussions.thread'),
        ),
        RemoveForeignKeyIndex(
            model_name='report',
            name='post',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='reports', to='discussions.post'),
        ),
        RemoveForeignKeyIndex(
            model_name='thanks',
            name='post',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='thanks', to='discussions.post'),
        ),
        RemoveForeignKeyIndex(
            model_name='thread',
            name='course',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='threads', to='courses.course'),
        ),
        RemoveForeignKeyIndex(
            model_name='thread',
            name='lesson',
            field=models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='threads', to='lessons.lesson'),
        ),
        RemoveForeignKeyIndex(
            model_name='threadtag',
            name='content_object',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='tagged', to='discussions.thread'),
        ),
        RemoveForeignKeyIndex(
            model_name='threaduserstate',
            name='thread',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='user_states', to='discussions.thread'),
        ),
        RemoveForeignKeyIndex(
            model_name='threaduserstate',
            name='user',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='thread_states', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddIndex(
            model_name='threaduserstate',
            index=models.Index(fields=['thread', 'user'], name='states_by_thread'),
        ),
    ]
