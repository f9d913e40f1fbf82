from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("outreach", "0010_lost_links"),
    ]

    operations = [
        migrations.CreateModel(
            name="FrameText",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "language",
                    models.CharField(
                        choices=[
                            ("en", "English"),
                            ("es", "Español"),
                            ("ro", "Română"),
                            ("hu", "Magyar"),
                            ("de", "Deutsch"),
                            ("fr", "Français"),
                            ("ja", "日本語"),
                            ("ar", "العربية"),
                        ],
                        max_length=35,
                        verbose_name="language",
                    ),
                ),
                (
                    "formality",
                    models.CharField(
                        choices=[("formal", "formal"), ("neutral", "neutral"), ("familiar", "familiar")],
                        max_length=10,
                        verbose_name="form of address",
                    ),
                ),
                (
                    "greeting",
                    models.CharField(
                        help_text="Of those who told us how they want to be addressed.",
                        max_length=200,
                        verbose_name="greeting",
                    ),
                ),
                (
                    "greeting_by_name",
                    models.CharField(
                        help_text="Of those of whom we know only the full name.",
                        max_length=200,
                        verbose_name="greeting by the full name",
                    ),
                ),
                (
                    "opening",
                    models.CharField(
                        blank=True,
                        help_text="Before what the mail is about; often none.",
                        max_length=500,
                        verbose_name="first sentence",
                    ),
                ),
                (
                    "closing",
                    models.CharField(help_text="Before the sender’s name.", max_length=200, verbose_name="closing"),
                ),
            ],
            options={
                "verbose_name": "own greeting and closing",
                "verbose_name_plural": "own greetings and closings",
                "ordering": ["language", "formality"],
                "constraints": [models.UniqueConstraint(fields=("language", "formality"), name="frame_text_once")],
            },
        ),
    ]
