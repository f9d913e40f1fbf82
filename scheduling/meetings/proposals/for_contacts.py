"""Times as a contact sees them: on their own wall, in words about their own day, and of others no more than the host's.

Nothing here tells a cost, nor why somebody else can't come.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from clients.models import Contact, Person
from clients.reader import Reader
from clients.zones import city
from holidays_app.calendars import UnsupportedYear
from scheduling.engine import MeetingRequest, Policy, Slot, assess
from scheduling.meetings.models import Meeting
from scheduling.meetings.offers.comfort import comfort_of
from scheduling.meetings.offers.invited import is_bearable
from scheduling.meetings.proposals.people import short_names
from scheduling.meetings.reasons import comfort_words
from scheduling.meetings.selectors import attendee_key, attendees
from scheduling.meetings.services.rows import FURTHEST

DAYS_SHOWN = 14
CARDS, CARDS_OF_A_DAY = 8, 40
STEP_MINUTES = 30
DAY = dt.timedelta(days=1)
#: Who chooses a start from this hour on, or before that one, is asked once whether they mean it.
NIGHT_FROM, NIGHT_UNTIL = 23, 6


@dataclass(frozen=True)
class TimeCard:
    """A time to choose; `host_time` is that of the host, with a weekday where the date is another."""

    start_at: dt.datetime
    end_at: dt.datetime
    band: str
    comfort: str
    host: str
    host_city: str
    host_time: str


@dataclass(frozen=True)
class OtherTimes:
    """Times by date on the reader's wall; `earlier_date` and `later_date` begin the pages before and after."""

    days: tuple[tuple[dt.date, tuple[TimeCard, ...]], ...]
    first_date: dt.date
    last_date: dt.date
    earlier_date: dt.date | None
    later_date: dt.date | None

    @property
    def cards(self) -> tuple[TimeCard, ...]:
        """All of them, in order."""
        return tuple(card for _date, cards in self.days for card in cards)


def is_night(at: dt.datetime, reader: Reader) -> bool:
    """Whether the reader's clock then shows an hour between 23 and 6."""
    hour = reader.wall(at).hour
    return hour >= NIGHT_FROM or hour < NIGHT_UNTIL


def other_times(
    meeting: Meeting,
    contact: Contact,
    *,
    first_date: dt.date,
    days: int = DAYS_SHOWN,
    earliest_at: dt.datetime,
    now: dt.datetime,
    reader: Reader,
) -> OtherTimes:
    """The fairest times for everybody in the meeting over so many days on the reader's wall, none before the earliest.

    One day alone has all of its times that do not overlap; of more days, the fairest are spread over them.
    """
    today = reader.day_of(earliest_at)
    first_date = max(first_date, today)
    later_date = first_date + days * DAY
    slots = _slots(
        meeting,
        opens_at=max(_midnight(first_date, reader), earliest_at),
        closes_at=_midnight(later_date, reader),
        count=CARDS_OF_A_DAY if days == 1 else CARDS,
        now=now,
    )
    host = meeting.organizer
    cards = [_card(slot, attendee_key(contact), host, reader) for slot in slots if slot.start_at != meeting.start_at]
    return OtherTimes(
        days=tuple(
            (date, tuple(found))
            for date, found in groupby(
                sorted(cards, key=lambda card: card.start_at), key=lambda card: reader.day_of(card.start_at)
            )
        ),
        first_date=first_date,
        last_date=later_date - DAY,
        earlier_date=max(today, first_date - days * DAY) if first_date > today else None,
        later_date=later_date if _midnight(later_date + days * DAY, reader) < now + FURTHEST else None,
    )


def _slots(
    meeting: Meeting, *, opens_at: dt.datetime, closes_at: dt.datetime, count: int, now: dt.datetime
) -> Sequence[Slot]:
    """The fairest times by the engine that a contact may move to; none where holidays that far ahead are not known."""
    if closes_at - opens_at < dt.timedelta(minutes=meeting.duration_minutes + 15):
        return ()
    rows = list(meeting.attendances.select_related("contact__calendar", "account_manager__calendar"))
    try:
        people = attendees(
            contacts=[row.contact for row in rows if row.contact is not None],
            colleagues=[row.account_manager for row in rows if row.account_manager is not None],
            start_at=opens_at,
            end_at=closes_at,
            now=now,
            excluding=meeting,
            optional=[row.person for row in rows if row.is_optional],
        )
    except UnsupportedYear:
        return ()
    request = MeetingRequest(
        duration_minutes=meeting.duration_minutes,
        start_at=opens_at,
        end_at=closes_at,
        step_minutes=STEP_MINUTES,
        policy=Policy(meeting.policy),
        count=count,
    )
    slots = assess(request, [person.participant for person in people]).proposal.slots
    costs = {attendee_key(row.person): float(row.cost) for row in rows}
    return [slot for slot in slots if is_bearable(slot, people, costs)]


def _card(slot: Slot, key: str, host: Person, reader: Reader) -> TimeCard:
    mine = next(share for share in slot.participants if share.id == key)
    theirs = reader.in_zone(host.time_zone)
    date = theirs.day_of(slot.start_at)
    day = "" if date == reader.day_of(slot.start_at) else f"{theirs.short_day(date)}, "
    return TimeCard(
        start_at=slot.start_at,
        end_at=slot.end_at,
        band=mine.band,
        comfort=comfort_words(comfort_of(mine)),
        host=short_names([host])[0],
        host_city=city(host.time_zone, reader.language),
        host_time=f"{day}{theirs.time(slot.start_at)}",
    )


def _midnight(date: dt.date, reader: Reader) -> dt.datetime:
    return dt.datetime.combine(date, dt.time(), reader.zone).astimezone(dt.UTC)
