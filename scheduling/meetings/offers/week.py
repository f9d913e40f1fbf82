"""Other times for an offer, a week at a time, with what stands in the way on each day that has none."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace

from django.utils.html import conditional_escape
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from clients.models import Contact
from clients.reader import Reader
from scheduling.engine import DayOutlook
from scheduling.meetings.offers.invited import Invited, times_of
from scheduling.meetings.offers.page import Card, Table
from scheduling.meetings.proposals.day_list import ruled_out
from scheduling.meetings.proposals.people import Portrait, portraits
from scheduling.meetings.proposals.sky import CivilDay
from scheduling.meetings.proposals.wording import day_range, plain_listing
from scheduling.meetings.selectors import Attendee, attendee_key
from scheduling.meetings.services.choosing import reach_of

DAY = dt.timedelta(days=1)
#: So many times of a day are shown, none of which overlaps another.
A_DAY = 8


@dataclass(frozen=True)
class Hours:
    """When one of the people works on a date, on the reader's clock; empty on a day off."""

    name: str
    city: str
    hours: str


@dataclass(frozen=True)
class DayOfTimes:
    """A date on the reader's wall with its times, or the reasons why it has none."""

    date: dt.date
    cards: tuple[Card, ...]
    reasons: tuple[SafeString, ...]
    hours: tuple[Hours, ...]


@dataclass(frozen=True)
class WeekPage:
    """Seven days; `earlier` and `later` are first days and what they are called, where there are such weeks."""

    days: tuple[DayOfTimes, ...]
    first_date: dt.date
    last_date: dt.date
    earlier: tuple[dt.date, str] | None
    later: tuple[dt.date, str] | None


def week_page(
    invited: Invited, contact: Contact, *, wanted_date: dt.date | None, now: dt.datetime, reader: Reader
) -> WeekPage:
    """The week of that date on the reader's wall; without one the first that may be chosen from, or the one after it.

    In a vote without what is offered already.
    """
    opens_at, closes_at = reach_of(invited.offer, now)
    first_date, last_date = reader.day_of(opens_at), reader.day_of(closes_at)
    date = min(max(wanted_date or first_date, first_date), last_date)
    monday = date - (date.weekday() - reader.first_weekday) % 7 * DAY
    dates = [monday + number * DAY for number in range(7)]
    starts_at = max(opens_at, CivilDay.of(dates[0], reader.zone).start_at)
    ends_at = CivilDay.of(dates[-1], reader.zone).end_at
    duration = dt.timedelta(minutes=invited.offer.duration_minutes)
    table = Table.between(
        invited, contact, starts_at, max(ends_at, starts_at + duration), now=now, reader=reader, count=7 * A_DAY
    )
    outlooks = {one.date: one for one in table.assessment.days(reader.zone)} if table.assessment else {}
    people = portraits([_discreet(one, contact) for one in table.found], contact, reader)
    offered = {time.start_at for time in times_of(invited.offer)} if invited.offer.is_vote else set()
    cards = [card for card in table.slots() if card.start_at <= closes_at and card.start_at not in offered]
    days = []
    for day in dates:
        found = tuple(card for card in cards if reader.day_of(card.start_at) == day)
        reasons = () if found else _reasons(outlooks.get(day), people, reader)
        days.append(DayOfTimes(day, found, reasons, _hours(people, day, reader)))
    earlier = _week(dates[0] - 7 * DAY, reader) if dates[0] > first_date else None
    later = _week(dates[0] + 7 * DAY, reader) if dates[-1] < last_date else None
    if wanted_date is None and later and not any(day.cards for day in days):
        # Of a week that is nearly over nothing may be left.
        return week_page(invited, contact, wanted_date=later[0], now=now, reader=reader)
    return WeekPage(tuple(days), first_date=dates[0], last_date=dates[-1], earlier=earlier, later=later)


def _discreet(attendee: Attendee, contact: Contact) -> Attendee:
    """The attendee without why they are away, which is for nobody else."""
    if attendee.key == attendee_key(contact):
        return attendee
    return replace(attendee, away=dict.fromkeys(attendee.away, ""))


def _reasons(outlook: DayOutlook | None, people: Sequence[Portrait], reader: Reader) -> tuple[SafeString, ...]:
    if outlook is None:
        return (conditional_escape(_("This day is over, or too soon.")),)
    if outlook.feasible:
        return (conditional_escape(_("Only at hours that are too early or too late for one of us.")),)
    return ruled_out(outlook, people, reader)


def _hours(people: Sequence[Portrait], date: dt.date, reader: Reader) -> tuple[Hours, ...]:
    """Everybody's working hours around the reader's noon of that date, on the reader's clock."""
    day = CivilDay.of(date, reader.zone)
    noon_at = day.start_at + (day.end_at - day.start_at) / 2
    found = []
    for portrait in people:
        participant = portrait.participant
        theirs = noon_at.astimezone(participant.zone).date()
        is_off = theirs in participant.days_off
        spans = () if is_off else participant.working_hours[theirs.weekday()]
        midnight = dt.datetime.combine(theirs, dt.time())
        walls = [
            tuple(
                (midnight + dt.timedelta(minutes=minutes)).replace(tzinfo=participant.zone).astimezone(dt.UTC)
                for minutes in span
            )
            for span in spans
        ]
        hours = plain_listing((reader.time_range(start_at, end_at) for start_at, end_at in walls), reader)
        found.append(Hours(portrait.short_name, portrait.city, hours))
    return tuple(found)


def _week(first_date: dt.date, reader: Reader) -> tuple[dt.date, str]:
    return first_date, day_range(first_date, first_date + 6 * DAY, reader)
