"""What needs the database: busy times, and the propose page from the request to the last byte."""

import datetime as dt
import io
from functools import partial
from urllib.parse import urlencode

from django.core.management import call_command
from django.db import connection
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from clients.models import AccountManager, Contact
from scheduling.engine import Band, Role
from scheduling.meetings.models import Attendance, Meeting
from scheduling.meetings.selectors import busy_seconds
from tests.bench.cases import BUSY_TIMES, START_AT
from tests.bench.measuring import median_seconds, seconds
from tests.people import make_account_manager, make_client, make_contact

DAYS = 28
PEOPLE = 50


def bench_busy_times() -> dict[str, float]:
    """Busy times of 50 people over 28 days: as the engine gets them, as a datetime each, a bare count."""
    contacts = _busy_contacts()
    end_at = START_AT + dt.timedelta(days=DAYS)
    rows = Attendance.objects.filter(contact__in=contacts).order_by()
    with CaptureQueriesContext(connection) as queries:
        busy_seconds(contacts, START_AT, end_at)
    return {
        "busy_times_50x28": median_seconds(partial(busy_seconds, contacts, START_AT, end_at), runs=50),
        "busy_times_50x28_queries": len(queries),
        # There are no other rows; nothing that looks at each of them can be faster.
        "busy_times_50x28_count": median_seconds(partial(_fetch, "SELECT count(*) FROM meetings_attendance"), runs=50),
        "busy_times_50x28_datetimes": median_seconds(lambda: list(rows.values_list("contact_id", "during")), runs=10),
        "busy_times_50x28_models": median_seconds(lambda: list(rows.all()), runs=10),
    }


def _fetch(sql: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        cursor.fetchall()


def _busy_contacts() -> list[Contact]:
    """People who are together in as many meetings as a case has busy times."""
    client, organizer = make_client(), make_account_manager()
    contacts = [make_contact(client) for _ in range(PEOPLE)]
    hour = dt.timedelta(hours=1)
    starts = [START_AT + number * dt.timedelta(days=DAYS) / BUSY_TIMES for number in range(BUSY_TIMES)]
    meetings = Meeting.objects.bulk_create(
        Meeting(
            client=client,
            organizer=organizer,
            title="Review",
            uid=f"{number}@bench.example",
            start_date=start_at.date(),
            start_wall=start_at.time(),
            time_zone="UTC",
            duration_minutes=60,
            start_at=start_at,
            end_at=start_at + hour,
            utc_offset_minutes=0,
            tzdata_version="2026a",
            created_at=START_AT,
        )
        for number, start_at in enumerate(starts)
    )
    Attendance.objects.bulk_create(
        Attendance(
            meeting=meeting,
            contact=contact,
            role=Role.CLIENT,
            cost=0,
            band=Band.IDEAL,
            during=DateTimeTZRange(meeting.start_at, meeting.end_at),
        )
        for contact in contacts
        for meeting in meetings
    )
    with connection.cursor() as cursor:
        # As the server does by itself sooner or later.
        cursor.execute("VACUUM ANALYZE")
    return contacts


def bench_propose_page() -> dict[str, float]:
    """The propose page with six people over two weeks: first in a fresh process, then as a reader finds it."""
    call_command("seed_demo", verbosity=0, stdout=io.StringIO())
    user = AccountManager.objects.get(email="maya@dayband.example")
    contacts = Contact.objects.filter(client__team__in=user.teams.all()).order_by("pk")[:5]
    browser = Browser(SERVER_NAME="localhost")
    browser.force_login(user)
    chosen = [("contacts", contact.pk) for contact in contacts] + [("colleagues", user.pk), ("duration", 45)]
    address = f"{reverse('meetings:propose')}?{urlencode(chosen)}"

    def page() -> None:
        response = browser.get(address)
        assert response.status_code == 200, response.status_code

    with CaptureQueriesContext(connection) as first:
        cold = seconds(page)
    warm = median_seconds(page, runs=15)
    with CaptureQueriesContext(connection) as later:
        page()
    return {
        "propose_page_cold": cold,
        "propose_page_cold_queries": len(first),
        "propose_page_warm": warm,
        "propose_page_warm_queries": len(later),
    }
