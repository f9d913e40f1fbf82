"""The cells of one participant: what blocks each one, and what it costs."""

from collections.abc import Iterable
from functools import lru_cache
from typing import NamedTuple, Self

import numpy as np
from numpy.typing import NDArray

from scheduling.engine.clock import CELL_SECONDS, QUARTERS_PER_DAY, stretches
from scheduling.engine.days import DateKind, kinds_of_dates
from scheduling.engine.hours import CELL_STARTS, HALF, HALF_DAY_CLOSING, minutes_outside, working_patterns
from scheduling.engine.values import Band, Participant, Reason, WeeklyHours

#: Costs are counted in 1/1440 points: 10 + x²/360 points an hour are 3600 + x² of them a cell.
UNITS_PER_POINT = 1440
GOOD_UNITS = 3600
BRIDGE_UNITS = 7200

BANDS = tuple(Band)
IDEAL, GOOD, STRETCH = (BANDS.index(band) for band in (Band.IDEAL, Band.GOOD, Band.STRETCH))
STRETCH_MINUTES = 60
HARD_MINUTES = 180

#: The bit of each reason in `Cells.blocks`.
BLOCKED_BY = {reason: 1 << position for position, reason in enumerate(Reason)}


class Cells(NamedTuple):
    """Consecutive cells, one element each: bits of reasons (0 is free), place in BANDS, and cost in units."""

    blocks: NDArray[np.uint8]
    bands: NDArray[np.uint8]
    costs: NDArray[np.int32]

    @classmethod
    def joined(cls, parts: Iterable[Self]) -> Self:
        """The cells of all parts, one after the other."""
        blocks, bands, costs = zip(*parts, strict=True)
        return cls(np.concatenate(blocks), np.concatenate(bands), np.concatenate(costs))

    def between(self, first: int, last: int) -> Self:
        """The cells from place `first` up to, not including, `last`."""
        return type(self)(self.blocks[first:last], self.bands[first:last], self.costs[first:last])


def reasons_in(block: int) -> tuple[Reason, ...]:
    """The reasons whose bits are set."""
    return tuple(reason for reason, bit in BLOCKED_BY.items() if block & bit)


def cells_between(participant: Participant, first: int, last: int) -> Cells:
    """The participant's cells from quarter `first` up to, not including, `last`."""
    constant = stretches(participant.zone, first, last)
    first_day = min(start + offset for start, _, offset in constant) // QUARTERS_PER_DAY
    last_day = max(end - 1 + offset for _, end, offset in constant) // QUARTERS_PER_DAY
    week = _week(participant.working_hours, participant.preferred_hours, participant.reachable_hours)
    dates = Cells.joined(map(week.cells_of, kinds_of_dates(participant, first_day, last_day)))
    midnight = first_day * QUARTERS_PER_DAY
    cells = Cells.joined(
        dates.between(start + offset - midnight, end + offset - midnight) for start, end, offset in constant
    )
    cells.blocks[_busy(participant, first, last)] |= BLOCKED_BY[Reason.BUSY]
    return cells


def _busy(participant: Participant, first: int, last: int) -> NDArray[np.bool_]:
    """Which cells overlap a busy time, widened by the buffer."""
    count = last - first
    # Seconds as floats are exact to the microsecond in all years that a horizon may have.
    edges = np.array([edge.timestamp() for interval in participant.busy for edge in interval])
    edges -= first * CELL_SECONDS
    buffer = participant.buffer_minutes * 60
    starts = np.clip((edges[0::2] - buffer) // CELL_SECONDS, 0, count).astype(np.intp)
    ends = np.clip(-((-edges[1::2] - buffer) // CELL_SECONDS), 0, count).astype(np.intp)
    depth = np.bincount(starts, minlength=count + 1) - np.bincount(ends, minlength=count + 1)
    busy: NDArray[np.bool_] = np.cumsum(depth)[:count] > 0
    return busy


class _Week:
    """One person's weekly hours, and the cells of a date under them; busy times are left out."""

    def __init__(self, working: WeeklyHours, preferred: WeeklyHours, reachable: WeeklyHours) -> None:
        self._patterns = working_patterns(working)
        self._preferred = preferred
        self._reachable = reachable
        self._known: dict[DateKind, Cells] = {}

    def cells_of(self, kind: DateKind) -> Cells:
        """The 96 quarters of a date's wall."""
        if kind not in self._known:
            self._known[kind] = self._laid_out(kind)
        return self._known[kind]

    def _laid_out(self, kind: DateKind) -> Cells:
        begun_yesterday = minutes_outside(self._patterns[kind.yesterday], -1)
        begun_today = minutes_outside(self._patterns[kind.today])
        minutes = np.minimum(begun_yesterday, begun_today)
        minutes = np.minimum(minutes, minutes_outside(self._patterns[kind.tomorrow], 1))
        outside = minutes > 0

        blocks = np.zeros(QUARTERS_PER_DAY, dtype=np.uint8)
        if not self._patterns[kind.today]:
            blocks[outside] |= BLOCKED_BY[Reason.DAY_OFF]
        elif kind.today >= HALF:
            blocks[outside & (CELL_STARTS >= HALF_DAY_CLOSING)] |= BLOCKED_BY[Reason.DAY_OFF]
        blocks[outside & ~_covered(self._reachable, kind)] |= BLOCKED_BY[Reason.UNREACHABLE]

        bands = np.where(outside, STRETCH, IDEAL).astype(np.uint8)
        bands[minutes > STRETCH_MINUTES] += 1
        bands[minutes > HARD_MINUTES] += 1
        if any(self._preferred):
            bands[~outside & ~_covered(self._preferred, kind)] = GOOD

        # Hours begun yesterday count for yesterday, unless today's cover the cell as well.
        counts_for_yesterday = (begun_yesterday == 0) & (begun_today > 0)
        bridge = np.where(counts_for_yesterday, kind.bridge_yesterday, kind.bridge_today)
        costs = np.where(bands == IDEAL, 0, GOOD_UNITS) + minutes**2 + bridge * BRIDGE_UNITS
        costs[blocks > 0] = 0
        return Cells(blocks, bands, costs.astype(np.int32))


def _covered(hours: WeeklyHours, kind: DateKind) -> NDArray[np.bool_]:
    """Which cells lie in the hours of the date's weekday, or in those begun the day before."""
    covered: NDArray[np.bool_] = (minutes_outside(hours[kind.weekday]) == 0) | (
        minutes_outside(hours[kind.weekday - 1], -1) == 0
    )
    return covered


# One who works other hours than others fills about 10 kinds of dates of half a kilobyte each.
_week = lru_cache(maxsize=1024)(_Week)
