"""What writes calendars outside the administration."""

from holidays_app.calendars import Calendar
from holidays_app.models import HolidayCalendar, validate_place


def ensure_place_calendar(*, country: str, subdivision: str | None = None) -> HolidayCalendar:
    """The calendar of a place itself, made where it does not exist yet.

    Raises: ValidationError where there is no such country or subdivision.
    """
    validate_place(Calendar(country, subdivision or None))
    calendar, _created = HolidayCalendar.objects.get_or_create(country=country, subdivision=subdivision or "", name="")
    return calendar
