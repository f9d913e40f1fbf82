"""Books, moves, edits and cancels meetings."""

import datetime as dt
import uuid
from collections.abc import Collection, Sequence

from django.db.models import Q, prefetch_related_objects
from django.utils.translation import gettext as _

from clients.audit import audit
from clients.models import AccountManager, Contact, Person
from scheduling.engine import Policy, Slot
from scheduling.meetings.errors import InvalidBooking, SlotBlocked, SlotTaken, StaleMeeting
from scheduling.meetings.models import Attendance, Meeting, MeetingChange
from scheduling.meetings.models.meeting import Status
from scheduling.meetings.nudge import nudge_workers
from scheduling.meetings.selectors import attendee_key, attendees
from scheduling.meetings.services.rows import (
    as_far_as_holidays_are_known,
    attend,
    by,
    check_time,
    new_attendance,
    set_time,
    slot_at,
)
from scheduling.meetings.services.transactions import booking_transaction, lock_people


@booking_transaction
def book(
    *,
    actor: Person,
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
    optional: Collection[Person] = (),
) -> Meeting:
    """The confirmed meeting, with what it costs each attendee; anchored in the zone of the first contact who must come.

    The actor organizes it, or the first colleague who must come where the actor need not or is a contact. Those of the
    people who are `optional` are invited where they can come then.

    Raises: InvalidBooking, SlotBlocked, SlotTaken, TryAgain.
    """
    if not contacts:
        raise InvalidBooking("contacts", _("Choose at least one contact."))
    if not colleagues:
        raise InvalidBooking("colleagues", _("Choose at least one colleague to hold the meeting."))
    guests = [contact for contact in contacts if contact not in optional]
    hosts = [colleague for colleague in colleagues if colleague not in optional]
    if not guests or not hosts:
        raise InvalidBooking(
            "optional", _("At least one contact and one colleague must come; not all can be optional.")
        )
    check_time(start_at, duration_minutes, now)
    lock_people([*contacts, *colleagues])
    end_holds([*contacts, *colleagues], now)
    slot = slot_for(contacts, colleagues, optional, start_at, duration_minutes, policy, now)
    meeting = Meeting(
        client=guests[0].client,
        organizer=actor if actor in hosts else hosts[0],
        title=title,
        agenda=agenda,
        channel=channel,
        location=location,
        policy=policy,
        uid=str(uuid.uuid4()),
        created_at=now,
    )
    set_time(meeting, guests[0].time_zone, start_at, duration_minutes)
    store(meeting, slot, [*contacts, *colleagues])
    record(meeting, MeetingChange.Kind.BOOKED, actor, now)
    return meeting


@booking_transaction
def move(
    *,
    actor: Person,
    meeting: Meeting,
    start_at: dt.datetime,
    duration_minutes: int,
    reason: str,
    sequence: int,
    now: dt.datetime,
) -> Meeting:
    """The meeting at its new time; `sequence` is that of the meeting the actor looked at.

    Optional attendees who can't come then are left out, until it moves to a time that they can make.

    Raises: InvalidBooking, SlotBlocked, SlotTaken, StaleMeeting, TryAgain.
    """
    check_time(start_at, duration_minutes, now)
    rows = list(meeting.attendances.select_related("contact__calendar", "account_manager__calendar"))
    lock_people(row.person for row in rows)
    end_holds([row.person for row in rows], now)
    meeting = _current(meeting, sequence, now)
    contacts = [row.contact for row in rows if row.contact is not None]
    colleagues = [row.account_manager for row in rows if row.account_manager is not None]
    optional = [row.person for row in rows if row.is_optional]
    policy = Policy(meeting.policy)
    slot = slot_for(contacts, colleagues, optional, start_at, duration_minutes, policy, now, excluding=meeting)
    previous_start_at = meeting.start_at
    set_time(meeting, meeting.time_zone, start_at, duration_minutes)
    meeting.sequence += 1
    meeting.save()
    shares = {share.id: share for share in slot.participants}
    for row in rows:
        row.meeting = meeting
        # A new time asks everybody again. Source: RFC 5546, section 3.2.2.1.
        row.partstat = Attendance.PartStat.NEEDS_ACTION
        share = shares.get(attendee_key(row.person))
        row.status = Status.CANCELLED if share is None else meeting.status
        if share is not None:
            attend(row, share)
        row.save()
    record(meeting, MeetingChange.Kind.MOVED, actor, now, reason, previous_start_at)
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
    record(meeting, MeetingChange.Kind.EDITED, actor, now)
    return meeting


@booking_transaction
def cancel(*, actor: Person, meeting: Meeting, reason: str, sequence: int, now: dt.datetime) -> Meeting:
    """The cancelled meeting; its time is free again for everybody.

    Raises: StaleMeeting, TryAgain.
    """
    meeting = _current(meeting, sequence, now)
    meeting.status = Status.CANCELLED
    meeting.sequence += 1
    meeting.save()
    meeting.attendances.update(status=Status.CANCELLED)
    record(meeting, MeetingChange.Kind.CANCELLED, actor, now, reason)
    return meeting


def store(meeting: Meeting, slot: Slot, people: Sequence[Person]) -> None:
    """Writes the new meeting with the attendances of those of the people who come."""
    meeting.save(force_insert=True)
    by_key = {attendee_key(person): person for person in people}
    Attendance.objects.bulk_create(new_attendance(meeting, by_key[share.id], share) for share in slot.participants)


def end_holds(people: Sequence[Person], now: dt.datetime) -> int:
    """How many holds of these people, whose locks are held, were over and are deleted: no sweeper needs to run."""
    contacts = [person.pk for person in people if isinstance(person, Contact)]
    colleagues = [person.pk for person in people if not isinstance(person, Contact)]
    theirs = Q(attendances__contact__in=contacts) | Q(attendances__account_manager__in=colleagues)
    over = set(Meeting.objects.filter(theirs, held_until_at__lte=now).order_by().values_list("pk", flat=True))
    if over:
        Meeting.objects.filter(pk__in=over, status=Status.HELD).delete()
    return len(over)


def slot_for(
    contacts: Sequence[Contact],
    colleagues: Sequence[AccountManager],
    optional: Collection[Person],
    start_at: dt.datetime,
    duration_minutes: int,
    policy: Policy,
    now: dt.datetime,
    excluding: Meeting | None = None,
) -> Slot:
    """What the time costs those who come, by the engine that proposed it, read again under the locks."""
    prefetch_related_objects([*contacts, *colleagues], "calendar")
    end_at = start_at + dt.timedelta(minutes=duration_minutes)
    with as_far_as_holidays_are_known():
        people = attendees(
            contacts=contacts,
            colleagues=colleagues,
            start_at=start_at,
            end_at=end_at,
            now=now,
            excluding=excluding,
            optional=optional,
        )
    slot = slot_at([person.participant for person in people], start_at, duration_minutes, policy)
    if isinstance(slot, Slot):
        return slot
    if all(reason == "busy" for _who, reason in slot.blockers):
        raise SlotTaken
    raise SlotBlocked(start_at, slot.blockers)


def _current(meeting: Meeting, sequence: int, now: dt.datetime) -> Meeting:
    """The meeting's row, locked, as the actor knew it."""
    current = Meeting.objects.select_for_update().get(pk=meeting.pk)
    if current.sequence != sequence or current.status != Status.CONFIRMED or current.end_at <= now:
        raise StaleMeeting
    return current


def record(
    meeting: Meeting,
    kind: MeetingChange.Kind,
    actor: Person,
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
        **by(actor),
        reason=reason,
        previous_start_at=previous_start_at,
    )
    audit(actor=actor, action=f"meeting {kind}", subject=meeting, now=now)
    nudge_workers()
