"""Quiet hours: what does not have to leave at a given instant waits until its contact can be reached.

What tells of an act of now (a booking, a change, a request) leaves at once, and so does a reminder that somebody
wants so shortly before a meeting. A reminder of half a day before or more that falls into the night comes in the
evening before it, and where that was missed, when it was asked for; check-ins, surveys, alerts, questions and what
follows on offers wait for the morning.
"""

import datetime as dt
from collections.abc import Iterator
from zoneinfo import ZoneInfo

from clients.models import Contact
from scheduling.engine import WEEKDAYS, weekly_hours
from scheduling.outreach.models import Message

Kind = Message.Kind
DAY = dt.timedelta(days=1)
MINUTE = dt.timedelta(minutes=1)
#: What waits.
WAITING = (
    Kind.CHECK_IN,
    Kind.SURVEY,
    Kind.SUITS,
    Kind.CLOCK_CHANGE,
    Kind.OFFER_REMINDER,
    Kind.OFFER_ADDED,
    Kind.OFFER_ENDED,
    Kind.REMINDER,
)
#: Reminders of shorter notice come when they were asked for.
MOVABLE_LEAD = dt.timedelta(hours=12)
#: So much earlier one comes at most; who can't be reached for longer gets it when they asked for it.
EARLIER = dt.timedelta(hours=12)
#: So long before the hours end, so that it is still read.
BEFORE_THE_END = dt.timedelta(minutes=30)
WEEK_DAYS = 8


def waits_until(message: Message, now: dt.datetime) -> dt.datetime | None:
    """When a message of a kind that waits may leave, where that is not now."""
    contact = message.person
    if not isinstance(contact, Contact):
        return None
    at = next_reachable(contact, now)
    if message.kind == Kind.REMINDER:
        at = min(at, message.its_meeting.start_at - (message.lead_minutes or 0) * MINUTE)
    return at if at > now else None


def next_reachable(contact: Contact, at: dt.datetime) -> dt.datetime:
    """The first instant from `at` on at which the contact can be reached; `at` itself for who never can."""
    later: list[dt.datetime] = []
    for start_at, end_at in _stretches(contact, at, 0, WEEK_DAYS):
        if start_at <= at < end_at:
            return at
        if start_at > at:
            later.append(start_at)
    return min(later, default=at)


def reachable_until(contact: Contact, at: dt.datetime) -> dt.datetime | None:
    """When the hours end in which the contact can be reached at the instant; none for who can't be then."""
    ends = [end_at for start_at, end_at in _stretches(contact, at, 0, 1) if start_at <= at < end_at]
    return max(ends, default=None)


def reminder_due_at(
    contact: Contact, start_at: dt.datetime, lead: dt.timedelta, *, fixed_at: dt.datetime | None = None
) -> dt.datetime:
    """When a reminder comes that is wanted so long before a meeting, the time of which was fixed at that instant."""
    at = start_at - lead
    if lead < MOVABLE_LEAD or next_reachable(contact, at) == at:
        return at
    ends = [
        max(start_at, end_at - BEFORE_THE_END)
        for start_at, end_at in _stretches(contact, at, -1, 1)
        if at - EARLIER <= end_at <= at
    ]
    due_at = max(ends, default=at)
    # Nobody is reminded before they know of it.
    return due_at if fixed_at is None or fixed_at <= due_at else at


def _stretches(contact: Contact, at: dt.datetime, first: int, last: int) -> Iterator[tuple[dt.datetime, dt.datetime]]:
    """The reachable hours, half-open, of so many days before and after the contact's own date at the instant."""
    zone: ZoneInfo = contact.zone
    today = at.astimezone(zone).date()
    # The day before too, in case that its hours run past midnight.
    for distance in range(first - 1, last + 1):
        date = today + distance * DAY
        weekday = WEEKDAYS[date.weekday()]
        for start, end in weekly_hours({weekday: contact.reachable_hours.get(weekday, [])})[date.weekday()]:
            yield _instant(date, start, zone), _instant(date, end, zone)


def _instant(date: dt.date, minutes: int, zone: ZoneInfo) -> dt.datetime:
    """When the wall of a zone shows so many minutes after midnight of that date."""
    wall = dt.datetime.combine(date, dt.time()) + minutes * MINUTE
    return wall.replace(tzinfo=zone).astimezone(dt.UTC)
