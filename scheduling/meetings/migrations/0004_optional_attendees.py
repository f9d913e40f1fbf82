from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("meetings", "0003_clocks"),
    ]

    operations = [
        migrations.AddField(
            model_name="attendance",
            name="is_optional",
            field=models.BooleanField(default=False, verbose_name="optional"),
        ),
    ]
