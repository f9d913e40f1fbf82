"""Everybody's diary while the demo is made: meetings are found, moved and cancelled in memory and written together.

Booking hundreds of them one by one, each with its questions to the database, would take several times as long.
"""

import datetime as dt
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from clients.audit import audit
from clients.models import AccountManager, Contact, Person
from scheduling.engine import MeetingRequest, Participant, Policy, Slot, propose
from scheduling.meetings.models import Attendance, Meeting, MeetingChange
from scheduling.meetings.models.meeting import Status
from scheduling.meetings.selectors import BURDEN_HALF_LIFE, attendee_key, attendees
from scheduling.meetings.services.rows import attend, new_attendance, set_time


@dataclass(frozen=True)
class Entry:
    """A meeting in the diary and its attendances, not written yet."""

    meeting: Meeting
    rows: list[Attendance]

    @property
    def people(self) -> list[Person]:
        return [row.person for row in self.rows]


class Diary:
    """What the people have to do from `start_at` to `end_at`: what is stored, and what is entered from now on."""

    def __init__(
        self,
        *,
        contacts: Sequence[Contact],
        colleagues: Sequence[AccountManager],
        start_at: dt.datetime,
        end_at: dt.datetime,
        now: dt.datetime,
    ) -> None:
        people = attendees(contacts=contacts, colleagues=colleagues, start_at=start_at, end_at=end_at, now=now)
        self._stored = {one.key: one.participant for one in people}
        self._rows: dict[str, list[Attendance]] = {one.key: [] for one in people}
        self._entries: list[Entry] = []
        self._changes: list[MeetingChange] = []

    def slots(
        self,
        people: Iterable[Person],
        *,
        duration_minutes: int,
        begins_at: dt.datetime,
        until_at: dt.datetime,
        now: dt.datetime,
    ) -> Sequence[Slot]:
        """What the engine proposes to these people at `now`, the fairest first."""
        request = MeetingRequest(
            duration_minutes=duration_minutes,
            start_at=begins_at,
            end_at=until_at,
            step_minutes=30,
            policy=Policy.CLIENT_FIRST,
            count=10,
        )
        return propose(request, [self._participant(person, now) for person in people]).slots

    def _participant(self, person: Person, now: dt.datetime) -> Participant:
        """The person with what is entered: when they are busy, and what it cost them until `now`."""
        stored = self._stored[attendee_key(person)]
        live = [row for row in self._rows[attendee_key(person)] if row.status == Status.CONFIRMED]
        busy = [
            at
            for row in live
            for at in (row.during[0].timestamp() - 60 * person.buffer_minutes, row.during[1].timestamp())
        ]
        carried = sum(
            float(row.cost) * 0.5 ** ((now - row.meeting.start_at) / BURDEN_HALF_LIFE)
            for row in live
            if row.meeting.end_at <= now
        )
        return replace(stored, busy_seconds=(*stored.busy_seconds, *busy), burden=stored.burden + carried)

    def book(self, slot: Slot, people: Sequence[Person], *, now: dt.datetime, **words: Any) -> Entry:
        """The entry of a meeting that the first colleague organizes; `words` are further columns of the meeting."""
        contacts = [person for person in people if isinstance(person, Contact)]
        organizer = next(person for person in people if isinstance(person, AccountManager))
        meeting = Meeting(
            client=contacts[0].client,
            organizer=organizer,
            policy=Policy.CLIENT_FIRST,
            uid=str(uuid.uuid4()),
            created_at=now,
            **words,
        )
        set_time(meeting, contacts[0].time_zone, slot.start_at, _minutes(slot))
        by_key = {attendee_key(person): person for person in people}
        entry = Entry(meeting, [new_attendance(meeting, by_key[share.id], share) for share in slot.participants])
        for row in entry.rows:
            self._rows[attendee_key(row.person)].append(row)
        self._entries.append(entry)
        self._change(entry, MeetingChange.Kind.BOOKED, now)
        return entry

    def move(self, entry: Entry, slot: Slot, *, reason: str, now: dt.datetime) -> None:
        """Puts the meeting at the slot."""
        previous_start_at = entry.meeting.start_at
        set_time(entry.meeting, entry.meeting.time_zone, slot.start_at, _minutes(slot))
        shares = {share.id: share for share in slot.participants}
        for row in entry.rows:
            attend(row, shares[attendee_key(row.person)])
        entry.meeting.sequence += 1
        self._change(entry, MeetingChange.Kind.MOVED, now, reason=reason, previous_start_at=previous_start_at)

    def cancel(self, entry: Entry, *, reason: str, now: dt.datetime) -> None:
        """Frees everybody's time again."""
        entry.meeting.status = Status.CANCELLED
        entry.meeting.sequence += 1
        for row in entry.rows:
            row.status = Status.CANCELLED
        self._change(entry, MeetingChange.Kind.CANCELLED, now, reason=reason)

    def _change(self, entry: Entry, kind: MeetingChange.Kind, now: dt.datetime, **columns: Any) -> None:
        self._changes.append(
            MeetingChange(
                meeting=entry.meeting,
                kind=kind,
                sequence=entry.meeting.sequence,
                at=now,
                actor=entry.meeting.organizer,
                **columns,
            )
        )

    def write(self) -> None:
        """Stores all that is entered, with its history; the next tick of the workers finds what is to be sent."""
        Meeting.objects.bulk_create(entry.meeting for entry in self._entries)
        Attendance.objects.bulk_create(row for entry in self._entries for row in entry.rows)
        MeetingChange.objects.bulk_create(self._changes)
        for change in self._changes:
            audit(actor=change.actor, action=f"meeting {change.kind}", subject=change.meeting, now=change.at)


def _minutes(slot: Slot) -> int:
    return (slot.end_at - slot.start_at) // dt.timedelta(minutes=1)
