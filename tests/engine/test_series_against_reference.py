"""Plans of series beside the reference that tries everything, over random cases."""

import json
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from math import inf
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scheduling.engine import Occurrence, OccurrenceKind, SeriesPlan, WeeklyTime, plan_series
from scheduling.engine.series import search
from scheduling.meetings.cases import parse_series_case
from tests.engine.generated import FIRST_YEAR, LAST_YEAR, clock_changes, participants, zones
from tests.engine.reference import WEEKDAYS
from tests.engine.series_reference import Outcome, Series, Time
from tests.engine.tight_series import tight_case

large = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
# More than any of these cases takes on a busy machine.
ENOUGH_SECONDS = 60
ROUNDING = 1e-5
# Highest loads are equal within this factor, and so near to the best is enough where times are few.
EQUAL, NEAR = 1.01, 1.001
#: Few that are cheap to try and different: one to three times, moved weeks and skipped ones, all policies.
TIGHT_CASES = [1, 2, 10, 13, 15, 18, 20, 26, 27, 33, 35, 38, 40, 46, 48, 51]


@st.composite
def people_who_disagree(draw: st.DrawFn, name: str, zone: str, start: date, weeks: int) -> dict[str, Any]:
    """Somebody who can nearly always meet, and wishes for hours of their own."""
    first = draw(st.integers(0, 23))
    office = [[f"{first:02}:00", f"{(first + draw(st.integers(1, 9))) % 24:02}:00"]]
    dates = st.integers(0, 7 * weeks + 6).map(lambda day: (start + timedelta(days=day)).isoformat())
    return {
        "id": name,
        "timezone": zone,
        "role": draw(st.sampled_from(["client", "staff"])),
        "working_hours": dict.fromkeys(WEEKDAYS, office),
        "reachable_hours": {weekday: [["00:00", "00:00"]] for weekday in WEEKDAYS},
        "days_off": draw(st.lists(dates, max_size=3)),
        "burden": draw(st.sampled_from([0, 0, 12.5, 40])),
    }


@st.composite
def series_cases(draw: st.DrawFn) -> dict[str, Any]:
    """A case that is small enough to try everything, most of them around a change of a clock."""
    people_zones = draw(st.lists(zones, min_size=2, max_size=3))
    changes = sorted({day for zone in people_zones for day in clock_changes(zone)})
    some_day = st.dates(date(FIRST_YEAR, 1, 20), date(LAST_YEAR, 11, 30))
    day = draw(st.sampled_from(changes) | some_day if changes else some_day) - timedelta(days=draw(st.integers(0, 14)))
    weeks = draw(st.integers(2, 3))
    start = datetime.combine(day, time(), UTC) - timedelta(days=7)
    end = start + timedelta(weeks=weeks + 2)
    odd_people = draw(st.sampled_from([0, 0, 0, 1, 3]))
    return {
        "meeting": {
            "duration_minutes": draw(st.sampled_from([30, 60, 60, 120])),
            "policy": draw(st.sampled_from(["client_first", "shared", "least_total"])),
            # The reference knows the holidays of these years.
            "from": start.isoformat(),
            "until": end.isoformat(),
        },
        "series": {
            "weeks": weeks,
            "start_date": day.isoformat(),
            "days": draw(st.lists(st.sampled_from(WEEKDAYS), min_size=1, max_size=2, unique=True)),
            "step_minutes": draw(st.sampled_from([90, 180, 240, 300])),
            "max_times": draw(st.integers(1, 3)),
        },
        "participants": [
            draw(
                participants(f"p{place}", zone, start, end)
                if place < odd_people
                else people_who_disagree(f"p{place}", zone, day, weeks)
            )
            for place, zone in enumerate(people_zones)
        ],
    }


def told(weekly: WeeklyTime) -> Time:
    return WEEKDAYS[weekly.weekday], f"{weekly.wall:%H:%M}"


def checked_outcome(series: Series, times: list[Time], occurrences: tuple[Occurrence, ...]) -> Outcome:
    """What a plan adds up to, after a look whether it keeps every rule."""
    taken = []
    moved = 0
    assert [occurrence.week_start_date for occurrence in occurrences] == series.mondays
    for monday, feasible, occurrence in zip(series.mondays, series.weeks, occurrences, strict=True):
        if occurrence.time is None or occurrence.slot is None:
            assert (occurrence.kind, occurrence.slot, feasible) == (OccurrenceKind.SKIPPED, None, {})
            continue
        weekly = told(occurrence.time)
        regular = any(chosen in feasible for chosen in times)
        assert occurrence.kind is (OccurrenceKind.REGULAR if regular else OccurrenceKind.MOVED)
        assert weekly in (times if regular else feasible)
        assert occurrence.slot.start_at == series.start_of(monday, weekly)
        costs = feasible[weekly]
        assert [person.cost for person in occurrence.slot.participants] == [float(round(cost, 6)) for cost in costs]
        taken.append(costs)
        moved += not regular
    return series.outcome(moved, tuple(taken))


def check_rules(series: Series, plan: SeriesPlan) -> tuple[Outcome, Outcome]:
    times = [told(weekly) for weekly in plan.times]
    assert len(set(times)) == len(times) <= series.case["series"]["max_times"]
    rotating = checked_outcome(series, times, plan.occurrences)
    fixed = checked_outcome(series, [told(plan.fixed.time)] if plan.fixed.time else [], plan.fixed.occurrences)
    for told_plan, outcome in ((plan, rotating), (plan.fixed, fixed)):
        loads = zip(series.people, outcome.loads, strict=True)
        assert told_plan.loads == {person.id: float(round(load, 6)) for person, load in loads}
        assert told_plan.max_load == max(told_plan.loads.values())
        assert told_plan.moved == outcome.moved
    return rotating, fixed


def check_best(series: Series, outcome: Outcome, max_times: int) -> float:
    """The best highest load, after a look whether the outcome is equal to it and costs as little as any such."""
    everything = series.everything(max_times)
    assert outcome.moved == everything.moved
    best = float(everything.highest_loads.min())
    assert outcome.highest_load <= best * EQUAL + ROUNDING
    # What is within 1 % of the proven bound is surely equal to the best.
    cheapest = everything.totals[everything.highest_loads <= best * EQUAL / NEAR].min()
    assert outcome.total <= cheapest * NEAR + ROUNDING
    return best


def check_plan(series: Series) -> SeriesPlan:
    """The plan, after a look whether none is fairer."""
    plan = plan_series(*parse_series_case(json.dumps(series.case)), seconds=ENOUGH_SECONDS)
    rotating, fixed = check_rules(series, plan)
    best = check_best(series, rotating, series.case["series"]["max_times"])
    check_best(series, fixed, 1)
    assert plan.lower_bound is not None
    assert plan.max_load / EQUAL <= plan.lower_bound + ROUNDING
    assert plan.lower_bound <= best + ROUNDING
    return plan


@settings(large, max_examples=10)
@given(series_cases())
def test_no_plan_is_fairer_than_the_one_found(case: dict[str, Any]) -> None:
    check_plan(Series(case))


@cache
def tight_series(seed: int) -> Series:
    return Series(tight_case(seed))


@pytest.mark.parametrize("small", [search.SMALL, 0], ids=["all times at once", "sets of times one by one"])
def test_no_plan_is_fairer_where_people_can_hardly_meet(monkeypatch: pytest.MonkeyPatch, small: int) -> None:
    monkeypatch.setattr(search, "SMALL", small)
    plans = [check_plan(tight_series(seed)) for seed in TIGHT_CASES]
    # These are cases in which everything happens.
    half, some = len(plans) / 2, len(plans) / 6
    assert sum(len(plan.times) > 1 for plan in plans) > half
    assert sum(len(plan.times) > 2 for plan in plans) > some
    for kind in (OccurrenceKind.MOVED, OccurrenceKind.SKIPPED):
        assert sum(any(each.kind is kind for each in plan.occurrences) for plan in plans) > some
    assert sum(plan.max_load < plan.fixed.max_load or plan.moved < plan.fixed.moved for plan in plans) > half


def test_where_sets_are_too_many_nearly_all_plans_are_the_fairest_and_bounds_honest(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(search, "SMALL", 0)
    monkeypatch.setattr(search, "SCREENING", inf)
    fairest = 0
    for seed in TIGHT_CASES:
        series = tight_series(seed)
        plan = plan_series(*parse_series_case(json.dumps(series.case)), seconds=ENOUGH_SECONDS)
        rotating, _ = check_rules(series, plan)
        best = float(series.everything(series.case["series"]["max_times"]).highest_loads.min())
        assert plan.lower_bound is not None
        assert plan.lower_bound <= best + ROUNDING
        fairest += rotating.highest_load <= best * EQUAL + ROUNDING
    assert fairest >= len(TIGHT_CASES) * 0.9


@settings(large, max_examples=10)
@given(series_cases() | st.integers(0, 99).map(tight_case))
def test_a_plan_without_time_to_search_keeps_every_rule(case: dict[str, Any]) -> None:
    series = Series(case)
    plan = plan_series(*parse_series_case(json.dumps(case)), seconds=0)
    rotating, _ = check_rules(series, plan)
    everything = series.everything(case["series"]["max_times"])
    assert rotating.moved >= everything.moved
    if plan.lower_bound is not None:
        assert rotating.moved == everything.moved
        assert plan.lower_bound <= float(everything.highest_loads.min()) + ROUNDING
