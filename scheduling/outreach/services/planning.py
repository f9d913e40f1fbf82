"""Finds what there is to say and writes it into the outbox; planned twice, it is written once."""

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Exists, F, Func, IntegerField, OuterRef, Q, QuerySet, Subquery

from clients.models import AccountManager, Contact
from scheduling.meetings.clock_changes import of_changing_zones, wall_changes
from scheduling.meetings.models import Attendance, Meeting, MeetingChange
from scheduling.meetings.models.meeting import Status
from scheduling.meetings.services import close_due_offers
from scheduling.outreach.mail import new_message_id
from scheduling.outreach.models import Message
from scheduling.outreach.quiet import BEFORE_THE_END, EARLIER, MOVABLE_LEAD, reminder_due_at
from scheduling.outreach.reasons import NO_ADDRESS
from scheduling.outreach.selectors import standing_attendances
from scheduling.outreach.services.drafts import expire_drafts
from scheduling.outreach.services.enquiries import forget_enquiries
from scheduling.outreach.services.entry_codes import plan_codes
from scheduling.outreach.services.lost_links import plan_links
from scheduling.outreach.services.planning_check_ins import plan_check_ins
from scheduling.outreach.services.planning_offers import plan_offers
from scheduling.outreach.services.planning_suits import plan_suits
from scheduling.outreach.services.planning_surveys import plan_surveys
from scheduling.outreach.services.saying import expire_unsaid

# Nobody wants to read today of what changed before an outage that long.
CHANGE_WINDOW = dt.timedelta(days=7)
# A reminder that late is expired instead of sent.
REMINDER_GRACE = dt.timedelta(hours=6)
CLOCK_ALERT_LEAD = dt.timedelta(weeks=2)
# An alert that an outage delayed by so much is not planned any more.
CLOCK_ALERT_GRACE = dt.timedelta(days=3)
DAY = dt.timedelta(days=1)
CHUNK = 500

KIND_OF_CHANGE = {
    MeetingChange.Kind.BOOKED: Message.Kind.CONFIRMATION,
    MeetingChange.Kind.MOVED: Message.Kind.UPDATE,
    MeetingChange.Kind.EDITED: Message.Kind.UPDATE,
    MeetingChange.Kind.CANCELLED: Message.Kind.CANCELLATION,
    MeetingChange.Kind.CLOCKS: Message.Kind.UPDATE,
}


def plan(*, now: dt.datetime) -> int:
    """How many messages were written: of meetings and their clocks, check-ins, surveys, links, codes and offers."""
    forget_enquiries(now=now)
    expire_drafts(now=now)
    expire_unsaid(now=now)
    close_due_offers(now=now)
    of_meetings = _plan_changes(now) + _plan_reminders(now) + plan_clock_alerts(now=now)
    of_contacts = plan_links(now=now) + plan_suits(now=now) + plan_check_ins(now=now) + plan_surveys(now=now)
    return of_meetings + of_contacts + plan_offers(now=now) + plan_codes(now=now)


def _plan_changes(now: dt.datetime) -> int:
    untold = (
        MeetingChange.objects.filter(at__gt=now - CHANGE_WINDOW)
        .exclude(meeting__status=Status.HELD)
        .filter(
            ~Exists(Message.objects.filter(change=OuterRef("pk"))),
            Exists(Attendance.objects.filter(meeting=OuterRef("meeting"))),
        )
        .exclude(Exists(_told_with_the_series()), series_sequence__isnull=False)
        .annotate(series_end_at=Subquery(_last_of_series().values("end_at")[:1]))
        .select_related("meeting")
        .order_by("at", "pk")
    )
    planned = 0
    while changes := _once_per_series(untold[:CHUNK]):
        attendances = _attendances_of(change.meeting_id for change in changes)
        planned += _write(
            _tell(change, attendance, now)
            for change in changes
            for attendance in attendances.get(change.meeting_id, [])
            if _concerns(change, attendance)
        )
    return planned


def _told_with_the_series() -> QuerySet[Message]:
    """What tells of a change together with those of all occurrences that changed with it."""
    return Message.objects.filter(
        change__meeting__series=OuterRef("meeting__series"), change__series_sequence=OuterRef("series_sequence")
    )


def _last_of_series() -> QuerySet[Meeting]:
    return Meeting.objects.filter(series=OuterRef("meeting__series")).order_by("-end_at")


def _once_per_series(changes: Iterable[MeetingChange]) -> list[MeetingChange]:
    """The changes; of those that belong together the first, whose message tells of all."""
    found: dict[tuple[int | None, int], MeetingChange] = {}
    for change in changes:
        whole = change.series_sequence is not None
        key = (change.meeting.series_id, change.series_sequence or 0) if whole else (None, change.pk)
        found.setdefault(key, change)
    return list(found.values())


def _attendances_of(meetings: Iterable[int]) -> dict[int, list[Any]]:
    """Everybody by meeting, with the kind of the last message that told them of a change."""
    told = Message.objects.filter(attendance=OuterRef("pk"), change__isnull=False).order_by("-sequence", "-pk")
    rows = Attendance.objects.filter(meeting__in=set(meetings)).annotate(told_kind=Subquery(told.values("kind")[:1]))
    by_meeting: dict[int, list[Any]] = {}
    for attendance in rows.select_related("contact", "account_manager"):
        by_meeting.setdefault(attendance.meeting_id, []).append(attendance)
    return by_meeting


def _concerns(change: MeetingChange, attendance: Any) -> bool:
    """Whether a change is news to an attendee: not to an optional one whom a move left out, until one invites them.

    Those who must come are told of every change, so that each has a message.
    """
    if attendance.is_optional and attendance.told_kind == Message.Kind.CANCELLATION:
        return bool(attendance.status != Status.CANCELLED)
    if change.meeting.leaves_out(attendance):
        return change.kind == MeetingChange.Kind.MOVED and attendance.told_kind is not None
    return True


def _tell(change: MeetingChange, attendance: Attendance, now: dt.datetime) -> Message:
    kind = KIND_OF_CHANGE[MeetingChange.Kind(change.kind)]
    if change.meeting.leaves_out(attendance):
        kind = Message.Kind.CANCELLATION
    expires_at = change.meeting.end_at
    if change.series_sequence is not None:
        # Weeks that join a series later are news of it.
        kind = Message.Kind.UPDATE if change.series_sequence and kind == Message.Kind.CONFIRMATION else kind
        expires_at = change.series_end_at  # type: ignore[attr-defined]
    return _message(
        attendance,
        change.meeting,
        now,
        occurrence_key=f"{kind}:{change.meeting_id}:{change.sequence}:{attendance.pk}",
        kind=kind,
        change=change,
        sequence=change.sequence,
        due_at=change.at,
        expires_at=expires_at,
    )


def _plan_reminders(now: dt.datetime) -> int:
    return sum(_write(_due_reminders(lead, now)) for lead in sorted(_leads()))


def _leads() -> set[int]:
    """Every number of minutes before a meeting at which somebody wants to be reminded."""
    lead = Func(F("reminder_minutes"), function="unnest", output_field=IntegerField())
    wishes: list[QuerySet[Contact] | QuerySet[AccountManager]] = [Contact.objects.all(), AccountManager.objects.all()]
    return {minutes for people in wishes for minutes in people.order_by().values_list(lead, flat=True).distinct()}


def _due_reminders(lead_minutes: int, now: dt.datetime) -> list[Message]:
    lead = dt.timedelta(minutes=lead_minutes)
    attendances = (
        standing_attendances()
        .filter(
            Q(contact__reminder_minutes__contains=[lead_minutes])
            | Q(account_manager__reminder_minutes__contains=[lead_minutes]),
            meeting__status=Status.CONFIRMED,
            meeting__start_at__gt=max(now, now + lead - REMINDER_GRACE),
            meeting__start_at__lte=now + lead + (EARLIER + BEFORE_THE_END if lead >= MOVABLE_LEAD else dt.timedelta()),
        )
        .exclude(
            Exists(
                Message.objects.filter(
                    attendance=OuterRef("pk"), lead_minutes=lead_minutes, sequence=OuterRef("fixed_by")
                )
            )
        )
        .select_related("meeting", "contact", "account_manager")
    )
    return [
        _message(
            attendance,
            attendance.meeting,
            now,
            occurrence_key=f"reminder:{attendance.pk}:{attendance.fixed_by}:{lead_minutes}",
            kind=Message.Kind.REMINDER,
            lead_minutes=lead_minutes,
            sequence=attendance.fixed_by,
            due_at=due_at,
            expires_at=min(attendance.meeting.start_at, attendance.meeting.start_at - lead + REMINDER_GRACE),
        )
        for attendance in attendances
        if (due_at := _reminder_due_at(attendance, lead)) <= now
        # Whoever books a meeting for this afternoon needs no reminder of yesterday.
        if attendance.fixed_at is not None and attendance.fixed_at <= due_at
    ]


# Any, because mypy knows an annotation only where it is made.
def _reminder_due_at(attendance: Any, lead: dt.timedelta) -> dt.datetime:
    """When it is due: an account manager's when they asked for it, a contact's maybe the evening before."""
    start_at: dt.datetime = attendance.meeting.start_at
    if attendance.contact is None:
        return start_at - lead
    return reminder_due_at(attendance.contact, start_at, lead, fixed_at=attendance.fixed_at)


def plan_clock_alerts(*, now: dt.datetime) -> int:
    """How many alerts of clock changes to come were written."""
    return _write(_due_clock_alerts(now))


def _due_clock_alerts(now: dt.datetime) -> list[Message]:
    """To those who find a repeated meeting at another time of day once clocks have changed, and who want reminders."""
    # A day on both sides, because it is due by the reader's own clock.
    first_at, last_at = now + CLOCK_ALERT_LEAD - CLOCK_ALERT_GRACE - DAY, now + CLOCK_ALERT_LEAD + DAY
    concerned = of_changing_zones(after_at=first_at, until_at=last_at)
    if concerned is None:
        return []
    attendances = (
        standing_attendances()
        .filter(concerned)
        .filter(Q(contact__reminder_minutes__len__gt=0) | Q(account_manager__reminder_minutes__len__gt=0))
        .exclude(
            Exists(
                Message.objects.filter(
                    attendance=OuterRef("pk"), kind=Message.Kind.CLOCK_CHANGE, sequence=OuterRef("fixed_by")
                )
            )
        )
    )
    messages = []
    for found in wall_changes(attendances, after_at=first_at, until_at=last_at):
        attendance: Any = found.attendance
        change = found.clock_changes[0]
        due_at = _morning(attendance.person.zone, change.at - CLOCK_ALERT_LEAD)
        # Whoever booked it later than that was told the new time.
        if due_at <= now < due_at + CLOCK_ALERT_GRACE and attendance.fixed_at <= due_at:
            messages.append(
                _message(
                    attendance,
                    attendance.meeting,
                    now,
                    occurrence_key=f"clocks:{attendance.pk}:{attendance.fixed_by}:{change.at:%Y%m%dT%H%MZ}",
                    kind=Message.Kind.CLOCK_CHANGE,
                    sequence=attendance.fixed_by,
                    due_at=due_at,
                    expires_at=attendance.meeting.start_at,
                )
            )
    return messages


def _morning(zone: ZoneInfo, at: dt.datetime) -> dt.datetime:
    """Nine o'clock on the wall of that zone, on the day of the instant."""
    return dt.datetime.combine(at.astimezone(zone).date(), dt.time(9), zone).astimezone(dt.UTC)


def _message(attendance: Attendance, meeting: Meeting, now: dt.datetime, **columns: object) -> Message:
    address = attendance.person.email
    message = Message(
        attendance=attendance,
        meeting=meeting,
        address=address,
        message_id=new_message_id(),
        created_at=now,
        **columns,
    )
    message.next_try_at = message.due_at
    if not address:
        message.state = Message.State.UNDELIVERABLE
        message.reason = NO_ADDRESS
    return message


def _write(messages: Iterable[Message]) -> int:
    """How many of the messages are new; the others were planned by another beat."""
    rows: Sequence[Message] = list(messages)
    if not rows:
        return 0
    Message.objects.bulk_create(rows, ignore_conflicts=True, batch_size=CHUNK)
    return Message.objects.filter(message_id__in=[row.message_id for row in rows]).count()
