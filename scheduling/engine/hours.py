"""Weekly hours laid over the cells of a day: which they cover, and how far away the others are."""

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from scheduling.engine.clock import QUARTERS_PER_DAY
from scheduling.engine.values import CELL_MINUTES, DAY_MINUTES, DayHours, WeeklyHours

HALF_DAY_CLOSING = 13 * 60
#: Day patterns: 0 to 6 are the weekdays' hours, OFF has none; from HALF on the same ones are cut at 13:00.
OFF = 7
HALF = 8
#: Farther than any hours that a cell is measured against.
FAR = 10_000

#: The wall minute at which each cell of a day starts.
CELL_STARTS = np.arange(QUARTERS_PER_DAY, dtype=np.int32) * CELL_MINUTES


@lru_cache(maxsize=1024)
def working_patterns(hours: WeeklyHours) -> tuple[DayHours, ...]:
    """The working hours of each day pattern."""
    full: tuple[DayHours, ...] = (*hours, ())
    return full + tuple(
        tuple((start, min(end, HALF_DAY_CLOSING)) for start, end in day if start < HALF_DAY_CLOSING) for day in full
    )


def substitute_pattern(hours: WeeklyHours) -> int:
    """The pattern of the first weekday from Monday on that has hours, or OFF."""
    return next((weekday for weekday, day in enumerate(hours) if day), OFF)


def minutes_outside(hours: DayHours, day: int = 0) -> NDArray[np.int32]:
    """Each cell's distance from the nearest of another day's hours: 0 inside, FAR where there are none.

    `day` says whose hours they are: -1 yesterday's, 0 today's, 1 tomorrow's. The far end of the cell counts.
    """
    nearest = np.full(QUARTERS_PER_DAY, FAR, dtype=np.int32)
    for start, end in hours:
        before, after = (
            start + day * DAY_MINUTES - CELL_STARTS,
            CELL_STARTS + CELL_MINUTES - end - day * DAY_MINUTES,
        )
        # A cell is inside when its first minute is.
        inside = (before <= 0) & (after < CELL_MINUTES)
        nearest = np.minimum(nearest, np.where(inside, 0, np.maximum(before, after)))
    return nearest
