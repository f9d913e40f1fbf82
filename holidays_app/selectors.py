"""The days of calendars with their local changes, for one calendar or for many at once."""

from collections.abc import Iterable, Mapping
from datetime import date

from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser
from django.db.models import QuerySet, prefetch_related_objects

from holidays_app import calendars
from holidays_app.calendars import CalendarDays
from holidays_app.models import CalendarChange, HolidayCalendar

Kind = CalendarChange.Kind


def calendars_for(actor: AbstractBaseUser | AnonymousUser) -> QuerySet[HolidayCalendar]:
    """The calendars of places for whoever is signed in: unlike those that one person keeps, they tell of no client."""
    of_places = HolidayCalendar.objects.filter(is_personal=False)
    return of_places if actor.is_authenticated else of_places.none()


def calendar_days(
    holiday_calendar: HolidayCalendar, first_date: date, last_date: date, language: str | None = None
) -> CalendarDays:
    """The special days from `first_date` to `last_date`, both included, with the local changes made.

    One query, or none where `changes` is prefetched.

    Raises: UnsupportedYear.
    """
    days = calendars.days_between(holiday_calendar.calendar, first_date, last_date, language)
    return with_changes(days, holiday_calendar.changes.all(), first_date, last_date)


def known_calendar_days(
    holiday_calendar: HolidayCalendar, first_date: date, last_date: date, language: str | None = None
) -> CalendarDays:
    """The same as far as the place is known (`calendars.known_until`); after that, local changes only."""
    place = holiday_calendar.calendar
    until = min(last_date, calendars.known_until(place.country))
    if until < first_date:
        named_in = calendars.names_language(place.country, language)
        days = CalendarDays({}, {}, frozenset(), frozenset(), named_in)
    else:
        days = calendars.days_between(place, first_date, until, language)
    return with_changes(days, holiday_calendar.changes.all(), first_date, last_date)


def days_for_calendars(
    holiday_calendars: Iterable[HolidayCalendar],
    first_date: date,
    last_date: date,
    language: str | None = None,
    *,
    as_far_as_known: bool = False,
) -> dict[int, CalendarDays]:
    """The days of many calendars by primary key, with one query for all their changes.

    Raises: UnsupportedYear, unless `as_far_as_known`.
    """
    days_of = known_calendar_days if as_far_as_known else calendar_days
    rows = {row.pk: row for row in holiday_calendars}
    prefetch_related_objects(list(rows.values()), "changes")
    return {pk: days_of(row, first_date, last_date, language) for pk, row in rows.items()}


def with_changes(
    days: CalendarDays, changes: Iterable[CalendarChange], first_date: date, last_date: date
) -> CalendarDays:
    """The days as the changes make them: a change replaces what is said of its dates, the later row holds."""
    changed = {
        day: change
        for change in sorted(changes, key=lambda change: change.pk)
        for day in change.dates
        if first_date <= day <= last_date
    }
    if not changed:
        return days

    def named(kept: Mapping[date, str], kind: Kind) -> dict[date, str]:
        added = {day: change.name for day, change in changed.items() if change.kind == kind}
        return dict(sorted(({day: kept[day] for day in kept if day not in changed} | added).items()))

    return CalendarDays(
        holidays=named(days.holidays, Kind.CLOSURE),
        half_days=named(days.half_days, Kind.HALF_DAY),
        workdays=days.workdays.difference(changed)
        | {day for day, change in changed.items() if change.kind == Kind.WORKDAY},
        estimated=days.estimated.difference(changed),
        language=days.language,
    )
