from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("outreach", "0011_frame_texts"),
    ]

    operations = [
        migrations.AddField(
            model_name="message",
            name="goes_anyway",
            field=models.BooleanField(db_default=False, default=False, verbose_name="goes anyway"),
        ),
    ]
