"""People's days, prepared once and asked many times."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduling.engine import Availability, InvalidInput, MeetingRequest, Policy, Slot, assess, propose
from scheduling.engine.availability import SUMMABLE
from scheduling.engine.busy import busy_cells
from scheduling.engine.clock import quarter_at
from scheduling.meetings.cases import parse_case
from tests.engine.generated import cases
from tests.engine.people import ALL_WEEK, ALWAYS, at, hours, person
from tests.engine.test_properties import random_cases

# On duty for a minute a day, and awake all day: the dearest cells there are.
MINUTE = hours("00:00", "00:01", ALL_WEEK)
COSTLY = person("UTC", working_hours=MINUTE, reachable_hours=ALWAYS)


@random_cases
@given(cases(), st.sampled_from(Policy), st.integers(1, 12), st.data())
def test_prepared_people_answer_as_people_do(
    case: dict[str, Any], policy: Policy, quarters: int, data: st.DataObject
) -> None:
    request, people = parse_case(json.dumps(case))
    earlier, later = (timedelta(minutes=data.draw(st.integers(0, 3000))) for _ in range(2))
    prepared = Availability(people, request.start_at - earlier, request.end_at + later)
    for asked in (request, replace(request, policy=policy, duration_minutes=15 * quarters)):
        assert propose(asked, prepared) == propose(asked, people)
        assert assess(asked, prepared).days() == assess(asked, people).days()


@pytest.mark.parametrize(
    ("start", "end", "field"),
    [("2026-05-03 23:59", "2026-05-05", "start_at"), ("2026-05-04", "2026-05-06 00:01", "end_at")],
)
def test_a_request_beyond_what_is_prepared_is_refused(start: str, end: str, field: str) -> None:
    prepared = Availability([person("UTC")], at("2026-05-04"), at("2026-05-06"))
    with pytest.raises(InvalidInput) as refused:
        propose(MeetingRequest(60, at(start), at(end)), prepared)
    assert refused.value.field == field


def test_an_impossible_horizon_is_not_prepared() -> None:
    with pytest.raises(InvalidInput, match="end_at"):
        Availability([person("UTC")], at("2026-05-04"), at("2026-05-04"))
    with pytest.raises(InvalidInput, match="start_at"):
        Availability([person("UTC")], datetime(2026, 5, 4), at("2026-05-05"))  # noqa: DTZ001
    with pytest.raises(InvalidInput, match="participants"):
        Availability([], at("2026-05-04"), at("2026-05-05"))


@random_cases
@given(cases())
def test_busy_times_in_seconds_are_those_in_datetimes(case: dict[str, Any]) -> None:
    request, people = parse_case(json.dumps(case))
    numbers = [
        replace(one, busy=(), busy_seconds=tuple(edge.timestamp() for interval in one.busy for edge in interval))
        for one in people
    ]
    halves = [
        replace(one, busy=one.busy[:2], busy_seconds=number.busy_seconds[4:])
        for one, number in zip(people, numbers, strict=True)
    ]
    proposal = propose(request, people)
    assert propose(request, numbers) == proposal
    assert propose(request, halves) == proposal


@pytest.mark.parametrize("seconds", [(0.0,), (900.0, 0.0), (0.0, 0.0), (0.0, 1.0, 2.0)])
def test_busy_seconds_must_be_starts_and_ends(seconds: tuple[float, ...]) -> None:
    with pytest.raises(InvalidInput, match="busy_seconds"):
        person("UTC", busy_seconds=seconds)


def test_busy_times_over_one_another_are_laid_out_once() -> None:
    day = at("2026-05-04"), at("2026-05-05")
    people = [person("UTC", name=str(number), busy=(day,) * 50) for number in range(3)]
    first = quarter_at(day[0])
    assert busy_cells(people, first, first + 96).tolist() == list(range(3 * 96))


@pytest.mark.parametrize("quarters", [1, SUMMABLE, SUMMABLE + 1, 2 * SUMMABLE + 1, 30_000])
def test_a_meeting_of_any_length_costs_the_sum_of_its_cells(quarters: int) -> None:
    end_at = at("2026-12-30")
    start_at = end_at - timedelta(minutes=15 * quarters)
    # The horizon begins a year ago, so that the cells before the meeting cost more than 32 bits hold.
    assessment = assess(MeetingRequest(15 * quarters, at("2026-01-01"), end_at), [COSTLY])
    slot = assessment.slot_at(start_at)
    assert isinstance(slot, Slot)
    cells = assessment.cells(COSTLY.id, start_at, end_at)
    expected = sum((cell.rate or 0) / 4 for cell in cells)
    assert slot.total_cost == pytest.approx(expected, abs=1e-6 * quarters)


def test_the_cells_of_a_year_can_cost_more_than_32_bits_hold() -> None:
    """Or else the test above would show nothing."""
    start_at = datetime(2026, 1, 1, tzinfo=UTC)
    cells = assess(MeetingRequest(15, start_at, start_at + timedelta(days=365)), [COSTLY]).cells(
        COSTLY.id, start_at, start_at + timedelta(days=365)
    )
    assert sum((cell.rate or 0) / 4 for cell in cells) * 1440 > 2**31
