"""Fading burdens and the fairness index beside what they are defined as."""

import datetime as dt
import math
from collections.abc import Sequence
from itertools import pairwise

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from clients.reader import Reader
from scheduling.meetings.fairness.chart import GROUND, NAME_GAP, PLOT_WIDTH, TOP, chart, instants_until
from scheduling.meetings.fairness.measures import Entry, burdens_at, course, fairness_index

NOW = dt.datetime(2026, 11, 22, 9, tzinfo=dt.UTC)
BRITON = Reader("en-GB", "Europe/London")
CAIRENE = Reader("ar-EG", "Africa/Cairo")

moments = st.integers(-200 * 10_080, 0).map(lambda minutes: NOW + dt.timedelta(minutes=minutes))
entries = st.builds(
    lambda start_at, minutes, cost: Entry(start_at, start_at + dt.timedelta(minutes=minutes), cost),
    moments,
    st.integers(15, 1440),
    st.floats(0, 2000),
)
burdens = st.lists(st.floats(0, 1e9) | st.just(0.0), min_size=1, max_size=30)


def by_definition(ledger: Sequence[Entry], at: dt.datetime) -> float:
    """The sum over what is past of cost × 0.5 to the power of eight-week spans since its start."""
    eight_weeks = 8 * 7 * 24 * 3600
    return math.fsum(
        entry.cost * 2 ** -((at - entry.start_at).total_seconds() / eight_weeks)
        for entry in ledger
        if entry.end_at <= at
    )


@given(st.lists(entries, max_size=20), st.lists(moments, min_size=1, max_size=12).map(sorted))
def test_a_burden_is_what_it_is_defined_as_at_every_instant(ledger: list[Entry], instants: list[dt.datetime]) -> None:
    assert burdens_at(ledger, instants) == pytest.approx([by_definition(ledger, at) for at in instants], abs=1e-9)


@given(st.lists(entries, max_size=10))
def test_a_course_passes_through_every_week_and_steps_up_by_the_cost_of_each_meeting(ledger: list[Entry]) -> None:
    weeks = instants_until(NOW)
    passed = course(ledger, weeks)
    assert [at for at, _burden in passed] == sorted(at for at, _burden in passed)
    last_at_each = dict(passed)
    assert [last_at_each[at] for at in weeks] == pytest.approx(burdens_at(ledger, weeks), abs=1e-9)
    steps = math.fsum(after - before for (at, before), (same, after) in pairwise(passed) if at == same)
    costs = math.fsum(entry.weight(entry.end_at) for entry in ledger if weeks[0] < entry.end_at <= weeks[-1])
    assert steps == pytest.approx(costs, abs=1e-6)


def test_a_cost_is_halved_after_eight_weeks_and_counts_from_the_end_of_the_meeting() -> None:
    entry = Entry(NOW, NOW + dt.timedelta(hours=1), 80.0)
    instants = [NOW, NOW + dt.timedelta(minutes=59), *(NOW + dt.timedelta(weeks=8 * times) for times in (1, 2, 3))]
    assert burdens_at([entry], instants) == pytest.approx([0, 0, 40, 20, 10])


@given(burdens)
def test_the_index_lies_between_one_carrying_all_and_all_carrying_the_same(carried: list[float]) -> None:
    index = fairness_index(carried)
    assert 1 / len(carried) - 1e-12 <= index <= 1 + 1e-12


@given(st.floats(1e-3, 1e6), st.integers(1, 30))
def test_the_index_is_one_where_all_carry_the_same_and_one_in_n_where_one_carries_all(each: float, count: int) -> None:
    assert fairness_index([each] * count) == pytest.approx(1)
    assert fairness_index([0.0] * count) == 1
    assert fairness_index([each] + [0.0] * (count - 1)) == pytest.approx(1 / count)


@given(burdens, st.randoms(use_true_random=False), st.floats(1e-3, 1e3))
def test_the_index_knows_neither_order_nor_unit(carried: list[float], random: object, factor: float) -> None:
    shuffled = carried[:]
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert fairness_index(shuffled) == pytest.approx(fairness_index(carried))
    assert fairness_index([burden * factor for burden in carried]) == pytest.approx(fairness_index(carried))


@given(st.lists(st.integers(1, 1000), min_size=2, max_size=10), st.data())
def test_the_index_rises_when_one_gives_to_another_who_carries_less(carried: list[int], data: st.DataObject) -> None:
    heavy, light = carried.index(max(carried)), carried.index(min(carried))
    if carried[heavy] - carried[light] < 2:
        return
    given_away = data.draw(st.integers(1, (carried[heavy] - carried[light]) // 2))
    fairer = carried[:]
    fairer[heavy] -= given_away
    fairer[light] += given_away
    assert fairness_index([float(each) for each in fairer]) > fairness_index([float(each) for each in carried])


def test_the_index_of_a_known_example() -> None:
    # (1 + 2 + 3)² / (3 × (1 + 4 + 9))
    assert fairness_index([1.0, 2.0, 3.0]) == pytest.approx(36 / 42)


@example([[5e-324] * 27])
@given(st.lists(st.lists(st.floats(0, 5000), min_size=27, max_size=27), min_size=1, max_size=12))
def test_lines_stay_inside_the_plot_and_their_names_apart(values: list[list[float]]) -> None:
    courses = [tuple(zip(instants_until(NOW), line, strict=True)) for line in values]
    drawn = chart([(f"Name {number}", course) for number, course in enumerate(courses)], BRITON)
    assert [line.number for line in drawn.lines] == list(range(1, min(len(values), 8) + 1))
    for line in drawn.lines:
        places = [tuple(map(float, point.split(","))) for point in line.points.split()]
        assert places[0][0] == 0
        assert places[-1] == pytest.approx((PLOT_WIDTH, line.end_y), abs=0.06)
        assert all(TOP - 0.06 <= y <= GROUND for _x, y in places)
    heights = sorted(line.name_y for line in drawn.lines)
    assert all(lower - upper >= NAME_GAP - 1e-6 for upper, lower in pairwise(heights))
    assert 2 <= len(drawn.levels) <= 6


def test_a_chart_runs_leftwards_for_who_reads_so() -> None:
    line = [(at, float(week)) for week, at in enumerate(instants_until(NOW))]
    rightwards, leftwards = (chart([("Ana", line)], reader) for reader in (BRITON, CAIRENE))
    assert rightwards.lines[0].points.split()[-1] == f"{PLOT_WIDTH:.1f},{rightwards.lines[0].end_y:.1f}"
    assert leftwards.lines[0].points.split()[-1] == f"0.0,{leftwards.lines[0].end_y:.1f}"
    assert [month.x for month in leftwards.months] == pytest.approx(
        [1 - month.x for month in rightwards.months], abs=0.01
    )
