"""Who is off when as a chart: one strip per person, dates in percent of its width."""

from calendar import monthrange
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Generic

from babel import Locale
from babel.dates import format_skeleton

from holidays_app.absences import Absence, P


@dataclass(frozen=True)
class Bar:
    """A stretch of a strip, in percent of its width; `look` is the modifier of its CSS class."""

    x: str
    width: str
    look: str


@dataclass(frozen=True)
class Tick:
    """A month's name where it begins."""

    x: str
    name: str


@dataclass(frozen=True)
class Scale:
    """Dates to percent of a strip; mirrored where the reader's language runs from right to left."""

    first_date: date
    last_date: date
    is_mirrored: bool

    def bar(self, first: date, last: date, look: str) -> Bar:
        """The stretch from one date to another, both included."""
        total = (self.last_date - self.first_date).days + 1
        start, width = 100 * (first - self.first_date).days / total, 100 * ((last - first).days + 1) / total
        return Bar(f"{100 - start - width if self.is_mirrored else start:.3f}%", f"{width:.3f}%", look)

    @property
    def dates(self) -> list[date]:
        """Every date, in order."""
        return [self.first_date + timedelta(step) for step in range((self.last_date - self.first_date).days + 1)]


def month_ticks(scale: Scale, locale: Locale) -> list[Tick]:
    """The months of a scale; one of which only a few days are shown has no room for its name."""
    return [
        Tick(scale.bar(day, day, "").x, format_skeleton("MMM", day, locale=locale))
        for day in scale.dates
        if (day == scale.first_date or day.day == 1) and _days_of_month_left(day, scale.last_date) >= 6
    ]


def monday_ticks(scale: Scale) -> list[Bar]:
    """Where weeks begin."""
    return [scale.bar(day, day, "") for day in scale.dates if day.weekday() == 0]


@dataclass(frozen=True)
class AbsenceChart(Generic[P]):
    """The bars of everybody who is off at some time, where weeks begin, and the names of months."""

    rows: Mapping[P, Sequence[Bar]]
    mondays: Sequence[Bar]
    months: Sequence[Tick]


def absence_chart(absences: Sequence[Absence[P]], scale: Scale, locale: Locale) -> AbsenceChart[P]:
    """The rows in the order of each person's first absence."""
    rows: dict[P, list[Bar]] = {}
    for absence in absences:
        look = absence.cause.reason + (" offs__bar--estimated" if absence.cause.is_estimated else "")
        for person in absence.people:
            rows.setdefault(person, []).append(scale.bar(absence.first_date, absence.last_date, look))
    return AbsenceChart(rows, monday_ticks(scale), month_ticks(scale, locale))


def _days_of_month_left(day: date, last_date: date) -> int:
    return min(monthrange(day.year, day.month)[1] - day.day, (last_date - day).days) + 1
