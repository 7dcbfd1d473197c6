from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("annotations", "0004_cleared_questions")]

    operations = [
        migrations.AddIndex(
            model_name="annotation",
            index=models.Index(
                condition=models.Q(is_question=True), fields=["lesson", "created_at"], name="questions_by_lesson"
            ),
        ),
    ]
