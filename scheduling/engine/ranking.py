"""Which slot is fairer, and which slots are shown.

Slots are columns, in the order of their starts, and participants rows. All is counted in whole micropoints, so that
equal means equal.
"""

import itertools
from collections import Counter
from collections.abc import Iterable, Sequence
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from scheduling.engine.cells import UNITS_PER_POINT
from scheduling.engine.values import Participant, Policy, Role

CLIENT_FIRST_WEIGHT = 5
MICROPOINTS_PER_POINT = 1_000_000
#: Exact costs are whole ninths of a micropoint. To round one, half a micropoint is added and the rest cut off:
#: between two whole ninths, nothing is nearer to the half than four of them.
NINTHS = 9
HALF = NINTHS // 2
NINTHS_PER_POINT = NINTHS * MICROPOINTS_PER_POINT
NINTHS_PER_UNIT = np.int64(NINTHS_PER_POINT // UNITS_PER_POINT)
#: As many numbers as are worked on at once, so that they stay in the processor's cache.
AT_ONCE = 65_536

Units = NDArray[np.int32] | NDArray[np.int64]
Micropoints = NDArray[np.int64]
#: What decides between slots that are equally fair, one row a key: lower first, and the last row weighs most.
Ties = NDArray[np.int64]
Slots = NDArray[np.intp]
Days = NDArray[np.int64]


class Fairness:
    """What costs weigh for these participants under a policy, and which slot's are fairer."""

    def __init__(self, participants: Sequence[Participant], policy: Policy) -> None:
        self._least_total = policy is Policy.LEAST_TOTAL
        client_weight = CLIENT_FIRST_WEIGHT if policy is Policy.CLIENT_FIRST else 1
        weights = [client_weight if person.role is Role.CLIENT else 1 for person in participants]
        burdens = [_rounding(weight, person.burden) for weight, person in zip(weights, participants, strict=True)]
        self._weights = np.array(weights)[:, np.newaxis] * NINTHS_PER_UNIT
        self._burdens = np.array(burdens)[:, np.newaxis]

    def costs(self, units: Units) -> Micropoints:
        """Everybody's costs."""
        costs: Micropoints = (units * NINTHS_PER_UNIT + HALF) // NINTHS
        return costs

    def loads(self, units: Units) -> Micropoints:
        """Everybody's loads."""
        loads: Micropoints = (units * self._weights + self._burdens) // NINTHS
        return loads

    def leading(self, units: Units) -> Micropoints:
        """What the order of fairness goes by first: the highest load, or the sum of costs."""
        leading: Micropoints
        if self._least_total:
            leading = self.costs(units).sum(axis=0)
        else:
            # Whoever is worst off is so before rounding, which is the slow part.
            leading = (units * self._weights + self._burdens).max(axis=0) // NINTHS
        return leading

    def order(self, units: Units) -> Slots:
        """The slots from the fairest."""
        totals, loads = self.costs(units).sum(axis=0), self.loads(units)
        # Those to whom all slots are the same decide nothing between them.
        loads = loads[(loads != loads[:, :1]).any(axis=1)]
        loads.sort(axis=0)
        # The last key weighs most; slots that agree in all of them stay in the order of their starts.
        return np.lexsort((*loads, totals) if self._least_total else (totals, *loads))


def _rounding(weight: int, burden: float) -> int:
    """The weighted burden in ninths, with the half micropoint that rounds; exact, whatever its last digits are."""
    numerator, denominator = burden.as_integer_ratio()
    return (2 * NINTHS_PER_POINT * weight * numerator + NINTHS * denominator) // (2 * denominator)


class Ranking:
    """The order of fairness over slots; no more of it is worked out than is asked for."""

    def __init__(self, units: Units, fairness: Fairness, ties: Ties | None = None) -> None:
        """Take exact costs in units."""
        self._units = units
        self._fairness = fairness
        self._ties = ties

    @cached_property
    def _leading(self) -> Micropoints:
        people, slots = self._units.shape
        if people * slots <= AT_ONCE:
            return self._fairness.leading(self._units)
        at_once = AT_ONCE // people
        parts = (self._units[:, first : first + at_once] for first in range(0, slots, at_once))
        return np.concatenate([self._fairness.leading(part) for part in parts])

    def fairest_first(self, slots: Slots) -> Slots:
        """Some slots from the fairest, given in the order of their starts."""
        if self._ties is not None:
            # What is sorted last weighs most, and keeps this order where all is equal.
            slots = slots[np.lexsort(self._ties[:, slots])]
        return slots[self._fairness.order(self._units.take(slots, axis=1))]

    @property
    def fairest(self) -> int:
        """The fairest slot of all; there is one."""
        (best,) = (self._leading == self._leading.min()).nonzero()
        return int(self.fairest_first(best)[0])

    def fairest_of_days(self, days: Days) -> dict[int, int]:
        """The fairest slot of each date, given all slots' dates."""
        if not len(days):
            return {}
        runs, best = self._best_of_days(days)
        candidates = np.flatnonzero(self._leading == np.repeat(best, np.diff(runs, append=len(days))))
        fairest: dict[int, int] = {}
        for slot in self.fairest_first(candidates).tolist():
            fairest.setdefault(int(days[slot]), slot)
        return fairest

    def choose(self, starts: Slots, days: Days, *, width: int, count: int) -> list[int]:
        """The slots to show, from the fairest: spread over days, and none overlaps another.

        `starts` and `days` hold all slots' first cells and their dates on the anchor's wall; `width` counts cells.
        """
        if not len(starts):
            return []
        _, best = self._best_of_days(days)
        if count <= len(best):
            # Enough days have a slot, so that each gives its best one, and what is worse than all of those is not
            # looked at: a few slots out of thousands are left to be sorted.
            (enough,) = (self._leading <= sorted(best.tolist())[count - 1]).nonzero()
            chosen = _choose(self.fairest_first(enough), starts, days, width, count, caps=[1])
            # Slots of two days may overlap, around midnight.
            if len(chosen) == count:
                return chosen
        everything = self.fairest_first(np.arange(len(starts)))
        return _choose(everything, starts, days, width, count, caps=itertools.count(1))

    def _best_of_days(self, days: Days) -> tuple[Slots, Micropoints]:
        """Where each date's slots begin, and what leads of its fairest.

        Where a clock goes back over midnight, a date may come twice.
        """
        begins = np.ones(len(days), np.bool_)
        np.not_equal(days[1:], days[:-1], out=begins[1:])
        (runs,) = begins.nonzero()
        return runs, np.minimum.reduceat(self._leading, runs)


def _choose(fairest_first: Slots, starts: Slots, days: Days, width: int, count: int, caps: Iterable[int]) -> list[int]:
    """What is taken from the fairest, pass by pass, with as many of a day as each pass's cap allows."""
    taken: list[int] = []
    per_day: Counter[int] = Counter()
    overlapping = np.zeros(int(starts[-1]) + width, dtype=np.bool_)
    waiting = list(enumerate(zip(starts[fairest_first].tolist(), days[fairest_first].tolist(), strict=True)))
    for cap in caps:
        held_back = []
        for place, (start, day) in waiting:
            if len(taken) == count:
                break
            if overlapping[start]:
                continue
            if per_day[day] == cap:
                held_back.append((place, (start, day)))
                continue
            taken.append(place)
            per_day[day] += 1
            overlapping[max(0, start - width + 1) : start + width] = True
        waiting = held_back
        if not waiting or len(taken) == count:
            break
    chosen: list[int] = fairest_first[sorted(taken)].tolist()
    return chosen
