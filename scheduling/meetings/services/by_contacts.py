"""What contacts do to their meetings by themselves, on their own pages."""

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum

from django.db.models import QuerySet

from clients.models import Contact
from scheduling.meetings.errors import MeetingNotTheirs, SlotBlocked
from scheduling.meetings.models import Attendance, Meeting, MeetingChange
from scheduling.meetings.models.meeting import Status
from scheduling.meetings.offers.invited import BEARABLE
from scheduling.meetings.services.booking import cancel, move
from scheduling.meetings.services.transactions import booking_transaction

PartStat = Attendance.PartStat


class Refusal(StrEnum):
    """Why a contact can't move a meeting by themselves."""

    OVER = "over"
    NEVER = "never"
    OFTEN = "often"
    LATE = "late"
    OPTIONAL = "optional"


@dataclass(frozen=True)
class Allowance:
    """What a contact may do to one meeting: how often it may still be moved, until when, or why not."""

    moves_left: int
    until_at: dt.datetime
    notice_hours: int
    refusal: Refusal | None
    can_cancel: bool

    @property
    def can_move(self) -> bool:
        return self.refusal is None


def allowance_of(attendance: Attendance, *, now: dt.datetime, moves: int | None = None) -> Allowance:
    """What the attendance's contact may do by the rules of their client's team.

    `moves` is how often contacts have moved the meeting, where the caller has counted that for many.
    """
    meeting = attendance.meeting
    team = meeting.client.team
    until_at = meeting.start_at - dt.timedelta(hours=team.contact_notice_hours)
    used = moves_by_contacts(meeting) if moves is None else moves
    is_open = attendance.status == Status.CONFIRMED and meeting.status == Status.CONFIRMED and meeting.start_at > now
    refusal = None
    if not is_open:
        refusal = Refusal.OVER
    elif attendance.is_optional:
        # The meeting takes place without them as well; they say that another time would suit them.
        refusal = Refusal.OPTIONAL
    elif not team.contact_moves:
        refusal = Refusal.NEVER
    elif used >= team.contact_moves:
        refusal = Refusal.OFTEN
    elif now > until_at:
        refusal = Refusal.LATE
    return Allowance(
        moves_left=max(0, team.contact_moves - used),
        until_at=until_at,
        notice_hours=team.contact_notice_hours,
        refusal=refusal,
        can_cancel=is_open and not attendance.is_optional,
    )


def moves_by_contacts(meeting: Meeting) -> int:
    """How often contacts have moved the meeting by themselves."""
    return meeting.changes.filter(kind=MeetingChange.Kind.MOVED, contact__isnull=False).count()


@booking_transaction
def move_as_contact(
    *, contact: Contact, meeting: Meeting, start_at: dt.datetime, reason: str, sequence: int, now: dt.datetime
) -> Meeting:
    """The meeting at the time that the contact chose, to which they thereby agree; everybody is told.

    It asks none of our people for more than a little outside their hours, unless the present time does not ask less.

    Raises: MeetingNotTheirs where they may not, and as `services.move`.
    """
    attendance = _attendance(contact, meeting)
    allowed = allowance_of(attendance, now=now)
    if allowed.refusal is not None:
        raise MeetingNotTheirs(allowed.refusal)
    if start_at < now + dt.timedelta(hours=allowed.notice_hours):
        raise MeetingNotTheirs(Refusal.LATE)
    duration = attendance.meeting.duration_minutes
    costs = dict(_hosts(attendance.meeting).values_list("pk", "cost"))
    moved = move(
        actor=contact,
        meeting=attendance.meeting,
        start_at=start_at,
        duration_minutes=duration,
        reason=reason,
        sequence=sequence,
        now=now,
    )
    # Asked once more, since the meeting is this transaction's alone only now; the move itself is counted.
    if moves_by_contacts(moved) > moved.client.team.contact_moves:
        raise MeetingNotTheirs(Refusal.OFTEN)
    if any(row.band not in BEARABLE and row.cost > costs[row.pk] for row in _hosts(moved)):
        raise SlotBlocked(start_at, ())
    Attendance.objects.filter(pk=attendance.pk).update(partstat=PartStat.ACCEPTED, answered_at=now, answer_words="")
    return moved


@booking_transaction
def cancel_as_contact(*, contact: Contact, meeting: Meeting, reason: str, sequence: int, now: dt.datetime) -> Meeting:
    """The cancelled meeting; everybody is told, with the contact's reason. Raises: MeetingNotTheirs, StaleMeeting."""
    attendance = _attendance(contact, meeting)
    allowed = allowance_of(attendance, now=now)
    if not allowed.can_cancel:
        raise MeetingNotTheirs(Refusal.OPTIONAL if attendance.is_optional else Refusal.OVER)
    return cancel(actor=contact, meeting=attendance.meeting, reason=reason, sequence=sequence, now=now)


def _hosts(meeting: Meeting) -> QuerySet[Attendance]:
    """Our people who must come."""
    return meeting.attendances.filter(account_manager__isnull=False, is_optional=False)


def _attendance(contact: Contact, meeting: Meeting) -> Attendance:
    rows = Attendance.objects.select_related("meeting__client__team", "meeting__organizer")
    return rows.get(meeting=meeting, contact=contact)
