"""Bounds and ways of many sets of times at once, and who matters, beside everything that can be done."""

from fractions import Fraction
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduling.engine.series.own_prices import all_ways, shares, sharpened
from scheduling.engine.series.plan import _load
from scheduling.engine.series.rotation import Rotation, reduced

SEEDS = 20


def random_rotation(seed: int) -> Rotation:
    """Two or three people, and weeks that cost the same but for what is feasible, as the weeks of a season do."""
    chance = np.random.default_rng(seed)
    people, times, classes = chance.integers(2, 4), 5, 4
    feasible = chance.random((classes, times)) < 0.8
    feasible[:, chance.choice(times, 3, replace=False)] = True
    costs = np.where(chance.random() < 0.5, 1, chance.integers(1, 3, (classes, 1, 1)))
    costs = (costs * chance.integers(0, 900, (1, times, people))).astype(np.float64) * feasible[:, :, None]
    burdens = (chance.integers(0, 2, people) * chance.integers(0, 900, people)).astype(np.float64)
    return Rotation(chance.integers(1, 3, classes), feasible, costs, costs.sum(axis=2), burdens, int(people))


def least_loads(rotation: Rotation) -> dict[tuple[int, ...], float]:
    """The lowest highest load of each set of times that leaves no week out, by trying all ways."""
    weeks = np.repeat(np.arange(len(rotation.weeks)), rotation.weeks)
    loads = {}
    for times in map(list, combinations(range(rotation.feasible.shape[1]), rotation.max_times)):
        if rotation.feasible[:, times].any(axis=1).all():
            all_loads = rotation.burdens[None]
            for week in weeks:
                options = rotation.costs[week, times][rotation.feasible[week, times]]
                all_loads = (all_loads[:, None] + options).reshape(-1, len(rotation.burdens))
            loads[tuple(times)] = float(all_loads.max(axis=1).min())
    return loads


@pytest.fixture(scope="module")
def cases() -> list[tuple[Rotation, np.ndarray, np.ndarray]]:
    """Rotations with all sets that leave no week out, and the lowest highest load of each."""
    rotations = [random_rotation(seed) for seed in range(SEEDS)]
    return [(one, np.array([*loads]), np.array([*loads.values()])) for one in rotations if (loads := least_loads(one))]


def test_bounds_by_own_prices_hold_and_tell_most(cases: list[tuple[Rotation, np.ndarray, np.ndarray]]) -> None:
    nearness = []
    for rotation, sets, loads in cases:
        even = np.full(len(rotation.burdens), 1 / len(rotation.burdens))
        found = sharpened(rotation, sets, even, 2 * loads.max())
        assert (found.bounds <= loads + 1e-6).all()
        assert found.people.sum(axis=1) == pytest.approx(1)
        nearness.extend(found.bounds / loads)
    assert np.median(nearness) > 0.97


def test_all_ways_find_the_best_one_below_a_limit_or_prove_that_there_is_none(
    cases: list[tuple[Rotation, np.ndarray, np.ndarray]],
) -> None:
    for rotation, sets, loads in cases:
        people = np.full((len(sets), len(rotation.burdens)), 1 / len(rotation.burdens))
        none = all_ways(rotation, sets, people, loads.min())
        assert none.choice is None
        assert none.finished.all()
        found = all_ways(rotation, sets, people, loads.min() + 1)
        assert found.choice is not None
        assert found.finished.all()
        assert rotation.merit(found.choice).highest_load == loads.min()
        assert found.choice.counts.sum(axis=1).tolist() == rotation.weeks.tolist()
        assert not found.choice.counts[~rotation.allowed(found.choice.times)].any()


def test_sets_with_too_many_ways_are_not_said_to_be_finished(
    cases: list[tuple[Rotation, np.ndarray, np.ndarray]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("scheduling.engine.series.own_prices.SUMS", 40)
    unfinished = 0
    for rotation, sets, loads in cases:
        people = np.full((len(sets), len(rotation.burdens)), 1 / len(rotation.burdens))
        ways = all_ways(rotation, sets, people, 2 * loads.max())
        if ways.finished.any():
            assert ways.choice is not None
            assert rotation.merit(ways.choice).highest_load <= loads[ways.finished].min()
        unfinished += int((~ways.finished).sum())
    assert unfinished > SEEDS


@pytest.mark.parametrize("seed", range(10))
def test_who_is_left_out_never_has_the_highest_load_alone(seed: int) -> None:
    chance = np.random.default_rng(seed)
    feasible = chance.random((6, 5)) < 0.7
    feasible[:, 0] = True
    first, second = chance.integers(0, 100, (2, 6, 5))
    # A share or the same, a mean, and somebody of their own.
    weight = chance.choice([1, 5])
    own = chance.integers(0, 100 * weight, (6, 5))
    costs = np.stack([weight * first, first, first, weight * second, (first + second) // 2, own])
    burdens = chance.integers(0, 2, 6) * chance.integers(0, 300, 6)
    found = reduced(feasible, costs * feasible, [1] * 6, burdens.tolist())
    assert found.rotation.costs.shape[2] < len(costs)
    for _ in range(50):
        counts = np.zeros(found.rotation.feasible.shape, dtype=np.int64)
        highest = burdens.astype(np.float64)
        for number, weeks in enumerate(found.weeks):
            for week in weeks:
                time = chance.choice(np.flatnonzero(found.rotation.feasible[number]))
                counts[number, time] += 1
                highest += costs[:, week, found.times[time]]
        assert found.rotation.loads(counts).max() == highest.max()


def test_a_time_stays_that_costs_less_for_somebody_who_is_left_out() -> None:
    # The second one never pays more than the first one, and would pay nothing at the second time.
    costs = np.array([[[10, 10]], [[10, 0]]])
    found = reduced(np.ones((1, 2), dtype=np.bool_), costs, [1, 1], [0, 0])
    assert found.rotation.costs.shape[2] == 1
    assert found.times.tolist() == [1]


def test_nearest_shares_are_those_of_the_sum_one() -> None:
    assert shares(np.array([[0.2, 0.3, 0.5], [2.0, 0.0, 0.0], [0.6, 0.6, -5.0]])) == pytest.approx(
        np.array([[0.2, 0.3, 0.5], [1.0, 0.0, 0.0], [0.5, 0.5, 0.0]])
    )


@given(st.sampled_from([1, 5]), st.floats(0, 1e6) | st.sampled_from([12.5, 2**-21]), st.integers(0, 10**8))
def test_loads_are_rounded_like_exact_numbers(weight: int, burden: float, units: int) -> None:
    assert _load(weight, burden, units) == float(round(weight * (Fraction(burden) + Fraction(units, 1440)), 6))
