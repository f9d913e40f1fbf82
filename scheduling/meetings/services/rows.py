"""What booking and moving write: a meeting's time, its attendances, and what the engine says of them."""

import datetime as dt
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from clients.models import Contact, Person
from holidays_app.calendars import UnsupportedYear
from scheduling.engine import InvalidInput, MeetingRequest, NearMiss, Participant, ParticipantSlot, Policy, Slot, assess
from scheduling.meetings.errors import InvalidBooking
from scheduling.meetings.models import Attendance, Meeting
from scheduling.meetings.walltime import tzdata_version, utc_offset_minutes, wall_time_of

LONGEST_MINUTES = 480
FURTHEST = dt.timedelta(days=731)


def check_time(start_at: dt.datetime, duration_minutes: int, now: dt.datetime) -> None:
    """Raises: InvalidBooking where no meeting can be booked for that time, whoever attends."""
    if duration_minutes <= 0 or duration_minutes % 15 or duration_minutes > LONGEST_MINUTES:
        message = ngettext(
            "Choose a duration of 15, 30, 45 … up to %(most)d minute.",
            "Choose a duration of 15, 30, 45 … up to %(most)d minutes.",
            LONGEST_MINUTES,
        )
        raise InvalidBooking("duration_minutes", message % {"most": LONGEST_MINUTES})
    if start_at.timestamp() % (15 * 60):
        raise InvalidBooking("start_at", _("Choose a start on a quarter of an hour."))
    if start_at <= now:
        raise InvalidBooking("start_at", _("This time is over. Choose one that is still to come."))
    if start_at > now + FURTHEST:
        raise InvalidBooking("start_at", _("Choose a time within the next two years."))


@contextmanager
def as_far_as_holidays_are_known() -> Iterator[None]:
    """Raises: InvalidBooking where what runs in it asks for holidays beyond the years that are known."""
    try:
        yield
    except UnsupportedYear as error:
        words = {"country": error.country, "year": error.known[-1]}
        message = _("The holidays of %(country)s are known until %(year)s only.") % words
        raise InvalidBooking("start_at", message) from error


def slot_at(
    participants: Sequence[Participant], start_at: dt.datetime, duration_minutes: int, policy: Policy
) -> Slot | NearMiss:
    """What that time costs all who can come, by the engine that proposed it, or who can't though they must.

    Raises: InvalidBooking.
    """
    end_at = start_at + dt.timedelta(minutes=duration_minutes)
    request = MeetingRequest(
        duration_minutes=duration_minutes, start_at=start_at, end_at=end_at, step_minutes=15, policy=policy, count=1
    )
    try:
        return assess(request, participants).slot_at(start_at)
    except InvalidInput as error:
        raise InvalidBooking(error.field, error.message) from error


def set_time(meeting: Meeting, time_zone: str, start_at: dt.datetime, duration_minutes: int) -> None:
    """Gives the meeting, not saved yet, its wall time in the zone and what follows from it."""
    wall = wall_time_of(start_at, time_zone)
    meeting.start_date = wall.start_date
    meeting.start_wall = wall.start_wall
    meeting.fold = wall.fold
    meeting.time_zone = time_zone
    meeting.duration_minutes = duration_minutes
    meeting.start_at = wall.instant
    meeting.end_at = wall.instant + dt.timedelta(minutes=duration_minutes)
    meeting.utc_offset_minutes = wall.utc_offset_minutes
    meeting.tzdata_version = tzdata_version()


def new_attendance(meeting: Meeting, person: Person, share: ParticipantSlot) -> Attendance:
    """The person's attendance of the meeting, not saved yet."""
    columns: dict[str, object] = (
        {"contact": person, "role": "client"}
        if isinstance(person, Contact)
        else {"account_manager": person, "role": "staff"}
    )
    return attend(Attendance(meeting=meeting, status=meeting.status, is_optional=share.optional, **columns), share)


def attend(row: Attendance, share: ParticipantSlot) -> Attendance:
    """The attendance, not saved yet, with what the meeting's time costs and blocks."""
    weigh(row, share)
    row.during = (row.meeting.start_at, row.meeting.end_at + dt.timedelta(minutes=row.person.buffer_minutes))
    row.time_zone = row.person.time_zone
    row.utc_offset_minutes = utc_offset_minutes(row.person.zone, row.meeting.start_at)
    row.blockers = []
    return row


def by(person: Person) -> dict[str, Person]:
    """The column in which a row says that this person did it: one of ours, or a contact on a page of theirs."""
    return {"contact": person} if isinstance(person, Contact) else {"actor": person}


def weigh(row: Attendance, share: ParticipantSlot) -> None:
    """Writes into the attendance what its time costs; whoever need not come carries nothing."""
    row.cost = Decimal(0) if row.is_optional else Decimal(str(share.cost))
    row.band = share.band
