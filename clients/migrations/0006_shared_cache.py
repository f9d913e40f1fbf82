from django.db import migrations


class Migration(migrations.Migration):
    """The table of Django's database cache, as `createcachetable` makes it."""

    dependencies = [
        ("clients", "0005_private_links_and_formality"),
    ]

    operations = [
        migrations.RunSQL(
            [
                "CREATE UNLOGGED TABLE cache (cache_key varchar(255) PRIMARY KEY, value text NOT NULL, "
                "expires timestamptz NOT NULL)",
                "CREATE INDEX cache_expires ON cache (expires)",
            ],
            "DROP TABLE cache",
        ),
    ]
