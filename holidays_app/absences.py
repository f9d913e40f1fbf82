"""Who is off when: the holidays and days off of many people, gathered by date."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from itertools import groupby
from typing import Generic, TypeVar

from django.db.models import prefetch_related_objects

from holidays_app import calendars
from holidays_app.models import HolidayCalendar
from holidays_app.selectors import known_calendar_days

P = TypeVar("P")


class Reason(StrEnum):
    """Why somebody is off; `UNKNOWN` where the holidays of their place are not known so far ahead."""

    HOLIDAY = "holiday"
    HALF_DAY = "half_day"
    LEAVE = "leave"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Leave:
    """Dates, both ends included, on which one person is away."""

    first_date: date
    last_date: date
    name: str = ""


@dataclass(frozen=True)
class Cause:
    """Why one person is off on one date. `language` is that of the name, empty where nobody knows."""

    reason: Reason
    name: str
    is_estimated: bool = False
    language: str = ""


@dataclass(frozen=True)
class Absence(Generic[P]):
    """Dates in a row on which some people are off for one cause."""

    first_date: date
    last_date: date
    cause: Cause
    people: tuple[P, ...]


def absences(
    people_with_calendars: Iterable[tuple[P, HolidayCalendar | None]],
    first_date: date,
    last_date: date,
    language: str,
    days_off: Mapping[P, Sequence[Leave]] | None = None,
) -> list[Absence[P]]:
    """Who is off from `first_date` to `last_date`, by first date and then by the number of people.

    A person's day off hides the holiday of that date. One query for the changes of all calendars.
    """
    people = list(people_with_calendars)
    kept = {calendar.pk: calendar for _person, calendar in people if calendar}
    prefetch_related_objects(list(kept.values()), "changes")
    of_calendar = {pk: _causes(calendar, first_date, last_date, language) for pk, calendar in kept.items()}
    together: dict[tuple[date, date, Cause], list[P]] = {}
    for person, calendar in people:
        causes = dict(of_calendar[calendar.pk]) if calendar else {}
        for leave in (days_off or {}).get(person, ()):
            start, end = max(leave.first_date, first_date), min(leave.last_date, last_date)
            causes |= {day: Cause(Reason.LEAVE, leave.name) for day in _dates(start, end)}
        for start, end, cause in _stretches(causes):
            together.setdefault((start, end, cause), []).append(person)
    found = [Absence(start, end, cause, tuple(who)) for (start, end, cause), who in together.items()]
    return sorted(found, key=lambda absence: (absence.first_date, -len(absence.people), absence.cause.name))


def _causes(calendar: HolidayCalendar, first: date, last: date, language: str) -> dict[date, Cause]:
    days = known_calendar_days(calendar, first, last, language)
    unknown_from = max(first, calendars.known_until(calendar.country) + timedelta(days=1))

    def cause(reason: Reason, day: date, name: str) -> Cause:
        return Cause(reason, name, day in days.estimated, days.language)

    return (
        {day: Cause(Reason.UNKNOWN, "") for day in _dates(unknown_from, last)}
        | {day: cause(Reason.HOLIDAY, day, name) for day, name in days.holidays.items()}
        | {day: cause(Reason.HALF_DAY, day, name) for day, name in days.half_days.items()}
    )


def _dates(first: date, last: date) -> Iterator[date]:
    return (first + timedelta(step) for step in range((last - first).days + 1))


def _stretches(causes: Mapping[date, Cause]) -> Iterator[tuple[date, date, Cause]]:
    """Dates in a row with one cause, in order."""

    # Dates in a row differ from their place in the list by the same number of days.
    def together(place: tuple[int, date]) -> tuple[date, Cause]:
        index, day = place
        return day - timedelta(days=index), causes[day]

    for (_start, cause), group in groupby(enumerate(sorted(causes)), together):
        days = [day for _index, day in group]
        yield days[0], days[-1], cause
