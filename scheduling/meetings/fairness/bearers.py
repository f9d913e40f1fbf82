"""Everybody with their burden: now, when the month began, and week by week."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from clients.models import Contact, Person
from clients.reader import Reader
from scheduling.engine.ranking import CLIENT_FIRST_WEIGHT
from scheduling.meetings.fairness.chart import Course
from scheduling.meetings.fairness.measures import Entry, burdens_at, course
from scheduling.meetings.proposals.people import short_names
from scheduling.meetings.proposals.wording import points, signed_points
from scheduling.meetings.selectors import attendee_key


@dataclass(frozen=True)
class Bearer:
    """One person's burden now, beside that at the beginning of the month, and at every week of the chart."""

    key: str
    person: Person
    short_name: str
    entries: tuple[Entry, ...]
    burden: float
    before: float
    part: float  # of the heaviest burden
    weekly: tuple[float, ...]
    course: Course
    numbers: tuple[str, str, str]  # now, then, and the change

    @property
    def is_client(self) -> bool:
        return isinstance(self.person, Contact)

    @property
    def rest(self) -> float:
        return 1 - self.part

    @property
    def load(self) -> float:
        """What counts under “Clients first”."""
        return self.burden * (CLIENT_FIRST_WEIGHT if self.is_client else 1)


def bearers_of(
    people: Sequence[Person],
    entries: Mapping[str, Sequence[Entry]],
    instants: Sequence[dt.datetime],
    month_start_at: dt.datetime,
    reader: Reader,
) -> tuple[Bearer, ...]:
    """The people from the heaviest burden."""
    weekly = {key: burdens_at(theirs, instants) for key, theirs in entries.items()}
    before = {key: burdens_at(theirs, [month_start_at])[0] for key, theirs in entries.items()}
    heaviest = max((each[-1] for each in weekly.values()), default=0.0)
    bearers = [
        Bearer(
            key=key,
            person=person,
            short_name=short_name,
            entries=tuple(entries[key]),
            burden=weekly[key][-1],
            before=before[key],
            part=weekly[key][-1] / heaviest if heaviest else 0.0,
            weekly=weekly[key],
            course=course(entries[key], instants),
            numbers=(
                points(weekly[key][-1], reader),
                points(before[key], reader),
                signed_points(weekly[key][-1] - before[key], reader),
            ),
        )
        for person, short_name in zip(people, short_names(people), strict=True)
        for key in (attendee_key(person),)
    ]
    return tuple(sorted(bearers, key=lambda each: (-each.burden, each.person.full_name)))
