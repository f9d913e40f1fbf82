"""Prices at which few times can't cost little, found step by step.

Two prices decide: what each person's load matters, and what each week pays at least. Weeks that a time serves for
less than they pay gain by it; no few times gain more than those that gain most, each for itself. So what all weeks pay,
less what the best few times gain, is below every plan. (This is the Lagrangian dual of the k-median problem, with the
highest load to be lowered.) A subgradient says which week pays too little or too much, and who carries too little.
"""

from dataclasses import dataclass
from time import monotonic

import numpy as np

from scheduling.engine.series.first_choice import cheapest_times
from scheduling.engine.series.own_prices import shares
from scheduling.engine.series.rotation import Floats, Rotation

STEPS = 200
#: After so many steps that gain nothing, steps are half as long, from the best prices on.
PATIENCE = 8
#: How far the prices of loads move beside those of weeks, in shares of a week's part of the highest load.
STRIDE = 0.2


@dataclass(frozen=True)
class Ascent:
    """The best prices of the loads, and the bound that they prove together with those of the weeks.

    `gains` has what each time gains by all weeks that it serves for less than they pay.
    """

    people: Floats
    bound: float
    gains: Floats


def ascend(rotation: Rotation, people: Floats, *, moved: int, highest_load: float, deadline: float) -> Ascent:
    """How low the highest load can be at best with `max_times`, beginning at the prices `people` of the loads.

    A plan with the `highest_load` is known. More times than `max_times` are to choose from, and at most `moved` weeks
    are left without one.
    """
    weeks = rotation.weeks.astype(np.float64)
    paid = _second_cheapest(rotation, people, moved)
    best, best_paid, best_people, best_gains = -np.inf, paid, people, paid
    weight = (STRIDE * weeks.sum() / max(highest_load, 1.0)) ** 2
    length, in_vain = 1.0, 0
    for _ in range(STEPS):
        savings = np.maximum(paid[:, None] - _prices(rotation, people, moved), 0.0)
        gains = weeks @ savings
        chosen = np.argpartition(-gains, rotation.max_times - 1)[: rotation.max_times]
        bound = float(people @ rotation.burdens + weeks @ paid - gains[chosen].sum())
        in_vain += 1
        if bound > best:
            best, best_paid, best_people, best_gains, in_vain = bound, paid, people, gains, 0
        elif in_vain == PATIENCE:
            length, in_vain, paid, people = length / 2, 0, best_paid, best_people
            continue
        if best >= highest_load or monotonic() > deadline:
            break
        served = savings[:, chosen] > 0
        unpaid = weeks * (1 - served.sum(axis=1))
        loads = rotation.burdens + np.tensordot(weeks[:, None] * served, rotation.costs[:, chosen], 2)
        loads = loads - loads.mean()
        norm = weight * (loads @ loads) + unpaid @ unpaid
        if norm == 0:
            break
        # As far as would reach the known load if all went straight on.
        step = length * (highest_load - bound) / norm
        paid = paid + step * unpaid
        people = shares(people + step * weight * loads)
    return Ascent(best_people, best, best_gains)


def _prices(rotation: Rotation, people: Floats, moved: int) -> Floats:
    """Class × time: what a week costs at these prices of loads; one that may be moved takes any feasible time."""
    priced = np.where(rotation.feasible, rotation.costs @ people, np.inf)
    return np.where(rotation.feasible, priced, priced.min(axis=1)[:, None]) if moved else priced


def _second_cheapest(rotation: Rotation, people: Floats, moved: int) -> Floats:
    """Of a few good times the second cheapest of each week: the cheapest alone then gains by it."""
    prices = _prices(rotation, people, moved)
    served = np.sort(prices[:, cheapest_times(rotation, rotation.costs @ people)], axis=1)
    second: Floats = served[:, min(1, served.shape[1] - 1)]
    return np.where(np.isfinite(second), second, prices.min(axis=1))
