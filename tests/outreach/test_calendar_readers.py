"""Our calendar files, as two calendar programs read them that are independent of each other and of us."""

import datetime as dt
import itertools
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from clients.models import AccountManager, Contact
from scheduling.meetings import services
from scheduling.meetings.icalendar_files import Method, invitation, series_invitation
from scheduling.meetings.models import Meeting, Series
from tests.meetings.weekly import book_weekly
from tests.outreach.other_calendars import Reading, by_ical, by_vobject, shelf
from tests.outreach.rows import make_meeting
from tests.people import make_account_manager, make_client, make_contact, make_team

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.parametrize("read", [by_vobject, by_ical], ids=["vobject", "ical"]),
]

NOW = dt.datetime(2026, 9, 4, 8, tzinfo=dt.UTC)
HOUR = dt.timedelta(hours=1)
TUESDAY_TEN, WEDNESDAY_ELEVEN = (1, dt.time(10)), (2, dt.time(11))


@pytest.fixture
def manager() -> AccountManager:
    return make_account_manager(make_team())


@pytest.fixture
def contact(manager: AccountManager) -> Contact:
    client = make_client(manager.teams.get())
    return make_contact(client, full_name="Zoë; “Example”, 例", time_zone="America/New_York")


def file(meeting: Meeting, method: Method = Method.REQUEST) -> bytes:
    return invitation(Meeting.objects.get(pk=meeting.pk), method=method, now=NOW)


@pytest.mark.parametrize(
    ("time_zone", "start_at"),
    [
        # Just before and after a clock change, the second of two passes among them.
        ("Europe/Bucharest", "2026-03-29T00:30Z"),
        ("Europe/Bucharest", "2026-03-29T01:00Z"),
        ("Europe/Bucharest", "2026-10-25T00:15Z"),
        ("Europe/Bucharest", "2026-10-25T01:15Z"),
        ("America/New_York", "2026-11-01T06:30Z"),
        ("Africa/Casablanca", "2026-03-22T09:00Z"),
        ("Australia/Lord_Howe", "2026-10-03T15:30Z"),
        # Quarters of an hour, no summer time, and the far side of the date line.
        ("Asia/Kathmandu", "2026-06-10T09:00Z"),
        ("Asia/Kolkata", "2026-12-31T19:00Z"),
        ("Pacific/Kiritimati", "2026-12-31T10:00Z"),
    ],
)
def test_a_meeting_is_at_the_same_instant_and_on_the_same_wall(
    manager: AccountManager, contact: Contact, read: Reading, time_zone: str, start_at: str
) -> None:
    at, zone = dt.datetime.fromisoformat(start_at), ZoneInfo(time_zone)
    meeting = make_meeting(manager, [contact], start_at=at, booked_at=NOW, time_zone=time_zone, title="a;b,c\\d")
    method, (entry,) = read(file(meeting))
    assert (method, entry.uid, entry.status) == ("REQUEST", meeting.uid, "CONFIRMED")
    assert (entry.start.astimezone(dt.UTC), entry.end.astimezone(dt.UTC)) == (at, at + 45 * HOUR / 60)
    wall, end_wall = at.astimezone(zone), (at + 45 * HOUR / 60).astimezone(zone)
    # Where a wall occurs twice, the second pass can only be written as the instant that it is.
    expected = at if wall.fold or end_wall.fold else wall
    assert entry.start.replace(tzinfo=None) == expected.replace(tzinfo=None)


def test_updates_replace_and_a_cancellation_cancels_in_whatever_order_they_arrive(
    manager: AccountManager, contact: Contact, read: Reading
) -> None:
    start_at = dt.datetime(2026, 10, 6, 14, tzinfo=dt.UTC)
    meeting = make_meeting(manager, [contact], start_at=start_at, booked_at=NOW)
    files = [file(meeting)]
    move: dict[str, Any] = {"actor": manager, "meeting": meeting, "duration_minutes": 45, "reason": "", "now": NOW}
    services.move(**move, start_at=start_at + HOUR, sequence=0)
    files.append(file(meeting))
    services.move(**move, start_at=start_at + 26 * HOUR, sequence=1)
    files.append(file(meeting))
    for order in itertools.permutations(files):
        assert shelf(order, read) == [start_at + 26 * HOUR]
    services.cancel(actor=manager, meeting=meeting, reason="", sequence=2, now=NOW)
    files.append(file(meeting, Method.CANCEL))
    for order in itertools.permutations(files):
        assert shelf(order, read) == []


def series_file(series: Series, method: Method = Method.REQUEST) -> bytes:
    meetings = list(Meeting.objects.filter(series=series).select_related("series", "organizer"))
    return series_invitation(Series.objects.get(pk=series.pk), meetings, method=method, now=NOW)


def kept(series: Series) -> list[dt.datetime]:
    return sorted(series.meetings.filter(status="confirmed").values_list("start_at", flat=True))


def test_a_series_with_exceptions_takes_place_when_it_does(
    manager: AccountManager, contact: Contact, read: Reading
) -> None:
    # Over both clock changes of the autumn; the third week is moved and the fifth has none.
    walls = [TUESDAY_TEN, TUESDAY_TEN, WEDNESDAY_ELEVEN, TUESDAY_TEN, None, *[TUESDAY_TEN] * 5]
    monday = dt.date(2026, 9, 28)
    series = book_weekly(manager, contact, start_date=monday, walls=walls, times=[TUESDAY_TEN], now=NOW)
    files = [series_file(series)]
    assert shelf(files, read) == kept(series)
    assert {at.astimezone(ZoneInfo("America/New_York")).hour for at in kept(series)} == {10, 11}

    first, second, *_rest = series.meetings.order_by("start_at")
    move: dict[str, Any] = {"duration_minutes": 45, "reason": "", "sequence": 0, "now": NOW}
    services.move(actor=manager, meeting=second, start_at=second.start_at + HOUR, **move)
    files.append(file(second))
    assert shelf(files, read) == kept(series)
    services.cancel(actor=manager, meeting=first, reason="", sequence=0, now=NOW)
    files.append(file(first, Method.CANCEL))
    for order in itertools.permutations(files):
        assert shelf(order, read) == kept(series)
    # Whoever gets the whole anew finds the same.
    assert shelf([series_file(series)], read) == kept(series)
    assert len(kept(series)) == 8
