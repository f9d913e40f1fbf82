"""Which slot is fairer, and which ones are shown; figures worked out by hand."""

from collections.abc import Sequence

import numpy as np
import pytest

from scheduling.engine import MeetingRequest, NearMiss, Policy, Reason, Role, Slot, assess, propose
from scheduling.engine.ranking import Fairness, Ranking
from tests.engine.people import ALWAYS, at, hours, person

POINT = 1440


def order(
    costs: Sequence[Sequence[float]],
    policy: Policy,
    burdens: Sequence[float],
    roles: Sequence[Role] | None = None,
) -> list[int]:
    """The slots from the fairest, given each participant's costs in points."""
    roles = roles or [Role.STAFF] * len(burdens)
    everybody = [person("UTC", burden=burden, role=role) for burden, role in zip(burdens, roles, strict=True)]
    units = np.array(costs) * POINT
    return list(map(int, Fairness(everybody, policy).order(units.astype(np.int64))))


def test_the_worst_off_comes_first_then_the_next() -> None:
    costs = [[30, 0, 20, 20], [0, 30, 20, 10]]
    assert order(costs, Policy.SHARED, [0, 0]) == [3, 2, 0, 1]


def test_the_least_total_comes_first_then_the_worst_off() -> None:
    costs = [[30, 0, 20, 20, 15], [0, 30, 20, 10, 15]]
    assert order(costs, Policy.LEAST_TOTAL, [0, 0]) == [4, 3, 0, 1, 2]


def test_a_client_weighs_five_times_under_client_first_only() -> None:
    costs = [[10, 4], [4, 40]]
    roles = [Role.CLIENT, Role.STAFF]
    assert order(costs, Policy.CLIENT_FIRST, [0, 0], roles) == [1, 0]
    assert order(costs, Policy.SHARED, [0, 0], roles) == [0, 1]


def test_who_has_carried_more_is_spared() -> None:
    costs = [[10, 20], [20, 10]]
    assert order(costs, Policy.SHARED, [0, 0]) == [0, 1]
    assert order(costs, Policy.SHARED, [15, 0]) == [0, 1]
    assert order(costs, Policy.SHARED, [0, 15]) == [1, 0]


def test_equal_loads_go_by_the_sum_of_costs() -> None:
    # Loads are 60 and 20 either way: five times the client's cost, or the staff's burden and cost.
    costs = [[12, 4], [20, 60]]
    roles = [Role.CLIENT, Role.STAFF]
    assert order(costs, Policy.CLIENT_FIRST, [0, 0], roles) == [0, 1]
    assert order([row[::-1] for row in costs], Policy.CLIENT_FIRST, [0, 0], roles) == [1, 0]


def test_loads_that_agree_in_six_decimals_are_equal() -> None:
    # One of the two bears a point either way, and one of them has carried next to nothing before.
    costs = [[1, 0], [0, 1]]
    assert order(costs, Policy.SHARED, [0.0000004, 0]) == [0, 1]
    assert order(costs, Policy.SHARED, [0.0000006, 0]) == [1, 0]


def test_rounding_is_to_the_nearest_micropoint() -> None:
    [one] = [person("UTC", burden=0.00000055)]
    fairness, units = Fairness([one], Policy.SHARED), np.array([[100, 101, 102]])
    # 100/1440 is 0.069444|4…, 101/1440 0.070138|8…, 102/1440 0.070833|3…
    assert fairness.costs(units).tolist() == [[69_444, 70_139, 70_833]]
    assert fairness.loads(units).tolist() == [[69_445, 70_139, 70_834]]


@pytest.mark.parametrize(
    ("count", "expected"),
    [
        (1, [0]),
        (2, [0, 5]),
        # The only slot of the third day comes before the second one of the first.
        (3, [0, 5, 9]),
        # Slot 1 overlaps slot 0, and slot 3 slot 2.
        (4, [0, 2, 5, 9]),
        (5, [0, 2, 5, 7, 9]),
        (6, [0, 2, 4, 5, 7, 9]),
        (99, [0, 2, 4, 5, 7, 9]),
    ],
)
def test_each_day_gives_its_best_before_any_gives_its_next(count: int, expected: list[int]) -> None:
    # Two cells each; the number of a slot is its rank.
    starts = np.array([10, 11, 12, 13, 14, 106, 107, 108, 109, 210])
    days = np.array([0, 0, 0, 0, 0, 1, 1, 1, 1, 2])
    ranking = Ranking(np.arange(10)[np.newaxis], Fairness([person("UTC")], Policy.SHARED))
    assert ranking.choose(starts, days, width=2, count=count) == expected


def test_days_are_those_of_the_first_client_or_else_of_the_first_participant() -> None:
    # From 22:00 to 02:00 in London is one morning in Auckland.
    late = hours("22:00", "02:00")
    morning = hours("09:00", "13:00")
    london = person("Europe/London", name="london", working_hours=late, reachable_hours=late)
    auckland = person("Pacific/Auckland", name="auckland", working_hours=morning, reachable_hours=morning)
    client = person("Pacific/Auckland", name="client", role=Role.CLIENT, working_hours=morning, reachable_hours=morning)
    request = MeetingRequest(60, at("2026-05-05 12:00"), at("2026-05-06 12:00"), count=2)
    assert [slot.start_at for slot in propose(request, [london, auckland]).slots] == [
        at("2026-05-05 21:00"), at("2026-05-05 23:00"),
    ]  # fmt: skip
    assert [slot.start_at for slot in propose(request, [auckland, london]).slots] == [
        at("2026-05-05 21:00"), at("2026-05-05 22:00"),
    ]  # fmt: skip
    assert propose(request, [london, client]).slots[1].start_at == at("2026-05-05 22:00")


def test_starts_are_multiples_of_the_step_since_1970() -> None:
    # A day is no multiple of 105 minutes, so that its first start is anywhere.
    around = person("UTC", working_hours=ALWAYS, reachable_hours=ALWAYS)
    proposal = propose(MeetingRequest(60, at("2026-05-04"), at("2026-05-05"), step_minutes=105, count=99), [around])
    assert all(slot.start_at.timestamp() % (105 * 60) == 0 for slot in proposal.slots)
    assert proposal.feasible == len(proposal.slots) == 14


def test_the_horizon_may_begin_and_end_at_any_second() -> None:
    around = person("UTC", working_hours=ALWAYS)
    request = MeetingRequest(15, at("2026-05-04 10:00:01"), at("2026-05-04 10:44:59"))
    assert [slot.start_at for slot in propose(request, [around]).slots] == [at("2026-05-04 10:15")]


def test_an_instant_off_the_step_can_be_looked_at() -> None:
    request = MeetingRequest(60, at("2026-05-04"), at("2026-05-05"), step_minutes=60)
    assessment = assess(request, [person("UTC", burden=3)])
    slot = assessment.slot_at(at("2026-05-04 16:45"))
    assert isinstance(slot, Slot)
    # A quarter inside, three outside: x is 15, 30 and 45.
    assert slot.total_cost == (30 + (15**2 + 30**2 + 45**2) / 360) / 4
    assert slot.participants[0].load == 3 + slot.total_cost
    miss = assessment.slot_at(at("2026-05-04 22:15"))
    assert isinstance(miss, NearMiss)
    assert miss.blockers == (("somebody", Reason.UNREACHABLE),)


# Some times among each other, as in a vote


@pytest.mark.parametrize("policy", list(Policy))
def test_some_times_stand_in_the_order_of_the_whole_proposal(policy: Policy) -> None:
    people = [
        person("America/Toronto", name="client", role=Role.CLIENT, burden=3),
        person("Europe/London", name="staff", burden=40),
    ]
    request = MeetingRequest(45, at("2026-03-02 06:00"), at("2026-03-06 22:00"), policy=policy, count=20)
    assessment = assess(request, people)
    slots = assessment.proposal.slots
    starts = [slot.start_at for slot in slots]
    assert assessment.ranked(reversed(starts)) == slots
    # A time at which somebody is blocked is left out.
    assert assessment.ranked([at("2026-03-02 06:00"), starts[3], starts[0]]) == (slots[0], slots[3])
    assert assessment.ranked([]) == ()


def test_points_that_somebody_adds_count_as_if_the_time_cost_them_more() -> None:
    people = [person("UTC", name="one"), person("UTC", name="other")]
    request = MeetingRequest(60, at("2026-03-02 09:00"), at("2026-03-02 17:00"), policy=Policy.SHARED)
    first, second, third = at("2026-03-02 09:00"), at("2026-03-02 11:00"), at("2026-03-02 13:00")
    ranked = assess(request, people).ranked(
        [first, second, third], {first: {"one": 30.0, "other": 30.0}, second: {"other": 31.0}}
    )
    # The heavier load first: 31 against 30, whatever the sums are.
    assert [slot.start_at for slot in ranked] == [third, first, second]
    assert ranked[1].total_cost == 0
