"""The problem behind a series, made small: which few times to choose, and how many weeks take each."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Mask = NDArray[np.bool_]
Floats = NDArray[np.float64]
#: So many costs show mostly that somebody does not pay less than another one.
FEW = 64
#: So many others together, at most, are compared with somebody.
MOST_OTHERS = 6


class Choice(NamedTuple):
    """A plan: the regular times (a mask), and how many weeks of each class take each time (class × time)."""

    times: Mask
    counts: NDArray[np.int64]


class Merit(NamedTuple):
    """What makes one choice better than another, first things first."""

    moved: int
    highest_load: float
    total: float


@dataclass(frozen=True)
class Rotation:
    """What can be chosen: weeks that are alike make one class, and every class has a feasible time.

    `weeks` counts the weeks of each class; `feasible` is class × time; `costs` is class × time × person in weighted
    units of load, and `burdens` is what each person carries already; `totals` is class × time, what everybody together
    pays, unweighted. Units are whole numbers, which floats hold exactly.
    """

    weeks: NDArray[np.int64]
    feasible: Mask
    costs: Floats
    totals: Floats
    burdens: Floats
    max_times: int

    def loads(self, counts: NDArray[np.int64]) -> Floats:
        """Everybody's load."""
        return self.burdens + np.tensordot(counts, self.costs, 2)

    def merit(self, choice: Choice) -> Merit:
        """How good a choice is: less is better."""
        return Merit(
            moved=self.moved(choice.times),
            highest_load=float(self.loads(choice.counts).max()),
            total=float((choice.counts * self.totals).sum()),
        )

    def moved(self, times: Mask) -> int:
        """How many weeks leave these regular times."""
        return int(self.weeks.sum(where=self.left_out(times)))

    def left_out(self, times: Mask) -> Mask:
        """The classes in which none of these times is feasible."""
        return np.logical_not(self.feasible[:, times].any(axis=1))

    def allowed(self, times: Mask) -> Mask:
        """Class × time: what a week may take once these are the regular times."""
        return self.feasible & (times | self.left_out(times)[:, None])

    def cheapest(self, times: Mask, prices: Floats) -> Choice:
        """The choice of these times in which every week takes what its prices (class × time) make cheapest."""
        counts = np.zeros(self.feasible.shape, dtype=np.int64)
        counts[np.arange(len(counts)), np.where(self.allowed(times), prices, np.inf).argmin(axis=1)] = self.weeks
        return Choice(times, counts)


class Reduction(NamedTuple):
    """A rotation, and where its classes and times come from."""

    rotation: Rotation
    #: The weeks of each class, in order.
    weeks: Sequence[NDArray[np.intp]]
    times: NDArray[np.intp]


def reduced(feasible: Mask, costs: NDArray[np.int64], weights: Sequence[int], burdens: Sequence[float]) -> Reduction:
    """The smallest rotation with the best choices of the whole, for one time.

    Of those who never have the highest load alone it has only what they add to the sums of costs.

    `feasible` is week × time and `costs` is person × week × time, both as they occur; `burdens` is weighted.
    """
    some_week, some_time = np.flatnonzero(feasible.any(axis=1)), np.flatnonzero(feasible.any(axis=0))
    feasible = feasible[np.ix_(some_week, some_time)]
    units = costs[:, some_week][:, :, some_time]
    classes: dict[bytes, list[int]] = {}
    for week in range(len(some_week)):
        classes.setdefault(feasible[week].tobytes() + units[:, week].tobytes(), []).append(week)
    firsts = [weeks[0] for weeks in classes.values()]
    units = units[:, firsts].transpose(1, 2, 0)
    rotation = Rotation(
        weeks=np.array([len(weeks) for weeks in classes.values()], dtype=np.int64),
        feasible=feasible[firsts],
        costs=(units * np.array(weights)).astype(np.float64),
        totals=units.sum(axis=2).astype(np.float64),
        burdens=np.array(burdens, dtype=np.float64),
        max_times=1,
    )
    rotation = _of_those_who_matter(rotation)
    kept = np.flatnonzero(~_dominated(rotation))
    rotation = replace(
        rotation,
        feasible=rotation.feasible[:, kept],
        costs=np.ascontiguousarray(rotation.costs[:, kept]),
        totals=rotation.totals[:, kept],
    )
    return Reduction(rotation, [some_week[weeks] for weeks in classes.values()], some_time[kept])


def _of_those_who_matter(rotation: Rotation) -> Rotation:
    """The rotation with the loads of some people, one of which is the highest in every plan.

    Where somebody always pays at most `share` of what others pay on average, their load is at most a mean, weighed by
    that share, of the average of the others' loads and of (burden - share × average burden) / (1 - share). If that is
    not above the highest burden, which is never above the highest load, then somebody else has the highest load.
    """
    costs, burdens = np.ascontiguousarray(rotation.costs[rotation.feasible].T), rotation.burdens
    rising = np.argsort(costs.sum(axis=1), kind="stable").tolist()
    kept = rising[::-1]
    for person in rising:
        others = [other for other in kept if other != person]
        groups = [[other] for other in others] + [others[:size] for size in range(2, MOST_OTHERS + 1)]
        if person != burdens.argmax() and any(
            _outweighed(costs[person], costs[group], burdens[person], burdens[group].mean(), burdens.max())
            for group in groups
            if group
        ):
            kept = others
    kept.sort()
    return replace(rotation, costs=np.ascontiguousarray(rotation.costs[:, :, kept]), burdens=burdens[kept])


def _outweighed(costs: Floats, others: Floats, burden: float, others_burden: float, highest: float) -> bool:
    # A few first, because they rule most out.
    for few in (slice(FEW), slice(None)):
        mean = others[:, few].mean(axis=0)
        if (costs[few] > mean).any():
            return False
    paid = costs > 0
    share = float((costs[paid] / mean[paid]).max(initial=0.0))
    return burden - share * others_burden <= (1 - share) * highest


def _dominated(rotation: Rotation) -> Mask:
    """The times that another one can replace in every plan.

    The other is feasible wherever this one is, and there costs nobody more. Weeks that it makes regular would only
    be moved less.
    """
    # What all pay together counts as one more person, because some of them may have been left out.
    feasible, costs = rotation.feasible, np.concatenate([rotation.costs, rotation.totals[:, :, None]], axis=2)
    counted = feasible.astype(np.float64)
    covers = counted.T @ ~feasible == 0
    # Sums first, because they rule most pairs out: what each time (column) costs where another (row) is feasible.
    sums = counted.T @ costs.sum(axis=2)
    own = sums.diagonal()
    better = covers & (sums <= own[:, None])
    alike = better & better.T
    # Of times that are alike the first stays.
    better &= ~alike | (np.arange(len(own)) < np.arange(len(own))[:, None])
    dominated = np.zeros(len(own), dtype=np.bool_)
    for time in np.flatnonzero(better.any(axis=1)):
        others = np.flatnonzero(better[time] & ~dominated)
        rows = feasible[:, time]
        dominated[time] = (costs[rows][:, others] <= costs[rows, time][:, None]).all(axis=(0, 2)).any()
    return dominated
