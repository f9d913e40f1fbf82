"""On which days contacts work, read for all of them at once."""

import datetime as dt
from collections.abc import Collection

from clients.day import away_dates, person_key
from clients.models import Contact
from holidays_app.selectors import days_for_calendars
from scheduling.engine import WEEKDAYS
from scheduling.outreach.check_ins.calendar import ContactDays


def contact_days(
    contacts: Collection[Contact], first_date: dt.date, last_date: dt.date, language: str | None = None
) -> dict[int, ContactDays]:
    """By contact, on which of these dates they work; holidays are named in `language`, else in their country's own."""
    away = away_dates(contacts, first_date, last_date)
    calendars = [contact.calendar for contact in contacts if contact.calendar]
    known = days_for_calendars(calendars, first_date, last_date, language, as_far_as_known=True)
    found = {}
    for contact in contacts:
        days = known.get(contact.calendar_id or 0)
        found[contact.pk] = ContactDays(
            weekdays=frozenset(number for number, name in enumerate(WEEKDAYS) if contact.working_hours.get(name)),
            holidays=days.holidays if days else {},
            workdays=days.workdays if days else frozenset(),
            away=away[person_key(contact)],
        )
    return found
