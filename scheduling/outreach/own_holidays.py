"""The holidays that a contact keeps, to choose from: those of a place over the year to come."""

import datetime as dt
from dataclasses import dataclass

from clients.models import Contact
from holidays_app import calendars
from holidays_app.calendars import Calendar
from holidays_app.models import CalendarChange

DAYS_AHEAD = 365


@dataclass(frozen=True)
class HolidayRow:
    """A holiday, and whether the contact keeps it."""

    date: dt.date
    name: str
    is_estimated: bool
    is_half: bool
    is_kept: bool


@dataclass(frozen=True)
class OwnHolidays:
    """The holidays of a place; `language` is that of their names (BCP 47)."""

    place: Calendar
    rows: tuple[HolidayRow, ...]
    language: str

    @property
    def dates(self) -> frozenset[dt.date]:
        return frozenset(row.date for row in self.rows)


def place_of(contact: Contact) -> Calendar:
    """Where the contact keeps holidays, or their client is, where no calendar is chosen for them."""
    return contact.calendar.calendar if contact.calendar is not None else Calendar(contact.client.country)


def own_holidays(contact: Contact, place: Calendar, *, today: dt.date, language: str) -> OwnHolidays:
    """The holidays of the place in the year from today, as far as they are known.

    The contact keeps all of them but those that are taken out of their calendar of that same place.

    Raises: UnknownCalendar.
    """
    last_date = min(today + dt.timedelta(days=DAYS_AHEAD), calendars.known_until(place.country))
    if last_date < today:
        return OwnHolidays(place, (), language)
    days = calendars.days_between(place, today, last_date, language)
    without = _not_kept(contact, place)
    rows = [
        HolidayRow(date, name, date in days.estimated, is_half, date not in without)
        for named, is_half in ((days.holidays, False), (days.half_days, True))
        for date, name in named.items()
    ]
    return OwnHolidays(place, tuple(sorted(rows, key=lambda row: row.date)), days.language)


def _not_kept(contact: Contact, place: Calendar) -> frozenset[dt.date]:
    calendar = contact.calendar
    if calendar is None or (calendar.country, calendar.subdivision or None) != (place.country, place.subdivision):
        return frozenset()
    removed = calendar.changes.filter(kind=CalendarChange.Kind.REMOVED)
    return frozenset(date for change in removed for date in change.dates)
