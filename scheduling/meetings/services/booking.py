"""Books, moves, edits and cancels meetings."""

import datetime as dt
import uuid
from collections.abc import Sequence
from decimal import Decimal

from django.db.models import prefetch_related_objects
from django.utils.translation import gettext as _

from clients.audit import audit
from clients.models import AccountManager, Contact, Person
from holidays_app.calendars import UnsupportedYear
from scheduling.engine import InvalidInput, MeetingRequest, ParticipantSlot, Policy, Slot, assess
from scheduling.meetings.errors import InvalidBooking, SlotBlocked, SlotTaken, StaleMeeting
from scheduling.meetings.models import Attendance, Meeting, MeetingChange
from scheduling.meetings.models.meeting import Status
from scheduling.meetings.nudge import nudge_workers
from scheduling.meetings.selectors import attendee_key, attendees
from scheduling.meetings.services.transactions import booking_transaction, lock_people
from scheduling.meetings.walltime import tzdata_version, wall_time_of

LONGEST_MINUTES = 480
FURTHEST = dt.timedelta(days=731)


@booking_transaction
def book(
    *,
    actor: AccountManager,
    contacts: Sequence[Contact],
    colleagues: Sequence[AccountManager],
    title: str,
    start_at: dt.datetime,
    duration_minutes: int,
    now: dt.datetime,
    agenda: str = "",
    channel: str = Meeting.Channel.VIDEO,
    location: str = "",
    policy: Policy = Policy.CLIENT_FIRST,
) -> Meeting:
    """The confirmed meeting, with what it costs each attendee; anchored in the first contact's zone.

    The actor organizes it, or the first colleague where the actor does not attend.

    Raises: InvalidBooking, SlotBlocked, SlotTaken, TryAgain.
    """
    if not contacts:
        raise InvalidBooking("contacts", _("Choose at least one contact."))
    if not colleagues:
        raise InvalidBooking("colleagues", _("Choose at least one colleague to hold the meeting."))
    _check_time(start_at, duration_minutes, now)
    lock_people([*contacts, *colleagues])
    slot = _slot(contacts, colleagues, start_at, duration_minutes, policy, now)
    meeting = Meeting(
        client=contacts[0].client,
        organizer=actor if actor in colleagues else colleagues[0],
        title=title,
        agenda=agenda,
        channel=channel,
        location=location,
        policy=policy,
        uid=str(uuid.uuid4()),
        created_at=now,
    )
    _set_time(meeting, contacts[0].time_zone, start_at, duration_minutes)
    meeting.save(force_insert=True)
    costs = {cost.id: cost for cost in slot.participants}
    Attendance.objects.bulk_create(
        _attend(Attendance(meeting=meeting, **_person_columns(person)), person, costs[attendee_key(person)])
        for person in [*contacts, *colleagues]
    )
    _record(meeting, MeetingChange.Kind.BOOKED, actor, now)
    return meeting


@booking_transaction
def move(
    *,
    actor: AccountManager,
    meeting: Meeting,
    start_at: dt.datetime,
    duration_minutes: int,
    reason: str,
    sequence: int,
    now: dt.datetime,
) -> Meeting:
    """The meeting at its new time; `sequence` is that of the meeting the actor looked at.

    Raises: InvalidBooking, SlotBlocked, SlotTaken, StaleMeeting, TryAgain.
    """
    _check_time(start_at, duration_minutes, now)
    rows = list(meeting.attendances.select_related("contact__calendar", "account_manager__calendar"))
    lock_people(row.person for row in rows)
    meeting = _current(meeting, sequence, now)
    contacts = [row.contact for row in rows if row.contact is not None]
    colleagues = [row.account_manager for row in rows if row.account_manager is not None]
    slot = _slot(contacts, colleagues, start_at, duration_minutes, Policy(meeting.policy), now, excluding=meeting)
    previous_start_at = meeting.start_at
    _set_time(meeting, meeting.time_zone, start_at, duration_minutes)
    meeting.sequence += 1
    meeting.save()
    costs = {cost.id: cost for cost in slot.participants}
    for row in rows:
        row.meeting = meeting
        # A new time asks everybody again. Source: RFC 5546, section 3.2.2.1.
        row.partstat = Attendance.PartStat.NEEDS_ACTION
        _attend(row, row.person, costs[attendee_key(row.person)]).save()
    _record(meeting, MeetingChange.Kind.MOVED, actor, now, reason, previous_start_at)
    return meeting


@booking_transaction
def edit(
    *,
    actor: AccountManager,
    meeting: Meeting,
    title: str,
    agenda: str,
    channel: str,
    location: str,
    sequence: int,
    now: dt.datetime,
) -> Meeting:
    """The meeting with its new words and place, at its old time.

    Raises: StaleMeeting, TryAgain.
    """
    meeting = _current(meeting, sequence, now)
    wanted = {"title": title, "agenda": agenda, "channel": channel, "location": location}
    if all(getattr(meeting, field) == value for field, value in wanted.items()):
        return meeting
    for field, value in wanted.items():
        setattr(meeting, field, value)
    meeting.sequence += 1
    meeting.save()
    _record(meeting, MeetingChange.Kind.EDITED, actor, now)
    return meeting


@booking_transaction
def cancel(*, actor: AccountManager, meeting: Meeting, reason: str, sequence: int, now: dt.datetime) -> Meeting:
    """The cancelled meeting; its time is free again for everybody.

    Raises: StaleMeeting, TryAgain.
    """
    meeting = _current(meeting, sequence, now)
    meeting.status = Status.CANCELLED
    meeting.sequence += 1
    meeting.save()
    meeting.attendances.update(status=Status.CANCELLED)
    _record(meeting, MeetingChange.Kind.CANCELLED, actor, now, reason)
    return meeting


def _check_time(start_at: dt.datetime, duration_minutes: int, now: dt.datetime) -> None:
    if duration_minutes <= 0 or duration_minutes % 15 or duration_minutes > LONGEST_MINUTES:
        raise InvalidBooking(
            "duration_minutes",
            _("Choose a duration of 15, 30, 45 … up to %(most)d minutes.") % {"most": LONGEST_MINUTES},
        )
    if start_at.timestamp() % (15 * 60):
        raise InvalidBooking("start_at", _("Choose a start on a quarter of an hour."))
    if start_at <= now:
        raise InvalidBooking("start_at", _("This time is over. Choose one that is still to come."))
    if start_at > now + FURTHEST:
        raise InvalidBooking("start_at", _("Choose a time within the next two years."))


def _slot(
    contacts: Sequence[Contact],
    colleagues: Sequence[AccountManager],
    start_at: dt.datetime,
    duration_minutes: int,
    policy: Policy,
    now: dt.datetime,
    excluding: Meeting | None = None,
) -> Slot:
    """What the time costs each of them, by the engine that proposed it, read again under the locks."""
    prefetch_related_objects([*contacts, *colleagues], "calendar")
    end_at = start_at + dt.timedelta(minutes=duration_minutes)
    try:
        people = attendees(
            contacts=contacts, colleagues=colleagues, start_at=start_at, end_at=end_at, now=now, excluding=excluding
        )
    except UnsupportedYear as error:
        words = {"country": error.country, "year": error.known[-1]}
        message = _("The holidays of %(country)s are known until %(year)s only.") % words
        raise InvalidBooking("start_at", message) from error
    request = MeetingRequest(
        duration_minutes=duration_minutes, start_at=start_at, end_at=end_at, step_minutes=15, policy=policy, count=1
    )
    try:
        proposal = assess(request, [person.participant for person in people]).proposal
    except InvalidInput as error:
        raise InvalidBooking(error.field, error.message) from error
    if proposal.slots:
        return proposal.slots[0]
    blockers = proposal.near_misses[0].blockers
    if all(reason == "busy" for _who, reason in blockers):
        raise SlotTaken
    raise SlotBlocked(start_at, blockers)


def _current(meeting: Meeting, sequence: int, now: dt.datetime) -> Meeting:
    """The meeting's row, locked, as the actor knew it."""
    current = Meeting.objects.select_for_update().get(pk=meeting.pk)
    if current.sequence != sequence or current.status != Status.CONFIRMED or current.end_at <= now:
        raise StaleMeeting
    return current


def _set_time(meeting: Meeting, time_zone: str, start_at: dt.datetime, duration_minutes: int) -> None:
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


def _person_columns(person: Person) -> dict[str, object]:
    if isinstance(person, Contact):
        return {"contact": person, "role": "client"}
    return {"account_manager": person, "role": "staff"}


def _attend(row: Attendance, person: Person, cost: ParticipantSlot) -> Attendance:
    row.cost = Decimal(str(cost.cost))
    row.band = cost.band
    row.during = (row.meeting.start_at, row.meeting.end_at + dt.timedelta(minutes=person.buffer_minutes))
    return row


def _record(
    meeting: Meeting,
    kind: MeetingChange.Kind,
    actor: AccountManager,
    now: dt.datetime,
    reason: str = "",
    previous_start_at: dt.datetime | None = None,
) -> None:
    """Writes the change into the meeting's history and the audit log, and wakes the workers once it is committed."""
    MeetingChange.objects.create(
        meeting=meeting,
        kind=kind,
        sequence=meeting.sequence,
        at=now,
        actor=actor,
        reason=reason,
        previous_start_at=previous_start_at,
    )
    audit(actor=actor, action=f"meeting {kind}", subject=meeting, now=now)
    nudge_workers()
