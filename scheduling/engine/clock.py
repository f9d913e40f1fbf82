"""Instants and wall time, both counted in quarters of an hour since 1 January 1970."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
QUARTER = timedelta(minutes=15)
QUARTERS_PER_DAY = 96
CELL_SECONDS = 900
_EPOCH_ORDINAL = date(1970, 1, 1).toordinal()
_EPOCH_WEEKDAY = date(1970, 1, 1).weekday()


def quarter_at(instant: datetime) -> int:
    """The number of the quarter that `instant` lies in."""
    return (instant - EPOCH) // QUARTER


def quarter_from(instant: datetime) -> int:
    """The number of the first quarter that begins at `instant` or later."""
    return -((EPOCH - instant) // QUARTER)


def instant_of(quarter: int) -> datetime:
    """The UTC instant at which a quarter begins."""
    return EPOCH + quarter * QUARTER


def day_of(civil_date: date) -> int:
    """The number of a date: days since 1 January 1970."""
    return civil_date.toordinal() - _EPOCH_ORDINAL


def date_of(day: int) -> date:
    """The date with that number."""
    return date.fromordinal(day + _EPOCH_ORDINAL)


def weekday_of(day: int) -> int:
    """The weekday of a date's number, 0 for Monday."""
    return (day + _EPOCH_WEEKDAY) % 7


@lru_cache(maxsize=1024)
def stretches(zone: ZoneInfo, first: int, last: int) -> tuple[tuple[int, int, int], ...]:
    """The quarters from `first` up to `last`, cut where the clock changes: start, end, offset in quarters."""
    starts = [first, *_changes(zone, first, last)]
    return tuple((start, end, _offset(zone, start)) for start, end in zip(starts, [*starts[1:], last], strict=True))


def wall_quarters(zone: ZoneInfo, first: int, last: int) -> NDArray[np.int64]:
    """The wall quarter of each quarter from `first` up to `last`."""
    return np.concatenate(
        [np.arange(start + offset, end + offset) for start, end, offset in stretches(zone, first, last)]
    )


def _changes(zone: ZoneInfo, first: int, last: int) -> Iterator[int]:
    """The first quarter after each change of the clock."""
    # No zone has ever changed its clock twice within six days: a look every other day misses nothing.
    for start in range(first, last - 1, 2 * QUARTERS_PER_DAY):
        same, changed = start, min(start + 2 * QUARTERS_PER_DAY, last - 1)
        if _offset(zone, same) == _offset(zone, changed):
            continue
        while changed - same > 1:
            middle = (same + changed) // 2
            if _offset(zone, middle) == _offset(zone, same):
                same = middle
            else:
                changed = middle
        yield changed


def _offset(zone: ZoneInfo, quarter: int) -> int:
    # Offsets that are no multiple of a quarter ended in the 1970s; wall time is rounded down to one there.
    offset = datetime.fromtimestamp(quarter * CELL_SECONDS, zone).utcoffset()
    return (offset or timedelta()) // QUARTER
