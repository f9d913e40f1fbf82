"""A year of a calendar as twelve months of weeks, to be drawn."""

from calendar import Calendar as Weeks
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby
from typing import Literal

from babel import Locale
from babel.dates import format_interval, format_skeleton

from holidays_app import calendars
from holidays_app.calendars import Calendar, CalendarDays

Kind = Literal["", "holiday", "half_day", "workday"]


@dataclass(frozen=True)
class Day:
    """One date: what it is (nothing, for most), what it is called, and whether that date is a guess."""

    date: date
    kind: Kind
    name: str
    is_estimated: bool
    is_weekend: bool

    @property
    def number(self) -> str:
        """The day of the month."""
        return str(self.date.day)

    @property
    def look(self) -> str:
        """The CSS classes of its cell."""
        modifiers: list[str] = [self.kind] if self.kind else []
        if self.is_weekend and self.kind != "workday":
            modifiers.append("rest")
        if self.is_estimated:
            modifiers.append("estimated")
        return " ".join(["cal-day", *(f"cal-day--{modifier}" for modifier in modifiers)])


@dataclass(frozen=True)
class SpecialDays:
    """Dates in a row that are special for one reason; `label` names them in the reader's language."""

    label: str
    kind: Kind
    name: str
    is_estimated: bool


@dataclass(frozen=True)
class Month:
    """A month's name, its weeks of seven days (None outside the month), and what is special in it."""

    name: str
    weeks: tuple[tuple[Day | None, ...], ...]
    special: tuple[SpecialDays, ...]


@dataclass(frozen=True)
class Weekday:
    """A column's heading."""

    short: str
    full: str


def weekdays(first_weekday: int, locale: Locale) -> tuple[Weekday, ...]:
    """The headings of the seven columns."""
    names = locale.days["stand-alone"]
    return tuple(
        Weekday(names["short"][weekday], names["wide"][weekday])
        for weekday in ((first_weekday + column) % 7 for column in range(7))
    )


def months(place: Calendar, year: int, days: CalendarDays, first_weekday: int, locale: Locale) -> tuple[Month, ...]:
    """The twelve months; `days` are those of the whole year, Monday is weekday 0."""
    return tuple(_month(place, date(year, month, 1), days, first_weekday, locale) for month in range(1, 13))


def _month(place: Calendar, first: date, days: CalendarDays, first_weekday: int, locale: Locale) -> Month:
    rest = calendars.weekend(place.country, place.subdivision, first)
    weeks = tuple(
        tuple(_day(each, days, rest) if each.month == first.month else None for each in week)
        for week in Weeks(first_weekday).monthdatescalendar(first.year, first.month)
    )
    return Month(
        name=locale.months["stand-alone"]["wide"][first.month],
        weeks=weeks,
        special=tuple(_special([day for week in weeks for day in week if day and day.kind], locale)),
    )


def _day(day: date, days: CalendarDays, rest: frozenset[int]) -> Day:
    kind: Kind = ""
    if day in days.holidays:
        kind = "holiday"
    elif day in days.half_days:
        kind = "half_day"
    elif day in days.workdays:
        kind = "workday"
    name = days.holidays.get(day) or days.half_days.get(day) or ""
    return Day(day, kind, name, day in days.estimated, day.weekday() in rest)


def _special(special: list[Day], locale: Locale) -> Iterator[SpecialDays]:
    # Dates in a row differ from their place in the list by the same number of days.
    def together(place: tuple[int, Day]) -> tuple[date, Kind, str, bool]:
        index, day = place
        return day.date - timedelta(index), day.kind, day.name, day.is_estimated

    for (_start, kind, name, is_estimated), group in groupby(enumerate(special), together):
        dates = [day.date for _index, day in group]
        yield SpecialDays(span_label(dates[0], dates[-1], locale), kind, name, is_estimated)


def span_label(first: date, last: date, locale: Locale) -> str:
    """“Tue 17 Feb”, or “Tue 17 – Thu 19 Feb” for more than a day."""
    if first == last:
        return format_skeleton("MMMEd", first, locale=locale)
    return format_interval(first, last, "MMMEd", locale=locale)
