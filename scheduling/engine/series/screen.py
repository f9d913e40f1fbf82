"""All sets of times at once: what each one costs at least, at some prices of the loads.

For any prices a set of times costs at least what its weeks pay where each takes the cheapest of its times. (This is
Lagrangian duality: prices are multipliers of the constraints that hold the loads down.) Sets that are too dear even so
need no closer look.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from scheduling.engine.series.rotation import Floats, Mask, Rotation

#: Sets of so many times can all be looked through: with 240 times there are two million of three.
MOST_TIMES = 3
BLOCK = 4096
ROWS = 32
#: What single precision may be wrong by, and more.
ROUNDING = 1e-5
#: Only the lowest bounds of all matter; of so many sets they are raised at a time.
NARROWED = 4 * BLOCK

Sets = NDArray[np.int64]
Singles = NDArray[np.float32]


@dataclass(frozen=True)
class Prices:
    """A lower bound of what is minimised: `constant` + `totals` × the sum of costs + everybody's costs × `people`."""

    constant: float
    totals: float
    people: Floats

    def paid(self, rotation: Rotation) -> Floats:
        """Class × time: what a week pays; infinite where a time is not feasible."""
        return np.where(rotation.feasible, rotation.costs @ self.people + self.totals * rotation.totals, np.inf)

    def least(self, rotation: Rotation) -> float:
        """What any plan costs at least, however many times it has."""
        return self.constant + float(rotation.weeks @ self.paid(rotation).min(axis=1))


class Screen:
    """Sets of times that may be better than what is known, each with the highest bound found so far.

    `sets` has a row a set; `floor` is below the bounds of all that were left aside.
    """

    def __init__(
        self, rotation: Rotation, moved: int, prices: Prices, limit: float, *, among: Sets | None = None
    ) -> None:
        """Take the sets, all or `among` some, with at most `moved` weeks without a time and a bound below `limit`."""
        self._rotation = rotation
        paid = prices.paid(rotation)
        # Dearer than any plan, so that a week without a time shows.
        nothing = 1 + float(rotation.weeks @ paid.max(axis=1, initial=0.0, where=rotation.feasible))
        dear = np.where(rotation.feasible, paid, nothing + paid.min(axis=1)[:, None])
        if among is None:
            size = min(rotation.max_times, len(paid[0]))
            among, values = _sets_below(dear, rotation.weeks, size, limit - prices.constant + moved * nothing)
        else:
            values = _values(dear, rotation.weeks, among)
        left_out, values = np.divmod(values, nothing)
        few = left_out <= moved
        self.sets = among[few]
        self.floor = limit
        self.bounds: Floats = prices.constant + values[few]
        self._keep(self.bounds, limit)

    def narrow(self, prices: Prices, limit: float) -> None:
        """Leave aside sets whose bound, by these prices or earlier ones, is not below `limit`: of many the lowest."""
        lowest = np.argpartition(self.bounds, NARROWED)[:NARROWED] if len(self.bounds) > NARROWED else slice(None)
        self.settle(lowest, self.costs(prices, lowest), limit)

    def exclude(self, prices: Prices, cap: float) -> None:
        """Leave out the sets whose bound by these prices is above a cap; they are not possible at all."""
        possible = self.costs(prices, slice(None)) <= cap
        self.sets, self.bounds = self.sets[possible], self.bounds[possible]

    def costs(self, prices: Prices, places: NDArray[np.intp] | slice) -> Floats:
        """What these sets cost at least at some prices."""
        return prices.constant + _values(prices.paid(self._rotation), self._rotation.weeks, self.sets[places])

    def place(self, chosen: NDArray[np.int64]) -> NDArray[np.intp]:
        """Where a set is; nowhere if it was left aside."""
        return np.flatnonzero((self.sets == chosen).all(axis=1))

    def settle(self, places: NDArray[np.intp] | slice, bound: Floats | float, limit: float) -> None:
        """Raise the bounds of these sets."""
        bounds = self.bounds.copy()
        bounds[places] = np.maximum(bounds[places], bound)
        self._keep(bounds, limit)

    def bound(self) -> float:
        """What every set costs at least, as far as is known."""
        return min(self.floor, float(self.bounds.min(initial=np.inf)))

    def _keep(self, bounds: Floats, limit: float) -> None:
        kept = bounds < limit
        self.floor = min(self.floor, float(bounds[~kept].min(initial=np.inf)))
        self.sets, self.bounds = self.sets[kept], bounds[kept]


def neighbours(times: Mask) -> Sets:
    """The sets in which one of these times is another one."""
    chosen, others = np.flatnonzero(times), np.flatnonzero(~times)
    staying = [np.tile(np.delete(chosen, place), (len(others), 1)) for place in range(len(chosen))]
    sets: Sets = np.concatenate([np.column_stack([each, others]) for each in staying])
    return sets


def fewest_moved(rotation: Rotation, fewest: int) -> Sets:
    """The sets that leave fewer weeks without a time than `fewest`, as few as any."""
    missing = np.where(rotation.feasible, 0.0, 1.0)
    size = min(rotation.max_times, len(missing[0]))
    sets, left_out = _sets_below(missing, rotation.weeks, size, fewest - 0.5)
    better: Sets = sets[left_out == min(left_out.min(initial=fewest), fewest - 1)]
    return better


def _values(paid: Floats, weeks: NDArray[np.int64], sets: Sets) -> Floats:
    """What each set costs where every week takes the cheapest of its times, or of all where it has none of them."""
    values = np.empty(len(sets))
    cheapest, some_free = paid.min(axis=1), bool(np.isinf(paid).any())
    paid, weighed = np.ascontiguousarray(paid.T), weeks.astype(np.float64)
    # Blocks stay in the processor's cache.
    for start in range(0, len(sets), BLOCK):
        columns = sets[start : start + BLOCK].T
        nearest = paid[columns[0]]
        for column in columns[1:]:
            np.minimum(nearest, paid[column], out=nearest)
        if some_free:
            np.copyto(nearest, cheapest, where=np.isinf(nearest))
        values[start : start + BLOCK] = nearest @ weighed
    return values


def _sets_below(paid: Floats, weeks: NDArray[np.int64], size: int, limit: float) -> tuple[Sets, Floats]:
    """The sets of `size` times that cost less than `limit`, and what they cost."""
    # Half as exact is twice as fast, and leaves few sets to be worked out again.
    times, weighed = np.ascontiguousarray(paid.T, dtype=np.float32), weeks.astype(np.float32)
    about = limit + ROUNDING * abs(limit)
    if size == 1:
        sets = np.arange(len(times))[:, None]
    elif size == 2:
        sets = _pairs_below(times, times, weighed, about)
    else:
        triples = []
        for first in range(len(times)):
            rest = times[first + 1 :]
            pairs = _pairs_below(np.minimum(times[first], rest), rest, weighed, about)
            triples.append(np.insert(pairs + first + 1, 0, first, axis=1))
        sets = np.concatenate(triples)
    values = _values(paid, weeks, sets)
    return sets[values < limit], values[values < limit]


def _pairs_below(rows: Singles, others: Singles, weighed: Singles, limit: float) -> Sets:
    """Which rows cost less than `limit` with one of the `others` that come later."""
    found = [np.empty((0, 2), dtype=np.int64)]
    for start in range(0, len(rows), ROWS):
        nearest = np.minimum(rows[start : start + ROWS, None], others[start:])
        values = (nearest.reshape(-1, len(weighed)) @ weighed).reshape(nearest.shape[:2])
        found.append(np.argwhere(np.triu(values < limit, 1)) + start)
    return np.concatenate(found)
