from django.db import migrations, models


def busy_times(person: str, name: str) -> models.Index:
    return models.Index(
        models.F(person),
        models.Func(models.F("during"), function="upper"),
        models.Func(
            models.F("during"),
            template="timestamptz_send(lower(%(expressions)s)) || timestamptz_send(upper(%(expressions)s))",
        ),
        include=["during", "meeting"],
        condition=models.Q((f"{person}__isnull", False), ("status__in", ("held", "confirmed"))),
        name=name,
    )


class Migration(migrations.Migration):
    dependencies = [
        ("meetings", "0004_optional_attendees"),
    ]

    operations = [
        migrations.AddIndex("attendance", busy_times("account_manager", "busy_times_of_account_managers")),
        migrations.AddIndex("attendance", busy_times("contact", "busy_times_of_contacts")),
    ]
