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
#: Only the lowest bounds of all matter; of so many sets they are raised at a time.
NARROWED = 4 * BLOCK

Sets = NDArray[np.int64]


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
        if among is None:
            # Dearer than any plan, so that a week without a time shows.
            nothing = 1 + float(rotation.weeks @ paid.max(axis=1, initial=0.0, where=rotation.feasible))
            dear = np.where(rotation.feasible, paid, nothing + paid.min(axis=1)[:, None])
            size = min(rotation.max_times, len(paid[0]))
            among = _sets_below(dear, rotation.weeks, size, limit - prices.constant + moved * nothing)
        left_out = _values(np.where(rotation.feasible, 0.0, 1.0), rotation.weeks, among)
        self.sets = among[left_out <= moved]
        self.floor = limit
        self.bounds: Floats = prices.constant + _values(paid, rotation.weeks, self.sets)
        self._keep(self.bounds, limit)

    def narrow(self, prices: Prices, limit: float) -> None:
        """Leave aside sets whose bound, by these prices or earlier ones, is not below `limit`: of many the lowest."""
        lowest = np.argpartition(self.bounds, NARROWED)[:NARROWED] if len(self.bounds) > NARROWED else slice(None)
        values = _values(prices.paid(self._rotation), self._rotation.weeks, self.sets[lowest])
        self.settle(lowest, prices.constant + values, limit)

    def exclude(self, prices: Prices, cap: float) -> None:
        """Leave out the sets whose bound by these prices is above a cap; they are not possible at all."""
        values = prices.constant + _values(prices.paid(self._rotation), self._rotation.weeks, self.sets)
        possible = values <= cap
        self.sets, self.bounds = self.sets[possible], self.bounds[possible]

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
    sets = _sets_below(missing, rotation.weeks, min(rotation.max_times, len(missing[0])), fewest - 0.5)
    left_out = _values(missing, rotation.weeks, sets)
    better: Sets = sets[left_out == min(left_out.min(initial=fewest), fewest - 1)]
    return better


def _values(paid: Floats, weeks: NDArray[np.int64], sets: Sets) -> Floats:
    """What each set costs where every week takes the cheapest of its times, or of all where it has none of them."""
    values = np.empty(len(sets))
    cheapest = paid.min(axis=1)[:, None]
    # Blocks stay in the processor's cache.
    for start in range(0, len(sets), BLOCK):
        columns = sets[start : start + BLOCK].T
        nearest = paid[:, columns[0]]
        for column in columns[1:]:
            np.minimum(nearest, paid[:, column], out=nearest)
        np.copyto(nearest, cheapest, where=np.isinf(nearest))
        values[start : start + BLOCK] = weeks @ nearest
    return values


def _sets_below(paid: Floats, weeks: NDArray[np.int64], size: int, limit: float) -> Sets:
    """The sets of `size` times that may cost less than `limit`, and some that don't."""
    times = np.arange(paid.shape[1])
    if size == 1:
        return times[:, None]
    pairs = np.stack([weeks @ np.minimum(paid[:, time, None], paid) for time in times])
    if size == 2:
        return np.argwhere(np.triu(pairs < limit, 1))
    # A further time saves no more beside two than beside one of the two (costs are supermodular), so that three pairs
    # bound each triple from below, without a look at the weeks.
    alone = pairs.diagonal()
    triples = []
    for first in times[:-2]:
        rest = times[first + 1 :]
        beside = pairs[first, rest]
        among = pairs[np.ix_(rest, rest)]
        least = np.maximum(
            beside[:, None] + beside - alone[first],
            among + np.maximum(beside[:, None] - alone[rest][:, None], beside - alone[rest]),
        )
        second, third = np.nonzero(np.triu(least < limit, 1))
        triples.append(np.column_stack([np.full(len(second), first), rest[second], rest[third]]))
    return np.concatenate(triples)
