"""When people are busy, as it is read for the engine."""

import datetime as dt

import numpy as np
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from numpy.typing import NDArray

from clients.models import AccountManager, Contact
from scheduling.meetings.models import Meeting
from scheduling.meetings.selectors import busy_seconds
from scheduling.meetings.services import book, cancel
from tests.people import make_account_manager, make_contact

pytestmark = pytest.mark.django_db

NOON = dt.datetime(2026, 6, 1, 12, tzinfo=dt.UTC)  # a Monday
HOUR = dt.timedelta(hours=1)
ALL_DAY = {day: [["00:00", "00:00"]] for day in ("mon", "tue", "wed", "thu", "fri", "sat", "sun")}


@pytest.fixture
def manager() -> AccountManager:
    return make_account_manager(working_hours=ALL_DAY, reachable_hours=ALL_DAY, buffer_minutes=10)


@pytest.fixture
def contact() -> Contact:
    return make_contact(working_hours=ALL_DAY, reachable_hours=ALL_DAY, buffer_minutes=0)


def booked(manager: AccountManager, contact: Contact, start_at: dt.datetime) -> Meeting:
    now = NOON - 24 * HOUR
    return book(
        actor=manager,
        contacts=[contact],
        colleagues=[manager],
        title="Review",
        start_at=start_at,
        duration_minutes=60,
        now=now,
    )


def hours(times: NDArray[np.float64]) -> list[list[float]]:
    """The times in hours since noon."""
    return [[round((edge - NOON.timestamp()) / 3600, 3) for edge in time] for time in times.tolist()]


def test_everybody_has_their_own_times_with_their_own_buffer(manager: AccountManager, contact: Contact) -> None:
    for start_at in (NOON, NOON + 3 * HOUR):
        booked(manager, contact, start_at)
    idle = make_account_manager()
    busy = busy_seconds([contact, manager, idle], NOON, NOON + 24 * HOUR)
    assert sorted(hours(busy[f"contact-{contact.pk}"])) == [[0, 1], [3, 4]]
    assert sorted(hours(busy[f"staff-{manager.pk}"])) == [[0, 1.167], [3, 4.167]]
    assert hours(busy[f"staff-{idle.pk}"]) == []


def test_times_count_that_reach_into_the_range_and_not_those_that_touch_it(
    manager: AccountManager, contact: Contact
) -> None:
    booked(manager, contact, NOON)
    key, half = f"contact-{contact.pk}", HOUR / 2
    assert len(busy_seconds([contact], NOON + half, NOON + 9 * HOUR)[key]) == 1
    assert len(busy_seconds([contact], NOON - 9 * HOUR, NOON + half)[key]) == 1
    assert len(busy_seconds([contact], NOON + HOUR, NOON + 9 * HOUR)[key]) == 0
    assert len(busy_seconds([contact], NOON - 9 * HOUR, NOON)[key]) == 0
    # Who takes ten minutes after each meeting is also kept from one that ends less than that before the next.
    assert len(busy_seconds([manager], NOON - 9 * HOUR, NOON)[f"staff-{manager.pk}"]) == 1


def test_cancelled_meetings_and_the_one_left_out_are_free(manager: AccountManager, contact: Contact) -> None:
    moved, dropped = booked(manager, contact, NOON), booked(manager, contact, NOON + 3 * HOUR)
    cancel(actor=manager, meeting=dropped, reason="", sequence=dropped.sequence, now=NOON - HOUR)
    assert len(busy_seconds([contact], NOON, NOON + 9 * HOUR)[f"contact-{contact.pk}"]) == 1
    assert len(busy_seconds([contact], NOON, NOON + 9 * HOUR, moved)[f"contact-{contact.pk}"]) == 0
    assert busy_seconds([], NOON, NOON + HOUR) == {}


def test_the_index_alone_answers(manager: AccountManager, contact: Contact) -> None:
    booked(manager, contact, NOON)
    with CaptureQueriesContext(connection) as queries:
        busy_seconds([contact, manager], NOON, NOON + HOUR)
    with connection.cursor() as cursor:
        # For so few rows any other way is as fast: none is left here, to see whether the index has all that is asked.
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET LOCAL enable_seqscan = off")
        for column in ("contact_id", "account_manager_id"):
            cursor.execute(
                "SELECT indexname FROM pg_indexes WHERE tablename = 'meetings_attendance'"
                " AND (indexdef LIKE %s OR indexname = %s)",
                [f"%USING btree ({column})", f"attendance_once_per_{column.removesuffix('_id')}"],
            )
            for (name,) in cursor.fetchall():
                cursor.execute(f"DROP INDEX {name}")
        cursor.execute(f"EXPLAIN {queries[0]['sql']}")
        plan = "\n".join(line for (line,) in cursor.fetchall())
    for index in ("busy_times_of_contacts", "busy_times_of_account_managers"):
        assert f"Index Only Scan using {index}" in plan, plan
