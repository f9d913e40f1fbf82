"""Keeps a time free for a while, for an offer: a meeting that is held, until it is confirmed, let go or over."""

import datetime as dt
import uuid
from collections.abc import Collection, Sequence

from clients.models import AccountManager, Contact, Person
from scheduling.engine import Policy
from scheduling.meetings.errors import StaleMeeting
from scheduling.meetings.models import Meeting, MeetingChange
from scheduling.meetings.models.meeting import Status
from scheduling.meetings.selectors import attendee_key
from scheduling.meetings.services.booking import end_holds, record, slot_for, store
from scheduling.meetings.services.rows import attend, check_time, set_time
from scheduling.meetings.services.transactions import booking_transaction, lock_people


@booking_transaction
def hold(
    *,
    organizer: AccountManager,
    contacts: Sequence[Contact],
    colleagues: Sequence[AccountManager],
    title: str,
    start_at: dt.datetime,
    duration_minutes: int,
    until_at: dt.datetime,
    now: dt.datetime,
    agenda: str = "",
    channel: str = Meeting.Channel.VIDEO,
    location: str = "",
    policy: Policy = Policy.CLIENT_FIRST,
    optional: Collection[Person] = (),
) -> Meeting:
    """The held meeting, which keeps its time from everybody else until `until_at` and is shown to nobody.

    Raises: InvalidBooking, SlotBlocked, SlotTaken, TryAgain.
    """
    check_time(start_at, duration_minutes, now)
    people: list[Person] = [*contacts, *colleagues]
    lock_people(people)
    end_holds(people, now)
    slot = slot_for(contacts, colleagues, optional, start_at, duration_minutes, policy, now)
    anchor = next(contact for contact in contacts if contact not in optional)
    meeting = Meeting(
        client=anchor.client,
        organizer=organizer,
        title=title,
        agenda=agenda,
        channel=channel,
        location=location,
        policy=policy,
        status=Status.HELD,
        held_until_at=until_at,
        uid=str(uuid.uuid4()),
        created_at=now,
    )
    set_time(meeting, anchor.time_zone, start_at, duration_minutes)
    store(meeting, slot, people)
    return meeting


@booking_transaction
def confirm(*, actor: Person, meeting: Meeting, now: dt.datetime) -> Meeting:
    """The held meeting, confirmed, with what its time costs by today's calendars.

    Of many who confirm it at once one does.

    Raises: SlotBlocked where somebody is off then by now, StaleMeeting where it is held no more, TryAgain.
    """
    rows = list(meeting.attendances.select_related("contact__calendar", "account_manager__calendar"))
    lock_people(row.person for row in rows)
    # Compare and swap: whoever finds it held has confirmed it.
    held = Meeting.objects.filter(pk=meeting.pk, status=Status.HELD, held_until_at__gt=now)
    if not held.update(status=Status.CONFIRMED, held_until_at=None, created_at=now):
        raise StaleMeeting
    meeting.refresh_from_db()
    slot = slot_for(
        [row.contact for row in rows if row.contact is not None],
        [row.account_manager for row in rows if row.account_manager is not None],
        [row.person for row in rows if row.is_optional],
        meeting.start_at,
        meeting.duration_minutes,
        Policy(meeting.policy),
        now,
        excluding=meeting,
    )
    set_time(meeting, meeting.time_zone, meeting.start_at, meeting.duration_minutes)
    meeting.save()
    shares = {share.id: share for share in slot.participants}
    for row in rows:
        row.meeting = meeting
        share = shares.get(attendee_key(row.person))
        row.status = Status.CANCELLED if share is None else Status.CONFIRMED
        if share is not None:
            attend(row, share)
        row.save()
    record(meeting, MeetingChange.Kind.BOOKED, actor, now)
    return meeting


def let_go(meetings: Collection[Meeting]) -> None:
    """Deletes those of the meetings that are merely held."""
    Meeting.objects.filter(pk__in=[meeting.pk for meeting in meetings], status=Status.HELD).delete()
