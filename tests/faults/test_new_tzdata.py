"""Row T1: thousands of meetings follow from one real tzdata release into another, with two workers at it at once."""

import datetime as dt
import random
from collections import Counter, defaultdict
from concurrent.futures import ThreadPoolExecutor
from zoneinfo import ZoneInfo

import pytest
from django.db import connections
from django.db.models import F

from clients.models import AccountManager, Contact
from scheduling.meetings.models import Attendance, Meeting, MeetingChange
from scheduling.meetings.services import Followed, follow_tzdata
from scheduling.meetings.walltime import tzdata_version
from scheduling.outreach.models import Message
from scheduling.outreach.services import plan
from tests.clocks import zones_of
from tests.clocks.rows import Plan, make_meetings_then, zone_then
from tests.faults.conftest import FULL, counted
from tests.people import make_account_manager, make_client

pytestmark = pytest.mark.django_db(transaction=True)

NOW = dt.datetime(2023, 1, 10, tzinfo=dt.UTC)
MEETINGS = 10_000 if FULL else 300
MANAGERS = MEETINGS // 25
MINUTE = dt.timedelta(minutes=1)
# Zones that both releases agree on, among which nobody is to notice anything.
STEADY = ("Europe/London", "America/New_York", "Asia/Kathmandu")
NOON = dt.time(12)


def plans(zones: list[str], managers: list[AccountManager], dice: random.Random) -> list[Plan]:
    """Meetings of all zones in turn over five years; a manager's are an hour apart or more by the old clocks."""
    client = make_client()
    contacts = Contact.objects.bulk_create(
        Contact(client=client, full_name=f"Contact {n}", email=f"c{n}@client.example", time_zone=zones[n % len(zones)])
        for n in range(MEETINGS)
    )
    free_from = [dt.datetime.combine(NOW.date() + dt.timedelta(days=2 + n), NOON, dt.UTC) for n in range(MANAGERS)]
    found = []
    for number, contact in enumerate(contacts):
        manager = number % MANAGERS
        start_at = free_from[manager]
        # Three in a row, back to back, and then some weeks of rest.
        rest = dt.timedelta(weeks=dice.randint(12, 30)) if number // MANAGERS % 3 == 2 else dt.timedelta()
        free_from[manager] = start_at + dt.timedelta(hours=1) + rest
        wall = start_at.astimezone(zone_then("2022g", contact.time_zone))
        found.append(Plan(managers[manager], [contact], wall.replace(tzinfo=None)))
    return found


def follow() -> Followed:
    try:
        return follow_tzdata(now=NOW)
    finally:
        connections.close_all()


def expected_start_at(meeting: Meeting) -> dt.datetime:
    """The instant at which the zone's clock shows the wall time, found by trying every offset there is.

    In a fold there are two. In a gap there is none: then the wall time by the offset of the day before.
    """
    wall, zone = dt.datetime.combine(meeting.start_date, meeting.start_wall), ZoneInfo(meeting.time_zone)
    tried = (wall.replace(tzinfo=dt.UTC) - minutes * MINUTE for minutes in range(14 * 60, -12 * 60 - 1, -15))
    if passes := [at for at in tried if at.astimezone(zone).replace(tzinfo=None) == wall]:
        return passes[-1 if meeting.fold else 0]
    day_before = (wall - dt.timedelta(days=1)).replace(tzinfo=dt.UTC).astimezone(zone).utcoffset()
    return wall.replace(tzinfo=dt.UTC) - (day_before or dt.timedelta())


def overlapping(rows: list[Attendance]) -> list[tuple[Attendance, Attendance]]:
    """The pairs of attendances of one person whose times overlap."""
    by_person: dict[object, list[Attendance]] = defaultdict(list)
    for row in rows:
        by_person[row.contact_id, row.account_manager_id].append(row)
    return [
        (one, other)
        for theirs in by_person.values()
        for number, one in enumerate(theirs)
        for other in theirs[number + 1 :]
        if one.during.lower < other.during.upper and other.during.lower < one.during.upper
    ]


def test_thousands_of_meetings_keep_their_wall_times_and_everybody_is_told_once() -> None:
    dice = random.Random("T1")
    zones = [*zones_of("2022g"), *STEADY]
    managers = [make_account_manager(time_zone=dice.choice(zones)) for _ in range(MANAGERS)]
    before = make_meetings_then("2022g", plans(zones, managers, dice), booked_at=NOW - dt.timedelta(days=30))
    assert not overlapping(list(Attendance.objects.all()))
    then = {row.pk: (row.utc_offset_minutes or 0) * MINUTE for row in Attendance.objects.all()}

    with counted("T1") as figures:
        with ThreadPoolExecutor(2) as pool:
            done = [one.result() for one in [pool.submit(follow) for _ in range(2)]]
        assert sum(one.meetings for one in done) == MEETINGS
        assert follow_tzdata(now=NOW) == Followed(0, 0)

        after = {meeting.pk: meeting for meeting in Meeting.objects.all()}
        rows = list(Attendance.objects.select_related("contact", "account_manager", "meeting"))
        told = set()
        for old in before:
            new = after[old.pk]
            assert new.start_at == expected_start_at(old), (old.time_zone, old.start_date, old.start_wall)
            assert (new.start_date, new.start_wall, new.fold, new.time_zone) == (
                old.start_date,
                old.start_wall,
                old.fold,
                old.time_zone,
            )
            assert (new.end_at - new.start_at, new.tzdata_version) == (dt.timedelta(hours=1), tzdata_version())
        starts = {old.pk: old.start_at for old in before}
        for row in rows:
            assert (row.during.lower, row.during.upper) == (row.meeting.start_at, row.meeting.end_at)
            wall_before = starts[row.meeting_id].replace(tzinfo=None) + then[row.pk]
            wall_after = row.meeting.start_at.astimezone(row.person.zone).replace(tzinfo=None)
            if wall_before != wall_after or starts[row.meeting_id] != row.meeting.start_at:
                told.add(row.meeting_id)
        changes = MeetingChange.objects.filter(kind=MeetingChange.Kind.CLOCKS)
        assert Counter(changes.values_list("meeting", flat=True)) == dict.fromkeys(told, 1)

        # Every overlap is flagged on one side at least, and nothing else is.
        double = {row.pk for row in rows if "busy" in row.blockers}
        pairs = overlapping(rows)
        assert all({one.pk, other.pk} & double for one, other in pairs)
        assert double <= {row.pk for pair in pairs for row in pair}
        assert {row.meeting_id for row in rows if row.pk in double} <= told

        plan(now=NOW)
        messages = Message.objects.filter(kind=Message.Kind.UPDATE)
        assert messages.count() == 2 * len(told)
        assert not messages.exclude(sequence=F("meeting__sequence")).exists()
        figures.update(
            {"meetings": MEETINGS, "changed": len(told), "collisions": len(double), "zones": len(zones_of("2022g"))}
        )
    assert len(told) > MEETINGS // 10
    assert double
