"""Several people's cells over a horizon, laid out once: what any number of requests are answered from."""

from collections.abc import Iterable
from datetime import datetime
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from scheduling.engine.cells import BLOCKS_SHIFT, COST_MASK, MAX_UNITS, bands_of, blocks_of, packed_cells
from scheduling.engine.clock import QUARTERS_PER_DAY, quarter_at, quarter_from, wall_quarters
from scheduling.engine.ranking import Fairness, Units
from scheduling.engine.values import Participant, Policy, Role, check_horizon, check_participants

#: How many cells' costs are below 2**31 together.
SUMMABLE = 2**31 // MAX_UNITS


class Availability:
    """When these people can meet between two instants, and what each time costs each of them.

    Starts are numbers of cells, counted from the first one of the horizon.
    """

    def __init__(self, participants: Iterable[Participant], start_at: datetime, end_at: datetime) -> None:
        """Lay out everybody's cells.

        Raises:
            InvalidInput: no participants, too many, or two with one id; no horizon, or too long a one.
        """
        self.participants = tuple(participants)
        check_participants(self.participants)
        check_horizon(start_at, end_at)
        self.start_at, self.end_at = start_at, end_at
        comers = [one for one in self.participants if not one.optional]
        self.anchor = next((one for one in comers if one.role is Role.CLIENT), comers[0])
        self.everybody_comes = len(comers) == len(self.participants)
        self.first, self.last = quarter_at(start_at), quarter_from(end_at)

        self._cells = packed_cells(self.participants, self.first, self.last)
        people, cells = self._cells.shape
        # The costs of all cells before each one: any window's sum is then one subtraction. Whole years overflow,
        # and may: what wraps around in the sums cancels out in their difference.
        self._costs_before = np.zeros((people, cells + 1), np.int32)
        costs = self._costs_before[:, 1:]
        np.bitwise_and(self._cells, COST_MASK, out=costs)
        np.cumsum(costs, axis=1, dtype=np.int32, out=costs)

        blocked = np.flatnonzero(np.bitwise_or.reduce(self._cells) >> BLOCKS_SHIFT)
        borders = np.concatenate([[-1], blocked, [cells]])
        # For each cell, how many from there on suit everybody, so that a meeting of any length needs one comparison.
        self._free_cells = np.repeat(borders[1:], np.diff(borders))[:cells] - np.arange(cells)
        self._fairness: dict[Policy, Fairness] = {}
        self._days: dict[ZoneInfo, NDArray[np.int64]] = {}

    def fairness(self, policy: Policy) -> Fairness:
        """What costs weigh for these people under a policy."""
        if policy not in self._fairness:
            self._fairness[policy] = Fairness(self.participants, policy)
        return self._fairness[policy]

    def days(self, zone: ZoneInfo) -> NDArray[np.int64]:
        """Each cell's date on the wall in a zone, as a number."""
        if zone not in self._days:
            self._days[zone] = wall_quarters(zone, self.first, self.last) // QUARTERS_PER_DAY
        return self._days[zone]

    def feasible(self, starts: range, width: int) -> NDArray[np.intp]:
        """Those of the `starts` from which everybody is free for `width` cells."""
        (steps,) = (self._free_cells[starts.start : starts.stop : starts.step] >= width).nonzero()
        return steps * starts.step + starts.start

    def costs(self, starts: NDArray[np.intp], width: int) -> Units:
        """What the `width` cells from each start cost each person, in units; one column a start."""
        if width > SUMMABLE:
            parts = [(place, min(width - place, SUMMABLE)) for place in range(0, width, SUMMABLE)]
            sums: Units = np.add.reduce([self.costs(starts + place, part) for place, part in parts], dtype=np.int64)
            return sums
        return self._costs_before.take(starts + width, axis=1) - self._costs_before.take(starts, axis=1)

    def worst_bands(self, starts: NDArray[np.intp], width: int) -> NDArray[np.uint8]:
        """The worst band of the `width` cells from each start for each person; one column a start."""
        bands = bands_of(self._cells.take(starts[:, np.newaxis] + np.arange(width), axis=1))
        worst: NDArray[np.uint8] = bands.max(axis=2)
        return worst

    def blocked(self, starts: NDArray[np.intp], width: int) -> NDArray[np.uint8]:
        """All that blocks any of the `width` cells from each start for each person, as bits; one column a start."""
        bits, covered = blocks_of(self._cells), 1
        # What covers n cells, or'ed with itself some cells further on, covers up to 2n.
        while covered < width:
            shift = min(covered, width - covered)
            bits = bits[:, :-shift] | bits[:, shift:]
            covered += shift
        return bits.take(starts, axis=1)
