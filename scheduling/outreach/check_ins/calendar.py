"""On which days and at which instants check-ins are due: values in, values out.

Each step of a plan names a weekday of every ISO week that counts. Where the contact is off on that date, the step goes
to their next working day or the one before, at most a week away, or is left out. Steps that land on one day are one
check-in, due at the earliest of their wall times. A step may so move into a neighbouring week and join what is there,
but never to before the first week of an enrolment.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property, lru_cache

from scheduling.meetings.walltime import WallTime
from scheduling.outreach.models import Enrolment, PlanStep

Frequency = Enrolment.Frequency
OnDayOff = PlanStep.OnDayOff

DAY = dt.timedelta(days=1)
WEEK = dt.timedelta(weeks=1)
#: A check-in that late is not sent any more.
GRACE = dt.timedelta(hours=6)
#: A step that finds no working day within so many days is left out: by then it is the next one's turn.
REACH_DAYS = 7
REACH = REACH_DAYS * DAY


class Off(StrEnum):
    """Why nobody works on a date."""

    AWAY = "away"
    HOLIDAY = "holiday"
    NOT_A_WORKDAY = "not_a_workday"


@dataclass(frozen=True)
class Step:
    """One thing that is said in a week; Monday is 0."""

    weekday: int
    at_wall: dt.time
    purpose: str
    on_day_off: str = OnDayOff.NEXT
    channel: str = PlanStep.Channel.PREFERRED

    @classmethod
    def of(cls, row: PlanStep) -> "Step":
        """The step of a plan as a value."""
        return cls(row.weekday, row.at_wall, row.purpose, row.on_day_off, row.channel)


@dataclass(frozen=True)
class DayOff:
    """That a date is off, and the name of the holiday or the contact's own reason, if there is one."""

    date: dt.date
    off: Off
    name: str = ""


@dataclass(frozen=True)
class ContactDays:
    """On which dates a contact works; `workdays` are substitutes for others that are off, and half days are at work."""

    weekdays: frozenset[int]
    holidays: Mapping[dt.date, str]
    workdays: frozenset[dt.date] = frozenset()
    away: Mapping[dt.date, str] | None = None

    def off(self, date: dt.date) -> DayOff | None:
        """Why the contact does not work on the date; None where they do."""
        if self.away and date in self.away:
            return DayOff(date, Off.AWAY, self.away[date])
        if date in self.holidays:
            return DayOff(date, Off.HOLIDAY, self.holidays[date])
        if date.weekday() in self.weekdays or (self.weekdays and date in self.workdays):
            return None
        return DayOff(date, Off.NOT_A_WORKDAY)


@dataclass(frozen=True)
class PlacedStep:
    """A step of one week: the date that the plan names, where it lands (None: left out), and why it is not the same."""

    step: Step
    planned_date: dt.date
    local_date: dt.date | None
    day_off: DayOff | None

    @property
    def is_moved(self) -> bool:
        return self.local_date is not None and self.local_date != self.planned_date


@dataclass(frozen=True)
class CheckIn:
    """Everything that lands on one date of the contact, in the order in which the plan names it."""

    local_date: dt.date
    at_wall: dt.time
    steps: tuple[PlacedStep, ...]

    @cached_property
    def purposes(self) -> tuple[str, ...]:
        """What it is for, each once."""
        return tuple(dict.fromkeys(placed.step.purpose for placed in self.steps))

    @cached_property
    def channel(self) -> str:
        """A mail where each of its steps is to be one, and else as the contact prefers."""
        channels = {placed.step.channel for placed in self.steps}
        return next(iter(channels)) if len(channels) == 1 else PlanStep.Channel.PREFERRED

    def due_at(self, time_zone: str) -> dt.datetime:
        """The instant on the contact's own wall: in a gap by the offset before it, in a fold the first pass."""
        return instant(self.local_date, self.at_wall, time_zone)


@lru_cache(maxsize=100_000)
def instant(date: dt.date, wall: dt.time, time_zone: str) -> dt.datetime:
    """When a zone's wall shows that time on that date."""
    return WallTime(date, wall, 0, time_zone).instant


def monday_of(date: dt.date) -> dt.date:
    """The first day of the date's ISO week."""
    return date - date.weekday() * DAY


def quarter_of(date: dt.date) -> dt.date:
    """The first day of the date's quarter."""
    return date.replace(month=(date.month - 1) // 3 * 3 + 1, day=1)


def counts(monday: dt.date, frequency: str, first_week_date: dt.date) -> bool:
    """Whether something is said in the week of that Monday; a month's week is the first that begins in it."""
    if monday < first_week_date or frequency == Frequency.NONE:
        return False
    if frequency == Frequency.FORTNIGHTLY:
        return (monday - first_week_date) % (2 * WEEK) == dt.timedelta()
    return frequency == Frequency.WEEKLY or monday.day <= WEEK.days


def placed_steps(
    steps: Sequence[Step],
    *,
    frequency: str,
    first_week_date: dt.date,
    days: ContactDays,
    first_date: dt.date,
    last_date: dt.date,
) -> Iterator[PlacedStep]:
    """Each step of every week that counts and that may land between two dates, both included, in order of its date."""
    in_order = sorted(steps, key=lambda step: (step.weekday, step.at_wall))
    monday = monday_of(first_date - REACH)
    while monday <= last_date + REACH:
        if counts(monday, frequency, first_week_date):
            for step in in_order:
                yield _place(step, monday + step.weekday * DAY, days, first_week_date)
        monday += WEEK


def check_ins(placed: Sequence[PlacedStep], first_date: dt.date, last_date: dt.date) -> tuple[CheckIn, ...]:
    """The steps that land between two dates, both included, as one check-in a day, in order."""
    by_date: dict[dt.date, list[PlacedStep]] = defaultdict(list)
    for one in placed:
        if one.local_date is not None and first_date <= one.local_date <= last_date:
            by_date[one.local_date].append(one)
    return tuple(
        CheckIn(date, min(one.step.at_wall for one in steps), tuple(steps)) for date, steps in sorted(by_date.items())
    )


def _place(step: Step, planned_date: dt.date, days: ContactDays, first_week_date: dt.date) -> PlacedStep:
    day_off = days.off(planned_date)
    landed: dt.date | None = planned_date
    if day_off is not None:
        landed = next((date for date in _others(step, planned_date, first_week_date) if days.off(date) is None), None)
    return PlacedStep(step, planned_date, landed, day_off)


def _others(step: Step, planned_date: dt.date, first_week_date: dt.date) -> Iterator[dt.date]:
    """The dates that may take the place of a date that is off, the best first."""
    if step.on_day_off == OnDayOff.SKIP:
        return
    direction = DAY if step.on_day_off == OnDayOff.NEXT else -DAY
    for distance in range(1, REACH_DAYS + 1):
        date = planned_date + distance * direction
        if date >= first_week_date:
            yield date
