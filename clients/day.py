"""What people's days are like at an instant: whether they are at work, what is off, and when they work next.

The rules are the engine's, so that this and a proposed time never disagree.
"""

import datetime as dt
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import groupby
from typing import cast

import numpy as np
from django.db.models import Q
from numpy.typing import NDArray

from clients.models import AccountManager, Contact, DayOff, Person
from holidays_app.calendars import CalendarDays, known_until
from holidays_app.selectors import days_for_calendars
from scheduling.engine import Band, Participant, Role, weekly_hours
from scheduling.engine.cells import BANDS, GOOD, Cells, cells_between
from scheduling.engine.clock import instant_of, quarter_at, quarter_from

LOOK_AHEAD_DAYS = 366
# The engine looks at the neighbours of a date, and zones lie up to 14 hours off UTC.
MARGIN_DAYS = 4
QUARTERS_A_DAY = 96
#: Most people work again within two days; whoever does not is looked for farther out.
SEARCH_DAYS = (2, 30, LOOK_AHEAD_DAYS)

#: One key for a person among both tables, such as (Contact, 12).
PersonKey = tuple[type[Contact] | type[AccountManager], int]


class DayState(StrEnum):
    """What somebody is doing at an instant, as far as their day says."""

    WORKING = "working"
    HOLIDAY = "holiday"
    AWAY = "away"
    OFF = "off"


@dataclass(frozen=True)
class Holiday:
    """A day off in somebody's calendar; an estimated one waits for a sighting of the moon or a decree."""

    date: dt.date
    name: str
    is_half: bool = False
    is_estimated: bool = False
    #: That of the name (BCP 47), which need not be the one that was asked for.
    language: str = ""


@dataclass(frozen=True)
class Stretch:
    """Consecutive time of one comfort; `band` is None where the person is not offered."""

    start_at: dt.datetime
    end_at: dt.datetime
    band: Band | None


@dataclass(frozen=True)
class PersonDay:
    """One person's day around an instant.

    `changes_at` is when the working hours that run end, else when the next ones begin, None where none do within
    a year. `away_reason` is None on a day that is not the person's own day off, and may be empty on one that is.
    `next_holidays` begins with today's. Where `holidays_known` is false, they are not known for all of the next year.
    """

    person: Person
    at: dt.datetime
    state: DayState
    changes_at: dt.datetime | None
    away_reason: str | None
    next_holidays: tuple[Holiday, ...]
    holidays_known: bool
    participant: Participant = field(repr=False)

    @property
    def local_at(self) -> dt.datetime:
        """The instant on the person's own wall."""
        return self.at.astimezone(self.participant.zone)

    @property
    def is_working(self) -> bool:
        return self.state is DayState.WORKING

    @property
    def next_holiday(self) -> Holiday | None:
        return next(iter(self.next_holidays), None)

    @property
    def holiday_today(self) -> Holiday | None:
        """Today's holiday, a half one included."""
        first = self.next_holiday
        return first if first is not None and first.date == self.local_at.date() else None

    def stretches(self, start_at: dt.datetime, end_at: dt.datetime) -> tuple[Stretch, ...]:
        """The comfort of every quarter of an hour that overlaps the time from `start_at` to `end_at`, in order."""
        first, last = quarter_at(start_at), quarter_from(end_at)
        cells = cells_between(self.participant, first, last)
        bands = [
            None if blocked else BANDS[band]
            for blocked, band in zip(cells.blocks.tolist(), cells.bands.tolist(), strict=True)
        ]
        stretches = []
        for band, group in groupby(range(last - first), key=bands.__getitem__):
            quarters = list(group)
            start, end = instant_of(first + quarters[0]), instant_of(first + quarters[-1] + 1)
            stretches.append(Stretch(start, end, band))
        return tuple(stretches)


def person_days(people: Sequence[Person], *, now: dt.datetime, language: str, holidays: int = 1) -> list[PersonDay]:
    """Everybody's day at `now`, in the order given, with up to `holidays` next holidays named in `language`.

    Needs `calendar` selected with each person. The number of queries does not depend on the number of people.
    """
    first_date = now.date() - dt.timedelta(days=MARGIN_DAYS)
    last_date = now.date() + dt.timedelta(days=LOOK_AHEAD_DAYS + MARGIN_DAYS)
    kept = [person.calendar for person in people if person.calendar is not None]
    calendars = days_for_calendars(kept, first_date, last_date, language, as_far_as_known=True)
    away = away_dates(people, first_date, last_date)
    return [
        _person_day(
            person, now, calendars[person.calendar.pk] if person.calendar else None, away[person_key(person)], holidays
        )
        for person in people
    ]


def person_key(person: Person) -> PersonKey:
    """One key for a person among both tables."""
    # isinstance, because a request's user is a lazy object of another type.
    return Contact if isinstance(person, Contact) else AccountManager, person.pk


def away_dates(
    people: Iterable[Person], first_date: dt.date, last_date: dt.date
) -> dict[PersonKey, dict[dt.date, str]]:
    """Each person's own days off from `first_date` to `last_date`, both included, with their reasons."""
    away: dict[PersonKey, dict[dt.date, str]] = {person_key(person): {} for person in people}
    rows = DayOff.objects.filter(
        Q(contact__in=[pk for kind, pk in away if kind is Contact])
        | Q(account_manager__in=[pk for kind, pk in away if kind is AccountManager]),
        first_date__lte=last_date,
        last_date__gte=first_date,
    )
    for row in rows:
        kind = Contact if row.contact_id is not None else AccountManager
        theirs = away[kind, cast("int", row.contact_id or row.account_manager_id)]
        date = max(row.first_date, first_date)
        while date <= min(row.last_date, last_date):
            theirs[date] = row.reason
            date += dt.timedelta(days=1)
    return away


def participant_of(person: Person, days: CalendarDays | None, away: Collection[dt.date]) -> Participant:
    """The person as the engine sees them, with nothing else to do."""
    return Participant(
        id=f"{'contact' if isinstance(person, Contact) else 'staff'}-{person.pk}",
        role=Role.CLIENT if isinstance(person, Contact) else Role.STAFF,
        zone=person.zone,
        working_hours=weekly_hours(person.working_hours),
        preferred_hours=weekly_hours(person.preferred_hours),
        reachable_hours=weekly_hours(person.reachable_hours),
        days_off=frozenset(away).union(days.holidays if days else ()),
        half_days=frozenset(days.half_days if days else ()),
        extra_workdays=days.workdays if days else frozenset(),
    )


def _person_day(
    person: Person, now: dt.datetime, days: CalendarDays | None, away: dict[dt.date, str], holidays: int
) -> PersonDay:
    participant = participant_of(person, days, away)
    today = now.astimezone(participant.zone).date()
    a_year_on = today + dt.timedelta(days=LOOK_AHEAD_DAYS)
    at_work, changes_at = _working(participant, now)
    coming = _holidays_from(today, days, holidays)
    if at_work:
        state = DayState.WORKING
    elif today in away:
        state = DayState.AWAY
    elif coming and coming[0].date == today:
        state = DayState.HOLIDAY
    else:
        state = DayState.OFF
    return PersonDay(
        person=person,
        at=now,
        state=state,
        changes_at=changes_at,
        away_reason=away.get(today),
        next_holidays=coming,
        holidays_known=person.calendar is None or known_until(person.calendar.country) >= a_year_on,
        participant=participant,
    )


def _holidays_from(today: dt.date, days: CalendarDays | None, count: int) -> tuple[Holiday, ...]:
    if days is None:
        return ()
    dates = sorted(date for date in {*days.holidays, *days.half_days} if date >= today)
    return tuple(
        Holiday(
            date=date,
            name=days.holidays.get(date) or days.half_days[date],
            is_half=date not in days.holidays,
            is_estimated=date in days.estimated,
            language=days.language,
        )
        for date in dates[:count]
    )


def _working(participant: Participant, now: dt.datetime) -> tuple[bool, dt.datetime | None]:
    """Whether working hours run at `now`, and when that changes."""
    first = quarter_at(now)
    for days in SEARCH_DAYS:
        working = _inside_hours(cells_between(participant, first, first + days * QUARTERS_A_DAY))
        others = np.flatnonzero(working != working[0])
        if len(others):
            return bool(working[0]), instant_of(first + int(others[0]))
    return bool(working[0]), None


def _inside_hours(cells: Cells) -> NDArray[np.bool_]:
    inside: NDArray[np.bool_] = (cells.blocks == 0) & (cells.bands <= GOOD)
    return inside
