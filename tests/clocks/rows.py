"""Meetings as they were booked under an earlier release of tzdata."""

import datetime as dt
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from zoneinfo import ZoneInfo

from clients.models import AccountManager, Contact, Person
from scheduling.meetings.models import Attendance, Meeting, MeetingChange
from tests.clocks import zones_of

MINUTE = dt.timedelta(minutes=1)


def zone_then(release: str, time_zone: str) -> ZoneInfo:
    """The zone by that release, which for most is the zone as it is."""
    return zones_of(release).get(time_zone) or ZoneInfo(time_zone)


@dataclass(frozen=True)
class Plan:
    """A meeting to be: contacts meet the organizer at a wall time in the first contact's zone, or in another one."""

    organizer: AccountManager
    contacts: Sequence[Contact]
    start_wall: dt.datetime
    time_zone: str = ""
    duration_minutes: int = 60
    buffer_minutes: int = 0


def make_meetings_then(release: str, plans: Iterable[Plan], *, booked_at: dt.datetime) -> list[Meeting]:
    """The plans as confirmed meetings with all that was derived from the release, and the change that booked them."""
    meetings: list[Meeting] = []
    attendances: list[Attendance] = []
    for number, plan in enumerate(plans):
        time_zone = plan.time_zone or plan.contacts[0].time_zone
        start_at = plan.start_wall.replace(tzinfo=zone_then(release, time_zone)).astimezone(dt.UTC)
        end_at = start_at + plan.duration_minutes * MINUTE
        meeting = Meeting(
            client=plan.contacts[0].client,
            organizer=plan.organizer,
            title=f"Review {number}",
            uid=str(uuid.uuid4()),
            start_date=plan.start_wall.date(),
            start_wall=plan.start_wall.time(),
            fold=plan.start_wall.fold,
            time_zone=time_zone,
            duration_minutes=plan.duration_minutes,
            start_at=start_at,
            end_at=end_at,
            utc_offset_minutes=_offset(release, time_zone, start_at),
            tzdata_version=release,
            created_at=booked_at,
        )
        meetings.append(meeting)
        people: list[Person] = [*plan.contacts, plan.organizer]
        for person in people:
            who = {"contact": person} if isinstance(person, Contact) else {"account_manager": person}
            attendances.append(
                Attendance(
                    meeting=meeting,
                    role="client" if isinstance(person, Contact) else "staff",
                    partstat=Attendance.PartStat.ACCEPTED,
                    cost=Decimal(0),
                    band="ideal",
                    during=(start_at, end_at + plan.buffer_minutes * MINUTE),
                    time_zone=person.time_zone,
                    utc_offset_minutes=_offset(release, person.time_zone, start_at),
                    **who,
                )
            )
    Meeting.objects.bulk_create(meetings)
    Attendance.objects.bulk_create(attendances)
    MeetingChange.objects.bulk_create(
        MeetingChange(meeting=meeting, kind="booked", sequence=0, at=booked_at, actor=meeting.organizer)
        for meeting in meetings
    )
    return meetings


def _offset(release: str, time_zone: str, at: dt.datetime) -> int:
    offset = at.astimezone(zone_then(release, time_zone)).utcoffset() or dt.timedelta()
    return offset // MINUTE
