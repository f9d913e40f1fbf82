"""The participants of a case."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from holidays_app.calendars import (
    HALF_DAY,
    Calendar,
    CalendarDays,
    UnknownCalendar,
    days_between,
    supported_years,
    validate,
)
from scheduling.engine import (
    DEFAULT_REACHABLE_HOURS,
    DEFAULT_WORKING_HOURS,
    MAX_PARTICIPANTS,
    NO_HOURS,
    InvalidInput,
    Participant,
    Role,
    check_participants,
    weekly_hours,
)
from scheduling.meetings.cases.reading import (
    JsonObject,
    Reader,
    civil_date,
    flag,
    inside,
    interval,
    list_of,
    nonempty_text,
    number,
    one_of,
    shown,
    time_zone,
    whole_number,
)

#: The dates of a slot and their neighbours, in any zone.
CALENDAR_MARGIN: Final = timedelta(days=3)
#: The first and the last date of the horizon, on the wall of a zone.
Horizon = Callable[[ZoneInfo], tuple[date, date]]


def participants_of(case: JsonObject, horizon: Horizon) -> tuple[Participant, ...]:
    """The participants of a case, with the holidays of the horizon."""
    ids: set[str] = set()

    def participant(value: Any, path: str) -> Participant:
        person = _participant(JsonObject(value, path), horizon)
        if person.id in ids:
            raise InvalidInput(f"{path}.id", f"must differ from those before it, not be {shown(person.id)} again")
        ids.add(person.id)
        return person

    participants = tuple(case.required("participants", list_of(participant, at_most=MAX_PARTICIPANTS)))
    check_participants(participants)
    return participants


def _participant(person: "JsonObject", horizon: Horizon) -> Participant:
    participant_id = person.required("id", nonempty_text)
    zone = person.required("timezone", time_zone)
    dates: Reader[list[date]] = list_of(civil_date)
    no_dates: list[date] = []

    def calendar_days(value: Any, path: str) -> CalendarDays | None:
        first_date, last_date = horizon(zone)
        return _calendar_days(JsonObject(value, path), first_date - CALENDAR_MARGIN, last_date + CALENDAR_MARGIN)

    calendar = person.optional("calendar", calendar_days, None, null=True)
    days_off, half_days, extra_workdays = (
        frozenset(person.optional(key, dates, no_dates)) for key in ("days_off", "half_days", "extra_workdays")
    )
    with inside(person.path):
        return Participant(
            id=participant_id,
            role=person.optional("role", one_of(Role), Role.STAFF),
            zone=zone,
            working_hours=person.optional("working_hours", weekly_hours, DEFAULT_WORKING_HOURS, null=True),
            preferred_hours=person.optional("preferred_hours", weekly_hours, NO_HOURS, null=True),
            reachable_hours=person.optional("reachable_hours", weekly_hours, DEFAULT_REACHABLE_HOURS, null=True),
            days_off=days_off.union(calendar.holidays) if calendar else days_off,
            half_days=half_days.union(calendar.half_days) if calendar else half_days,
            extra_workdays=extra_workdays.union(calendar.workdays) if calendar else extra_workdays,
            busy=tuple(person.optional("busy", list_of(interval), [])),
            buffer_minutes=person.optional("buffer_minutes", whole_number, 0),
            burden=person.optional("burden", number, 0.0),
            optional=person.optional("optional", flag, default=False),
        )


def _calendar_days(value: "JsonObject", first_date: date, last_date: date) -> CalendarDays | None:
    """The special days as far as they are known: years without an announcement have no holidays."""
    country = value.optional("country", nonempty_text, None, null=True)
    subdivision = value.optional("subdivision", nonempty_text, None, null=True)
    categories = value.optional("categories", list_of(nonempty_text), ["public"])
    if country is None:
        return None
    calendar = Calendar(country, subdivision, tuple(categories))
    try:
        validate(calendar)
    except UnknownCalendar as error:
        raise InvalidInput(f"{value.path}.{error.field}", error.message) from error
    known = supported_years(country)
    first_date, last_date = max(first_date, date(known[0], 1, 1)), min(last_date, date(known[-1], 12, 31))
    if last_date < first_date:
        return None
    days = days_between(calendar, first_date, last_date)
    # A case that names the half days' category takes whole days off on them: all days of its categories are off.
    return replace(days, holidays={**days.half_days, **days.holidays}) if HALF_DAY in categories else days
