"""Prices of its own for each of many sets of times, and all near ways through the weeks at such prices.

What a set of times costs at least depends on the prices of the loads, and the prices that are best for one set are not
those of another. A few steps of a subgradient, taken for many sets at once, show of nearly all of them that they are
too dear, if weeks may be split over times. What is left is finished off in whole weeks, by following all ways through
them (a dynamic program). They are few for two reasons. A week that takes another time than its cheapest one adds to the
bound what that costs more, and a set may not add much before it is too dear. And weeks differ more in what is feasible
than in what it costs, so that most ways come to the same loads, and one of those stands for all.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from scheduling.engine.series.rotation import Choice, Floats, Mask, Rotation
from scheduling.engine.values import MAX_PARTICIPANTS

Sets = NDArray[np.int64]

#: Most sets that can be ruled out are so after a few steps.
STEPS = 24
#: Steps aim a little beyond the limit, so that they reach it, and are shorter each time.
AIM = 1.002
SHORTENED = 0.95
#: Sets that are ruled out are left behind once they are so many of all that it saves more than it takes.
WORTH_LEAVING = 0.7
#: So many sums, one for each person and way, are followed at once.
SUMS = 100_000
#: Loads that differ have hardly ever the same sum of products with these; there is one for each person, and one more.
MIXING = np.random.default_rng(0).integers(1, 1 << 62, MAX_PARTICIPANTS + 1)


class Sharpened(NamedTuple):
    """Of each set the best bound found, and the prices of the loads (set × person) that prove it."""

    bounds: Floats
    people: Floats


def sharpened(rotation: Rotation, sets: Sets, people: Floats, limit: float) -> Sharpened:
    """Bounds on the highest load of sets that leave no week without a time, no better than it takes to reach `limit`.

    `people` are prices of the loads to begin with.
    """
    # Time of the set × person × class × set: what is done at once to all sets runs along the last axis.
    costs = np.ascontiguousarray(_costs(rotation, limit)[sets].transpose(1, 3, 2, 0))
    weeks = rotation.weeks.astype(np.float64)[:, None]
    found = Sharpened(np.full(len(sets), -np.inf), np.tile(people, (len(sets), 1)))
    places, prices = np.arange(len(sets)), found.people
    for step in range(STEPS):
        paid = costs[:, 0] * prices[:, 0]
        for person in range(1, prices.shape[1]):
            paid += costs[:, person] * prices[:, person]
        cheapest = paid == paid.min(axis=0)
        for time in range(1, len(cheapest)):
            cheapest[time] &= ~cheapest[:time].any(axis=0)
        loads = rotation.burdens + np.einsum("tcs,tpcs->sp", cheapest * weeks, costs)
        bounds = (loads * prices).sum(axis=1)
        better = bounds > found.bounds[places]
        found.bounds[places[better]], found.people[places[better]] = bounds[better], prices[better]
        left = found.bounds[places] < limit
        if not left.any():
            break
        if left.mean() < WORTH_LEAVING:
            places, prices, loads, bounds = places[left], prices[left], loads[left], bounds[left]
            costs = costs[..., left]
        loads -= loads.mean(axis=1)[:, None]
        length = SHORTENED**step * np.maximum(AIM * limit - bounds, 0.0) / np.maximum((loads * loads).sum(axis=1), 1.0)
        prices = shares(prices + length[:, None] * loads)
    return found


class Ways(NamedTuple):
    """The way through the weeks with the lowest highest load, and of which sets all ways were followed."""

    choice: Choice | None
    finished: Mask


def all_ways(rotation: Rotation, sets: Sets, people: Floats, limit: float) -> Ways:
    """Follow all ways with a highest load below `limit` of sets that leave no week without a time.

    `people` has the prices of the loads of each set.
    """
    # A way ends as soon as it is too dear by one of these prices: those of the set, or each person's load alone.
    alone = np.broadcast_to(np.eye(people.shape[1]), (len(sets), people.shape[1], people.shape[1]))
    prices = np.concatenate([people[:, None], alone], axis=1)
    # Weeks that are alike come one by one.
    classes = np.repeat(np.arange(len(rotation.weeks)), rotation.weeks)
    paid = np.einsum("stwp,skp->stwk", _costs(rotation, limit)[sets][:, :, classes], prices, optimize=True)
    # First the weeks in which another time costs most, so that ways end early.
    dearer = np.sort(paid[..., 0], axis=1)[:, :2]
    order = (dearer[:, :1] - dearer[:, -1:]).argsort(axis=2, kind="stable")
    paid = np.take_along_axis(paid, order[..., None], axis=2)
    to_come = np.zeros((len(sets), len(classes) + 1, prices.shape[1]))
    to_come[:, :-1] = paid.min(axis=1)[:, ::-1].cumsum(axis=1)[:, ::-1]

    at = np.arange(len(sets))
    sums = prices @ rotation.burdens
    finished = np.ones(len(sets), dtype=np.bool_)
    most = SUMS // people.shape[1]
    trail = []
    for week in range(len(classes)):
        entered = sums[:, None] + paid[at, :, week]
        way, time = np.nonzero((entered + to_come[at, None, week + 1] < limit).all(axis=2))
        different = _different(at[way], entered[way, time, 1:])
        way, time = way[different], time[different]
        ways = np.bincount(at[way], minlength=len(sets))
        if ways.sum() > most:
            # Sets with too many ways are left out.
            rising = ways.argsort(kind="stable")
            finished[rising[ways[rising].cumsum() > most]] = False
            kept = finished[at[way]]
            way, time = way[kept], time[kept]
        sums, at = entered[way, time], at[way]
        trail.append((way, time))
    if not len(at):
        return Ways(None, finished)
    best = int(sums[:, -people.shape[1] :].max(axis=1).argmin())
    return Ways(_followed(rotation, sets[at[best]], classes[order[at[best], 0]], trail, best), finished)


def _different(at: NDArray[np.intp], loads: Floats) -> NDArray[np.intp]:
    """One way of each set to the same loads: weeks cost mostly the same, and only what is feasible tells them apart."""
    keys = np.rint(loads).astype(np.int64) @ MIXING[: loads.shape[1]] + at * MIXING[-1]
    order = keys.argsort(kind="stable")
    keys, at, loads = keys[order], at[order], loads[order]
    same = (keys[1:] == keys[:-1]) & (at[1:] == at[:-1]) & (loads[1:] == loads[:-1]).all(axis=1)
    different: NDArray[np.intp] = np.sort(order[np.append(True, ~same)[: len(order)]])
    return different


def _followed(
    rotation: Rotation,
    chosen: NDArray[np.int64],
    classes: NDArray[np.intp],
    trail: list[tuple[NDArray[np.intp], NDArray[np.intp]]],
    way: int,
) -> Choice:
    """The choice at the end of a way."""
    counts = np.zeros(rotation.feasible.shape, dtype=np.int64)
    for number, (ways, times) in zip(classes[::-1], trail[::-1], strict=True):
        counts[number, chosen[times[way]]] += 1
        way = int(ways[way])
    regular: Mask = np.zeros(rotation.feasible.shape[1], dtype=np.bool_)
    regular[chosen] = True
    return Choice(regular, counts)


def shares(values: Floats) -> Floats:
    """The nearest numbers, row by row, that are not below 0 and have the sum 1."""
    falling = -np.sort(-values, axis=-1)
    excess = (falling.cumsum(axis=-1) - 1) / np.arange(1, values.shape[-1] + 1)
    kept = (falling > excess).sum(axis=-1, keepdims=True) - 1
    nearest: Floats = np.maximum(values - np.take_along_axis(excess, kept, axis=-1), 0.0)
    return nearest


def _costs(rotation: Rotation, limit: float) -> Floats:
    """Time × class × person; beyond the limit where a time is not feasible."""
    costs = np.where(rotation.feasible[:, :, None], rotation.costs, 2 * limit)
    return np.ascontiguousarray(costs.transpose(1, 0, 2))
