"""The calendar file of a series, read back by another library and compared with the meetings' instants."""

import datetime as dt
from typing import Any
from zoneinfo import ZoneInfo

import icalendar
import pytest

from clients.models import AccountManager, Contact
from scheduling.meetings import services
from scheduling.meetings.icalendar_files import Method, invitation, series_invitation
from scheduling.meetings.models import Meeting, Series
from tests.meetings.weekly import book_weekly
from tests.people import make_account_manager, make_client, make_contact, make_team

pytestmark = pytest.mark.django_db

NOW = dt.datetime(2026, 9, 4, 8, tzinfo=dt.UTC)
# Clocks go back on 25 October in London and on 1 November in New York.
MONDAY = dt.date(2026, 9, 28)
TUESDAY_TEN = (1, dt.time(10))
WEDNESDAY_ELEVEN = (2, dt.time(11))
ZONE = ZoneInfo("America/New_York")
WEEK = dt.timedelta(weeks=1)


@pytest.fixture
def manager() -> AccountManager:
    return make_account_manager(make_team())


@pytest.fixture
def contact(manager: AccountManager) -> Contact:
    return make_contact(make_client(manager.teams.get()), time_zone="America/New_York")


@pytest.fixture
def series(manager: AccountManager, contact: Contact) -> Series:
    """Ten Tuesdays at ten, of which the third week is moved and the fifth has none."""
    walls: list[Any] = [TUESDAY_TEN] * 10
    walls[2], walls[4] = WEDNESDAY_ELEVEN, None
    return book_weekly(manager, contact, start_date=MONDAY, walls=walls, times=[TUESDAY_TEN], now=NOW)


@pytest.fixture
def rotating(manager: AccountManager, contact: Contact) -> Series:
    walls = [TUESDAY_TEN, WEDNESDAY_ELEVEN] * 4
    times = [TUESDAY_TEN, WEDNESDAY_ELEVEN]
    return book_weekly(manager, contact, start_date=MONDAY, walls=walls, times=times, now=NOW)


def events(series: Series, method: Method = Method.REQUEST) -> tuple[icalendar.Calendar, list[Any]]:
    meetings = list(series.meetings.select_related("series", "organizer"))
    calendar = icalendar.Calendar.from_ical(series_invitation(series, meetings, method=method, now=NOW))
    return calendar, calendar.walk("VEVENT")


def occurrences(found: list[Any]) -> list[dt.datetime]:
    """The instants that the events stand for: the rule's, without those excluded, and the exceptions instead."""
    master = found[0]
    rule = master["RRULE"]
    assert set(rule) == {"FREQ", "UNTIL"}
    assert rule["FREQ"] == ["WEEKLY"]
    # The rule is one of wall times: its instants are found by the zone, not by adding weeks of hours.
    instants: dict[dt.datetime, dt.datetime] = {}
    wall = master["DTSTART"].dt.replace(tzinfo=None)
    while wall.replace(tzinfo=ZONE) <= rule["UNTIL"][0]:
        instants[wall] = wall.replace(tzinfo=ZONE)
        wall += WEEK
    excluded = master.get("EXDATE")
    for date in excluded.dts if excluded else []:
        del instants[date.dt.replace(tzinfo=None)]
    for event in found[1:]:
        instants[event["RECURRENCE-ID"].dt.replace(tzinfo=None)] = event["DTSTART"].dt
    return sorted(at.astimezone(dt.UTC) for at in instants.values())


def kept(series: Series) -> list[dt.datetime]:
    return list(series.meetings.filter(status="confirmed").values_list("start_at", flat=True))


def test_one_weekly_time_is_one_recurring_event_with_its_exceptions(series: Series) -> None:
    calendar, found = events(series)
    assert calendar["METHOD"] == "REQUEST"
    assert {str(event["UID"]) for event in found} == {series.uid}
    assert len(found) == 2
    assert occurrences(found) == kept(series)
    # Ten in the morning on both sides of the change.
    assert {at.astimezone(ZONE).hour for at in kept(series)} == {10, 11}
    assert {at.hour for at in kept(series)} == {14, 15}


def test_every_occurrence_has_the_same_length_and_the_same_people(series: Series, contact: Contact) -> None:
    _, (master, moved) = events(series)
    assert master["DURATION"].dt == moved["DTEND"].dt - moved["DTSTART"].dt == dt.timedelta(minutes=45)
    for event in (master, moved):
        assert f"mailto:{contact.email}" in {str(address) for address in event["ATTENDEE"]}


def test_a_moved_and_a_cancelled_occurrence_become_exceptions(series: Series, manager: AccountManager) -> None:
    first, second = series.meetings.all()[:2]
    services.cancel(actor=manager, meeting=first, reason="", sequence=0, now=NOW)
    services.move(
        actor=manager,
        meeting=second,
        start_at=second.start_at + dt.timedelta(hours=1),
        duration_minutes=45,
        reason="",
        sequence=0,
        now=NOW,
    )
    _, found = events(series)
    assert occurrences(found) == kept(series)
    assert len(kept(series)) == 8


def test_an_occurrence_edited_alone_says_its_own_words(series: Series, manager: AccountManager) -> None:
    last = series.meetings.order_by("-start_at")[0]
    services.edit(
        actor=manager,
        meeting=last,
        title="The last one",
        agenda="",
        channel="phone",
        location="",
        sequence=0,
        now=NOW,
    )
    _, found = events(series)
    assert [str(event["SUMMARY"]) for event in found] == ["Weekly sync", "Weekly sync", "The last one"]
    assert occurrences(found) == kept(series)


def test_a_single_occurrence_names_the_one_of_the_series_that_it_is(series: Series, manager: AccountManager) -> None:
    meeting = series.meetings.all()[3]
    moved = services.move(
        actor=manager,
        meeting=meeting,
        start_at=meeting.start_at + dt.timedelta(hours=1),
        duration_minutes=45,
        reason="",
        sequence=0,
        now=NOW,
    )
    file = invitation(Meeting.objects.get(pk=moved.pk), method=Method.REQUEST, now=NOW)
    found: list[Any] = icalendar.Calendar.from_ical(file).walk("VEVENT")
    (event,) = found
    assert (str(event["UID"]), event["SEQUENCE"]) == (series.uid, 1)
    assert event["RECURRENCE-ID"].dt.astimezone(dt.UTC) == meeting.start_at
    assert event["DTSTART"].dt.astimezone(dt.UTC) == meeting.start_at + dt.timedelta(hours=1)


def test_rotating_times_are_events_of_their_own_that_are_published(rotating: Series) -> None:
    calendar, found = events(rotating)
    assert calendar["METHOD"] == "PUBLISH"
    assert [event["DTSTART"].dt.astimezone(dt.UTC) for event in found] == kept(rotating)
    assert {str(event["UID"]) for event in found} == set(rotating.meetings.values_list("uid", flat=True))
    assert not any("RRULE" in event or "RECURRENCE-ID" in event or "ATTENDEE" in event for event in found)


def test_a_cancellation_names_the_cancelled_occurrences_alone(series: Series, manager: AccountManager) -> None:
    for meeting in series.meetings.all()[7:]:
        services.cancel(actor=manager, meeting=meeting, reason="", sequence=0, now=NOW)
    calendar, found = events(series, Method.CANCEL)
    assert calendar["METHOD"] == "CANCEL"
    assert [event["DTSTART"].dt.astimezone(dt.UTC) for event in found] == list(
        series.meetings.filter(status="cancelled").values_list("start_at", flat=True)
    )
    assert {str(event["STATUS"]) for event in found} == {"CANCELLED"}
    assert len({event["RECURRENCE-ID"].dt for event in found}) == len(found) == 2
