"""What sets of times cost at least, beside everything that can be done with each."""

from dataclasses import replace
from itertools import combinations

import numpy as np
import pytest

from scheduling.engine.series import programs, screen
from scheduling.engine.series.rotation import Rotation
from scheduling.engine.series.screen import Prices, Screen, neighbours


def random_rotation(seed: int, max_times: int) -> Rotation:
    """One person's weeks, each of which has some time: with one load to lower, prices lose nothing."""
    chance = np.random.default_rng(seed)
    feasible = chance.random((5, 7)) < 0.5
    feasible[np.arange(5), chance.integers(7, size=5)] = True
    costs = chance.integers(1, 2000, (5, 7, 1)).astype(np.float64)
    return Rotation(chance.integers(1, 4, 5), feasible, costs, costs.sum(axis=2), np.array([40.0]), max_times)


def least_loads(rotation: Rotation, moved: int) -> dict[frozenset[int], float]:
    """The lowest load of every set of times that leaves at most `moved` weeks, week by week."""
    loads = {}
    for times in combinations(range(rotation.feasible.shape[1]), rotation.max_times):
        load, left_out = float(rotation.burdens[0]), 0
        for weeks, open_to, costs in zip(rotation.weeks, rotation.feasible, rotation.costs[:, :, 0], strict=True):
            regular = [costs[time] for time in times if open_to[time]]
            left_out += 0 if regular else weeks
            load += weeks * min(regular or costs[open_to])
        if left_out <= moved:
            loads[frozenset(times)] = load
    return loads


@pytest.mark.parametrize("max_times", [1, 2, 3])
@pytest.mark.parametrize("moved", [0, 3, 20])
def test_with_one_person_the_bounds_of_sets_are_what_they_cost(moved: int, max_times: int) -> None:
    for seed in range(20):
        rotation = random_rotation(seed, max_times)
        loads = least_loads(rotation, moved)
        limit = float(np.median(list(loads.values()))) if loads else np.inf
        prices = Prices(40.0, 0.0, np.ones(1))
        sets = Screen(rotation, moved, prices, limit)
        # The same prices can't raise any bound.
        sets.narrow(prices, limit)
        found = {frozenset(times): bound for times, bound in zip(sets.sets.tolist(), sets.bounds, strict=True)}
        assert found == pytest.approx({times: load for times, load in loads.items() if load < limit})
        assert sets.bound() == pytest.approx(min(loads.values(), default=limit))


@pytest.mark.parametrize("max_times", [1, 2, 3])
def test_the_fewest_moved_weeks_are_found_by_both_ways(max_times: int) -> None:
    for seed in range(20):
        rotation = random_rotation(seed, max_times)
        rotation = replace(rotation, feasible=rotation.feasible & (np.random.default_rng(seed).random((5, 7)) < 0.5))
        moved = {
            times: rotation.moved(np.isin(np.arange(7), times)) for times in combinations(range(7), rotation.max_times)
        }
        fewest = min(moved.values())
        some, *_ = moved
        better = screen.fewest_moved(rotation, moved[some])
        if fewest < moved[some]:
            assert {*map(tuple, better.tolist())} == {times for times, left_out in moved.items() if left_out == fewest}
        else:
            assert len(better) == 0
        found, proven = programs.fewest_moved(rotation, np.isin(np.arange(7), some), 10)
        assert (rotation.moved(found), proven) == (fewest, True)


def test_neighbours_differ_in_one_time() -> None:
    times = np.array([True, False, True, False, False])
    assert sorted(map(frozenset, neighbours(times).tolist()), key=sorted) == [
        {0, 1}, {0, 3}, {0, 4}, {1, 2}, {2, 3}, {2, 4},
    ]  # fmt: skip
