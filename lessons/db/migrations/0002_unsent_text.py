"""What is written and not sent."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('db', "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='UnsentText',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('draft_key', models.CharField(max_length=80, verbose_name='form')),
                ('fields', models.JSONField(default=dict, verbose_name='fields')),
                ('updated_at', models.DateTimeField(auto_now=True, verbose_name='when')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='unsent_texts', to=settings.AUTH_USER_MODEL, verbose_name='person')),
            ],
            options={
                'verbose_name': 'unsent text',
                'verbose_name_plural': 'unsent texts',
                'constraints': [models.UniqueConstraint(fields=('user', 'draft_key'), name='unique_unsent_text_per_form')],
            },
        ),
    ]
