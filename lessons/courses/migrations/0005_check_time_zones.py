# A wrong name of a time zone is refused; new courses are in that of the site.

import lessons.time_zones
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('courses', '0004_normalise_names'),
    ]

    operations = [
        migrations.AlterField(
            model_name='course',
            name='time_zone',
            field=models.CharField(default=lessons.time_zones.site_time_zone, help_text='Due dates are entered and shown in it.', max_length=64, validators=[lessons.time_zones.validate_time_zone], verbose_name='time zone'),
        ),
    ]
