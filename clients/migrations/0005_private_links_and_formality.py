import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("clients", "0004_messages"),
    ]

    operations = [
        migrations.AddField(
            model_name="client",
            name="superior_decides",
            field=models.BooleanField(
                default=False,
                help_text="Whoever is asked for an approval passes it up; leave time for that, and ask in writing.",
                verbose_name="decisions are taken by a superior",
            ),
        ),
        migrations.AddField(
            model_name="contact",
            name="formality",
            field=models.CharField(
                choices=[("formal", "formal"), ("neutral", "neutral"), ("familiar", "familiar")],
                default="neutral",
                max_length=10,
                verbose_name="form of address",
            ),
        ),
        migrations.CreateModel(
            name="PrivateLink",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "purpose",
                    models.CharField(
                        choices=[
                            ("wishes", "Wishes about mail"),
                            ("unsubscribe", "Unsubscribe"),
                            ("approval", "Approval"),
                            ("survey", "Survey"),
                            ("meeting", "Answer to a meeting"),
                        ],
                        max_length=12,
                        verbose_name="purpose",
                    ),
                ),
                ("subject_id", models.BigIntegerField(blank=True, null=True, verbose_name="row")),
                ("seed", models.BinaryField(max_length=32)),
                ("token_hash", models.BinaryField(max_length=32, unique=True)),
                ("email", models.CharField(blank=True, max_length=254, verbose_name="mail address")),
                ("created_at", models.DateTimeField(verbose_name="created")),
                ("expires_at", models.DateTimeField(blank=True, null=True, verbose_name="expires")),
                (
                    "contact",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="private_links",
                        to="clients.contact",
                        verbose_name="contact",
                    ),
                ),
            ],
            options={
                "verbose_name": "private link",
                "verbose_name_plural": "private links",
                "ordering": ["contact", "purpose", "pk"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("contact", "purpose", "subject_id"), name="private_link_once", nulls_distinct=False
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("seed", b""), _negated=True), name="private_link_has_a_seed"
                    ),
                ],
            },
        ),
    ]
