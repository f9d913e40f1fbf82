"""Clients with a contact each who gets the standard check-ins, in all zones, mail languages and many calendars."""

from collections.abc import Mapping, Sequence
from typing import Any
from zoneinfo import available_timezones

from django.conf import settings
from django.db import connection
from django.db.models import Model

from clients.models import Client, Contact
from holidays_app.models import HolidayCalendar
from scheduling.engine import WEEKDAYS
from scheduling.outreach.models import CheckInPlan, Enrolment, Message, PlanStep, Tally
from scheduling.outreach.services import create_plan
from tests.bench.cases import START_AT
from tests.people import make_account_manager, make_client, make_contact, make_team

CALENDARS = ("BR", "DE", "ES", "FR", "GB", "HU", "IN", "JP", "KE", "RO", "US", "ZA")
ALWAYS = {day: [["00:00", "00:00"]] for day in WEEKDAYS}


class Enrolled:
    """One enrolled contact, and as many like it as are asked for."""

    def __init__(self) -> None:
        manager = make_account_manager(make_team())
        client = make_client(manager.teams.get())
        # Within reach at any hour, so that everybody's mail goes at one instant.
        self._contact = make_contact(client, address_as="Ms Okafor", reachable_hours=ALWAYS)
        self._plan = create_plan(actor=manager, client=client, contacts=[self._contact], now=START_AT)
        self._enrolment = self._plan.enrolments.get()
        countries = [
            HolidayCalendar.objects.get_or_create(name="", country=code, subdivision="")[0] for code in CALENDARS
        ]
        self._calendars = [calendar.pk for calendar in countries]
        self._count = 1

    def grow(self, count: int) -> None:
        """From now on there are so many, with nothing in the outbox."""
        numbers = range(self._count, count)
        client, contact, plan = self._plan.client, self._contact, self._plan
        _copy(client, numbers, {"name": "'Client no. ' || number", "creation_key": "gen_random_uuid()"})
        _copy(
            contact,
            numbers,
            {
                "client_id": f"{client.pk} + number",
                "email": "'contact' || number || '@client.example'",
                "creation_key": "gen_random_uuid()",
                # Lists of lengths without a common factor, so that every zone meets every language and calendar.
                "time_zone": _one_of(sorted(available_timezones())),
                "language": _one_of([code for code, _name in settings.LANGUAGES]),
                "calendar_id": _one_of(self._calendars, every=7),
            },
        )
        _copy(plan, numbers, {"client_id": f"{client.pk} + number"})
        steps = list(plan.steps.all())
        for position, step in enumerate(steps):
            key = f"{steps[0].pk} + {len(steps)} * number + {position}"
            _copy(step, numbers, {"id": key, "plan_id": f"{plan.pk} + number"})
        of_enrolment = {"plan_id": f"{plan.pk} + number", "contact_id": f"{contact.pk} + number"}
        _copy(self._enrolment, numbers, of_enrolment)
        self._count = count
        empty_outbox()
        with connection.cursor() as cursor:
            # As the server does by itself sooner or later.
            tables = ", ".join(model._meta.db_table for model in (Client, Contact, CheckInPlan, PlanStep, Enrolment))
            cursor.execute(f"VACUUM ANALYZE {tables}")


def empty_outbox() -> None:
    """Nothing is planned, and nobody has looked whether anything is to be."""
    with connection.cursor() as cursor:
        cursor.execute(f"TRUNCATE {Message._meta.db_table} CASCADE")
    Tally.objects.all().delete()


def _copy(row: Model, numbers: range, changed: Mapping[str, str]) -> None:
    """Copies of a row, one for each number, with these columns as SQL makes them of `number`."""
    table = row._meta.db_table
    names = [str(field.column) for field in row._meta.concrete_fields]
    columns = {name: f"original.{name}" for name in names} | {"id": f"{row.pk} + number"} | dict(changed)
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {table} ({', '.join(columns)}) SELECT {', '.join(columns.values())}"  # noqa: S608
            f" FROM {table} original, generate_series(%s, %s) number WHERE original.id = %s ORDER BY number",
            [numbers.start, numbers.stop - 1, row.pk],
        )


def _one_of(values: Sequence[Any], *, every: int = 1) -> str:
    """One of the values after the other, `every` numbers another one."""
    listed = ", ".join(f"'{value}'" if isinstance(value, str) else str(value) for value in values)
    return f"(ARRAY[{listed}])[1 + number / {every} %% {len(values)}]"
