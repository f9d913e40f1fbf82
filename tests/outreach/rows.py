"""Meetings as rows, without the engine's opinion of their time, for tests of what is said about them."""

import datetime as dt
import uuid
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from clients.models import AccountManager, Contact
from scheduling.meetings.models import Attendance, Meeting, MeetingChange
from scheduling.meetings.models.meeting import Status
from scheduling.meetings.walltime import tzdata_version, wall_time_of

MINUTE = dt.timedelta(minutes=1)


def make_meeting(
    organizer: AccountManager,
    contacts: Sequence[Contact],
    *,
    start_at: dt.datetime,
    booked_at: dt.datetime,
    time_zone: str | None = None,
    duration_minutes: int = 45,
    **values: Any,
) -> Meeting:
    """A confirmed meeting with its attendances and the change that booked it."""
    end_at = start_at + duration_minutes * MINUTE
    wall = wall_time_of(start_at, time_zone or contacts[0].time_zone)
    meeting = Meeting.objects.create(
        **{
            "client": contacts[0].client,
            "organizer": organizer,
            "title": "Quarterly review",
            "uid": str(uuid.uuid4()),
            "start_date": wall.start_date,
            "start_wall": wall.start_wall,
            "fold": wall.fold,
            "time_zone": wall.time_zone,
            "utc_offset_minutes": wall.utc_offset_minutes,
            "tzdata_version": tzdata_version(),
            "duration_minutes": duration_minutes,
            "start_at": start_at,
            "end_at": end_at,
            "created_at": booked_at,
            **values,
        }
    )
    people: list[dict[str, Any]] = [{"contact": contact, "role": "client"} for contact in contacts]
    people.append({"account_manager": organizer, "role": "staff"})
    Attendance.objects.bulk_create(
        Attendance(meeting=meeting, cost=Decimal(0), band="ideal", during=(start_at, end_at), **person)
        for person in people
    )
    MeetingChange.objects.create(meeting=meeting, kind="booked", sequence=0, at=booked_at, actor=organizer)
    return meeting


def change_meeting(
    meeting: Meeting,
    kind: MeetingChange.Kind,
    *,
    at: dt.datetime,
    start_at: dt.datetime | None = None,
    reason: str = "",
) -> MeetingChange:
    """The meeting moved, edited or cancelled, with the change in its history."""
    previous_start_at = meeting.start_at if kind == MeetingChange.Kind.MOVED else None
    meeting.sequence += 1
    if start_at is not None:
        meeting.start_at, meeting.end_at = start_at, start_at + meeting.duration_minutes * MINUTE
    if kind == MeetingChange.Kind.CANCELLED:
        meeting.status = Status.CANCELLED
    meeting.save()
    meeting.attendances.update(status=meeting.status, during=(meeting.start_at, meeting.end_at))
    return MeetingChange.objects.create(
        meeting=meeting,
        kind=kind,
        sequence=meeting.sequence,
        at=at,
        actor=meeting.organizer,
        reason=reason,
        previous_start_at=previous_start_at,
    )
