"""A participant's dates: whose hours each one has, and whether it is a bridge day."""

from collections.abc import Iterable
from datetime import date
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from scheduling.engine.clock import day_of, weekdays_of
from scheduling.engine.hours import HALF, OFF, substitute_pattern, working_patterns
from scheduling.engine.values import Participant


class DateKind(NamedTuple):
    """What the cells of a date depend on, besides the participant's hours; most dates are of few kinds."""

    weekday: int
    yesterday: int
    today: int
    tomorrow: int
    bridge_yesterday: bool
    bridge_today: bool


def kinds_of_dates(participant: Participant, first: int, last: int) -> list[DateKind]:
    """The kinds of the participant's dates from day number `first` to `last`, both included."""
    # Yesterday may be a bridge day, which depends on the day before it.
    days = np.arange(first - 2, last + 2)
    weekdays = weekdays_of(days)
    patterns = weekdays.copy()
    patterns[_places(days, participant.extra_workdays)] = substitute_pattern(participant.working_hours)
    patterns[_places(days, participant.days_off)] = OFF
    patterns[_places(days, participant.half_days)] += HALF

    working = np.array([bool(hours) for hours in working_patterns(participant.working_hours)])[patterns]
    bridge = working[1:-1] & ~working[:-2] & ~working[2:]
    columns = (weekdays[2:-1], patterns[1:-2], patterns[2:-1], patterns[3:], bridge[:-1], bridge[1:])
    return [DateKind(*row) for row in zip(*(column.tolist() for column in columns), strict=True)]


def _places(days: NDArray[np.int64], dates: Iterable[date]) -> list[int]:
    first = int(days[0])
    places = (day_of(civil_date) - first for civil_date in dates)
    return [place for place in places if 0 <= place < len(days)]
