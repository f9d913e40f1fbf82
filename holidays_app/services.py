"""What writes calendars outside the administration."""

from collections.abc import Collection
from datetime import date

from django.db import transaction

from holidays_app.calendars import PUBLIC, Calendar
from holidays_app.models import CalendarChange, HolidayCalendar, validate_place

Kind = CalendarChange.Kind


def ensure_place_calendar(*, country: str, subdivision: str | None = None) -> HolidayCalendar:
    """The calendar of a place itself, made where it does not exist yet.

    Raises: ValidationError where there is no such country or subdivision.
    """
    validate_place(Calendar(country, subdivision or None))
    calendar, _created = HolidayCalendar.objects.get_or_create(country=country, subdivision=subdivision or "", name="")
    return calendar


@transaction.atomic
def personal_calendar(
    *, owner: str, current: HolidayCalendar | None, place: Calendar, not_kept: Collection[date]
) -> HolidayCalendar:
    """The calendar of somebody who keeps the holidays of that place but for some dates: the place's own where it does.

    `owner` is a name for them that tells nobody who they are. Local changes of the calendar that they have now stay,
    where it is of the same place.

    Raises: ValidationError where there is no such country, subdivision or category.
    """
    validate_place(place)
    mine = HolidayCalendar.objects.filter(is_personal=True, name=owner).first()
    is_here = current is not None and (current.country, current.subdivision) == (place.country, place.subdivision or "")
    own_changes = _changes_but_for_removed(current) if current is not None and is_here else []
    if not own_changes and not not_kept and place.categories == (PUBLIC,):
        return ensure_place_calendar(country=place.country, subdivision=place.subdivision)
    is_as_it_is = current is not None and is_here and not current.is_personal
    if current is not None and is_as_it_is and tuple(current.categories) == place.categories and not not_kept:
        # The organisation's own calendar, all of it.
        return current
    mine = mine or HolidayCalendar(name=owner, is_personal=True)
    mine.country, mine.subdivision, mine.categories = place.country, place.subdivision or "", list(place.categories)
    mine.save()
    mine.changes.all().delete()
    CalendarChange.objects.bulk_create(
        CalendarChange(calendar=mine, kind=kind, first_date=first, last_date=last, name=name)
        for kind, first, last, name in [*own_changes, *((Kind.REMOVED, day, day, "") for day in sorted(not_kept))]
    )
    return mine


def forget_personal_calendar(owner: str) -> None:
    """Deletes the personal calendar of an owner, which nobody has any more."""
    HolidayCalendar.objects.filter(is_personal=True, name=owner).delete()


def _changes_but_for_removed(calendar: HolidayCalendar) -> list[tuple[str, date, date, str]]:
    """What the calendar adds to its place, as it stands before a personal one is written anew."""
    added = calendar.changes.exclude(kind=Kind.REMOVED).order_by("pk")
    return list(added.values_list("kind", "first_date", "last_date", "name"))
