"""The attendees as the page names them, and why one of them is away on a date."""

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from clients.models import Person
from clients.reader import Reader, offset_label
from clients.zones import city
from scheduling.engine import Participant
from scheduling.meetings.selectors import Attendee


class Leave(StrEnum):
    """Why a date is no working day for somebody."""

    HOLIDAY = "holiday"
    DAY_OFF = "day_off"
    HALF_DAY = "half_day"
    WEEKLY_REST = "weekly_rest"


@dataclass(frozen=True)
class Away:
    """A reason to be away; `name` is that of a holiday or what was written beside the days off, maybe nothing."""

    leave: Leave
    name: str = ""
    language: str = ""
    is_estimated: bool = False


@dataclass(frozen=True, eq=False)
class Portrait:
    """An attendee as the page shows them; each is equal to itself alone."""

    attendee: Attendee
    short_name: str
    city: str
    is_reader: bool

    @property
    def key(self) -> str:
        return self.attendee.key

    @property
    def person(self) -> Person:
        return self.attendee.person

    @property
    def name(self) -> str:
        return self.person.full_name

    @property
    def participant(self) -> Participant:
        return self.attendee.participant

    def offset(self, at: dt.datetime) -> str:
        """“GMT+5:30”."""
        return offset_label(self.person.time_zone, at)

    def away_on(self, date: dt.date) -> Away | None:
        """Why the date is not, or only half, a working day; None where it is a whole one."""
        days = self.attendee.days
        if date in self.attendee.away:
            return Away(Leave.DAY_OFF, self.attendee.away[date])
        if date in days.holidays:
            return Away(Leave.HOLIDAY, days.holidays[date], days.language, date in days.estimated)
        is_workday = date in days.workdays or bool(self.participant.working_hours[date.weekday()])
        if not is_workday:
            return Away(Leave.WEEKLY_REST)
        if date in days.half_days:
            return Away(Leave.HALF_DAY, days.half_days[date], days.language, date in days.estimated)
        return None

    def is_missed_on(self, date: dt.date) -> bool:
        """Whether a holiday or days off keep this person from a date on which they would work."""
        away = self.away_on(date)
        has_hours = bool(self.participant.working_hours[date.weekday()])
        return away is not None and away.leave in {Leave.HOLIDAY, Leave.DAY_OFF} and has_hours


def portraits(attendees: Sequence[Attendee], actor: Person, reader: Reader) -> tuple[Portrait, ...]:
    """The attendees in the order given, called by short names that tell them apart."""
    names = short_names([attendee.person for attendee in attendees])
    return tuple(
        Portrait(
            attendee,
            short_name=name,
            city=city(person.time_zone, reader.language),
            is_reader=person == actor,
        )
        for attendee, name in zip(attendees, names, strict=True)
        for person in (attendee.person,)
    )


def short_names(people: Sequence[Person]) -> list[str]:
    """“Claire” for Claire Tremblay; whoever shares a short name with another is called by the full one."""
    names = [_short_name(person) for person in people]
    called = Counter(names)
    return [name if called[name] == 1 else person.full_name for name, person in zip(names, people, strict=True)]


def _short_name(person: Person) -> str:
    """A form such as “渡辺様” is for speaking to somebody, not of them."""
    return person.address_as if person.address_as and person.address_as in person.full_name else person.full_name


def west_to_east(people: Iterable[Portrait], at: dt.datetime) -> tuple[Portrait, ...]:
    """The people by their offset from UTC at an instant, then by name."""

    def offset(portrait: Portrait) -> dt.timedelta:
        return at.astimezone(portrait.participant.zone).utcoffset() or dt.timedelta()

    return tuple(sorted(people, key=lambda portrait: (offset(portrait), portrait.name)))
