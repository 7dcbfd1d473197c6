# A wrong name of a time zone is refused; new courses are in that of the site.

import lessons.time_zones
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0002_normalise_addresses'),
    ]

    operations = [
        migrations.AlterField(
            model_name='user',
            name='time_zone',
            field=models.CharField(blank=True, max_length=64, validators=[lessons.time_zones.validate_time_zone], verbose_name='time zone'),
        ),
    ]
