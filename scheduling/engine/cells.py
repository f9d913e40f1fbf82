"""The cells of one participant: what blocks each one, and what it costs."""

from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple, Self

import numpy as np
from numpy.typing import NDArray

from scheduling.engine.answers import Band, Reason
from scheduling.engine.busy import busy_cells
from scheduling.engine.clock import QUARTERS_PER_DAY, stretches
from scheduling.engine.days import DateKind, kinds_of_dates
from scheduling.engine.hours import CELL_STARTS, HALF, HALF_DAY_CLOSING, minutes_outside, working_patterns
from scheduling.engine.values import DAY_MINUTES, Participant, WeeklyHours

#: Costs are counted in 1/1440 points: 10 + x²/360 points an hour are 3600 + x² of them a cell.
UNITS_PER_POINT = 1440
GOOD_UNITS = 3600
BRIDGE_UNITS = 7200
#: No free cell costs more: its day has working hours, and so it is less than a day away from them.
MAX_UNITS = GOOD_UNITS + DAY_MINUTES**2 + BRIDGE_UNITS

BANDS = tuple(Band)
IDEAL, GOOD, STRETCH = (BANDS.index(band) for band in (Band.IDEAL, Band.GOOD, Band.STRETCH))
STRETCH_MINUTES = 60
HARD_MINUTES = 180

#: The bit of each reason in `Cells.blocks`.
BLOCKED_BY = {reason: 1 << position for position, reason in enumerate(Reason)}
#: How many of them are set in each number that blocks may be.
BITS_SET = np.array([bits.bit_count() for bits in range(1 << len(BLOCKED_BY))], dtype=np.uint8)

#: A whole cell is packed into one number, so that what is laid out is laid out once: cost, band and blocks.
BAND_SHIFT = MAX_UNITS.bit_length()
BLOCKS_SHIFT = BAND_SHIFT + len(BANDS).bit_length()
COST_MASK = (1 << BAND_SHIFT) - 1
BAND_MASK = (1 << BLOCKS_SHIFT - BAND_SHIFT) - 1

Packed = NDArray[np.int32]


class Cells(NamedTuple):
    """Consecutive cells, one element each: bits of reasons (0 is free), place in BANDS, and cost in units."""

    blocks: NDArray[np.uint8]
    bands: NDArray[np.uint8]
    costs: NDArray[np.int32]

    @classmethod
    def unpacked(cls, packed: Packed) -> Self:
        """The cells of packed ones."""
        return cls(blocks_of(packed), bands_of(packed), packed & COST_MASK)


def blocks_of(packed: Packed) -> NDArray[np.uint8]:
    """The bits of the reasons why packed cells are blocked."""
    return np.right_shift(packed, BLOCKS_SHIFT, out=np.empty(packed.shape, np.uint8), casting="unsafe")


def bands_of(packed: Packed) -> NDArray[np.uint8]:
    """The places of packed cells in BANDS."""
    return (packed >> BAND_SHIFT & BAND_MASK).astype(np.uint8)


def reasons_in(block: int) -> tuple[Reason, ...]:
    """The reasons whose bits are set."""
    return tuple(reason for reason, bit in BLOCKED_BY.items() if block & bit)


def cells_between(participant: Participant, first: int, last: int) -> Cells:
    """The participant's cells from quarter `first` up to, not including, `last`."""
    return Cells.unpacked(packed_cells([participant], first, last)[0])


def packed_cells(people: Sequence[Participant], first: int, last: int) -> Packed:
    """Everybody's cells from quarter `first` up to, not including, `last`: one row a participant."""
    packed = np.empty((len(people), last - first), np.int32)
    for person, row in zip(people, packed, strict=True):
        constant = stretches(person.zone, first, last)
        first_day = min([start + offset for start, _, offset in constant]) // QUARTERS_PER_DAY
        last_day = max([end - 1 + offset for _, end, offset in constant]) // QUARTERS_PER_DAY
        week = _week(person.working_hours, person.preferred_hours, person.reachable_hours)
        dates = week.packed_cells(kinds_of_dates(person, first_day, last_day))
        midnight = first_day * QUARTERS_PER_DAY
        for start, end, offset in constant:
            row[start - first : end - first] = dates[start + offset - midnight : end + offset - midnight]
    packed.reshape(-1)[busy_cells(people, first, last)] |= BLOCKED_BY[Reason.BUSY] << BLOCKS_SHIFT
    return packed


class _Week:
    """One person's weekly hours, and the cells of dates under them; busy times are left out."""

    def __init__(self, working: WeeklyHours, preferred: WeeklyHours, reachable: WeeklyHours) -> None:
        self._patterns = working_patterns(working)
        self._preferred = preferred
        self._reachable = reachable
        # The place of each kind of date seen so far, and the 96 cells of each.
        self._known: tuple[dict[DateKind, int], Packed] = {}, np.empty((0, QUARTERS_PER_DAY), np.int32)

    def packed_cells(self, kinds: list[DateKind]) -> Packed:
        """The 96 quarters of each date's wall, one date after the other."""
        places, cells = self._known
        try:
            rows = [places[kind] for kind in kinds]
        except KeyError:
            self._learn(kinds)
            return self.packed_cells(kinds)
        return cells.take(rows, axis=0).reshape(-1)

    def _learn(self, kinds: list[DateKind]) -> None:
        places, cells = self._known
        unknown = set(kinds) - places.keys()
        places = places | {kind: len(places) + number for number, kind in enumerate(unknown)}
        cells = np.concatenate([cells, *(self._laid_out(kind)[np.newaxis] for kind in unknown)])
        # Both at once, because other threads read them; what two of them learn at a time, one learns again.
        self._known = places, cells

    def _laid_out(self, kind: DateKind) -> Packed:
        begun_yesterday = minutes_outside(self._patterns[kind.yesterday], -1)
        begun_today = minutes_outside(self._patterns[kind.today])
        minutes = np.minimum(begun_yesterday, begun_today)
        minutes = np.minimum(minutes, minutes_outside(self._patterns[kind.tomorrow], 1))
        outside = minutes > 0

        blocks = np.zeros(QUARTERS_PER_DAY, dtype=np.int32)
        if not self._patterns[kind.today]:
            blocks[outside] |= BLOCKED_BY[Reason.DAY_OFF]
        elif kind.today >= HALF:
            blocks[outside & (CELL_STARTS >= HALF_DAY_CLOSING)] |= BLOCKED_BY[Reason.DAY_OFF]
        blocks[outside & ~_covered(self._reachable, kind)] |= BLOCKED_BY[Reason.UNREACHABLE]

        bands = np.where(outside, STRETCH, IDEAL).astype(np.int32)
        bands[minutes > STRETCH_MINUTES] += 1
        bands[minutes > HARD_MINUTES] += 1
        if any(self._preferred):
            bands[~outside & ~_covered(self._preferred, kind)] = GOOD

        # Hours begun yesterday count for yesterday, unless today's cover the cell as well.
        counts_for_yesterday = (begun_yesterday == 0) & (begun_today > 0)
        bridge = np.where(counts_for_yesterday, kind.bridge_yesterday, kind.bridge_today)
        costs = np.where(bands == IDEAL, 0, GOOD_UNITS) + minutes**2 + bridge * BRIDGE_UNITS
        costs[blocks > 0] = 0
        packed: Packed = (blocks << BLOCKS_SHIFT | bands << BAND_SHIFT | costs).astype(np.int32)
        return packed


def _covered(hours: WeeklyHours, kind: DateKind) -> NDArray[np.bool_]:
    """Which cells lie in the hours of the date's weekday, or in those begun the day before."""
    covered: NDArray[np.bool_] = (minutes_outside(hours[kind.weekday]) == 0) | (
        minutes_outside(hours[kind.weekday - 1], -1) == 0
    )
    return covered


# One who works other hours than others fills about 10 kinds of dates of half a kilobyte each.
_week = lru_cache(maxsize=1024)(_Week)
