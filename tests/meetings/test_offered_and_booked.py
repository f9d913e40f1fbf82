"""Row T3: around every kind of clock change, what is offered can be booked, and what is stored is what was offered."""

import datetime as dt

import pytest

from scheduling.engine import MeetingRequest, propose
from scheduling.meetings.models import Meeting
from scheduling.meetings.selectors import attendees
from scheduling.meetings.services import book
from scheduling.meetings.walltime import WallTime
from tests.people import make_account_manager, make_contact

pytestmark = pytest.mark.django_db

HOUR = dt.timedelta(hours=1)
ROUND_THE_CLOCK = {day: [["00:00", "00:00"]] for day in ("mon", "tue", "wed", "thu", "fri", "sat", "sun")}


@pytest.mark.parametrize(
    ("time_zone", "change"),
    [
        ("America/New_York", "2026-03-08T07:00Z"),  # a gap of an hour
        ("America/New_York", "2026-11-01T06:00Z"),  # a fold of an hour
        ("Australia/Lord_Howe", "2026-04-04T15:00Z"),  # a fold of half an hour
        ("Australia/Lord_Howe", "2026-10-03T15:30Z"),  # a gap of half an hour
        ("Africa/Cairo", "2026-04-23T22:00Z"),  # a gap at midnight
        ("Africa/Cairo", "2026-10-29T21:00Z"),  # a fold that ends at midnight, so that a date's last hour comes twice
        ("America/Nuuk", "2026-03-29T01:00Z"),  # a gap late on the evening before
        ("Africa/Casablanca", "2026-03-22T02:00Z"),  # summer time with a pause for Ramadan, which ends here
        ("Antarctica/Troll", "2026-10-25T01:00Z"),  # a fold of two hours
    ],
)
def test_what_is_offered_around_a_clock_change_is_booked_as_it_was_offered(time_zone: str, change: str) -> None:
    change_at = dt.datetime.fromisoformat(change)
    manager = make_account_manager(working_hours=ROUND_THE_CLOCK, reachable_hours=ROUND_THE_CLOCK, buffer_minutes=0)
    contact = make_contact(
        time_zone=time_zone, working_hours=ROUND_THE_CLOCK, reachable_hours=ROUND_THE_CLOCK, buffer_minutes=0
    )
    now = change_at - 30 * 24 * HOUR
    # Four hours before to four hours after, every half an hour: what repeats or is left out lies between.
    request = MeetingRequest(
        duration_minutes=30, start_at=change_at - 4 * HOUR, end_at=change_at + 4 * HOUR, step_minutes=30, count=16
    )
    people = attendees(
        contacts=[contact], colleagues=[manager], start_at=request.start_at, end_at=request.end_at, now=now
    )
    offered = [slot.start_at for slot in propose(request, [one.participant for one in people]).slots]
    assert sorted(offered) == [request.start_at + half_hours * HOUR / 2 for half_hours in range(16)]
    for start_at in offered:
        book(
            actor=manager,
            contacts=[contact],
            colleagues=[manager],
            title="Review",
            start_at=start_at,
            duration_minutes=30,
            now=now,
        )
    stored = list(Meeting.objects.order_by("start_at"))
    assert [meeting.start_at for meeting in stored] == sorted(offered)
    for meeting in stored:
        wall = WallTime(meeting.start_date, meeting.start_wall, meeting.fold, meeting.time_zone)
        assert wall.instant == meeting.start_at
        shown = meeting.start_at.astimezone(contact.zone)
        assert (shown.date(), shown.time(), shown.fold) == (meeting.start_date, meeting.start_wall, meeting.fold)
    assert len({meeting.utc_offset_minutes for meeting in stored}) == 2
    walls = {(meeting.start_date, meeting.start_wall, meeting.fold) for meeting in stored}
    assert len(walls) == len(stored)
