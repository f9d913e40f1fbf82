"""Several hosts and optional people: what is chosen and why, and what holds whoever meets."""

import json
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import permutations
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from scheduling.engine import (
    Apart,
    InvalidInput,
    MeetingRequest,
    NearMiss,
    Participant,
    Policy,
    Pool,
    Reason,
    Role,
    Slot,
    Why,
    assess,
    propose,
)
from scheduling.meetings.cases import parse_case
from tests.engine.generated import cases_with_teams
from tests.engine.people import at, days, hours, person
from tests.engine.test_properties import random_cases, starts_of

NINE = at("2026-12-08 09:00")
ELEVEN = at("2026-12-08 11:00")
FIVE = at("2026-12-08 17:00")
CLIENT = person("Europe/London", name="client", role=Role.CLIENT)


def colleague(name: str, time_zone: str = "Europe/London", **details: Any) -> Participant:
    return person(time_zone, name=name, **details)


def request(*pools: Pool, start_at: datetime = NINE, end_at: datetime = FIVE, **details: Any) -> MeetingRequest:
    return MeetingRequest(60, start_at, end_at, pools=pools, **details)


def comers(slot: Slot) -> list[str]:
    return [one.id for one in slot.participants]


def judged(slot: Slot | NearMiss) -> Slot:
    assert isinstance(slot, Slot)
    return slot


def unfairness(policy: Policy, people: tuple[Participant, ...], slot: Slot) -> Any:
    """What the order of fairness compares, over everybody who counts."""
    costs = {one.id: one.cost for one in slot.participants}
    loads, total = [], 0
    for one in people:
        if not one.optional:
            weight = 5 if one.role is Role.CLIENT and policy is Policy.CLIENT_FIRST else 1
            # In micropoints; a load that was shown is not worked out again.
            shown = [other.load for other in slot.participants if other.id == one.id]
            loads.append(round((shown[0] if shown else weight * one.burden) * 10**6))
            total += round(costs.get(one.id, 0) * 10**6)
    loads.sort(reverse=True)
    return (total, loads) if policy is Policy.LEAST_TOTAL else (loads, total)


def test_of_two_who_are_free_the_one_comes_who_has_carried_less() -> None:
    ann, bob = colleague("ann", burden=30.0), colleague("bob", burden=20.0)
    (slot, *_) = propose(request(Pool(("ann", "bob"))), [CLIENT, ann, bob]).slots
    assert (slot.start_at, comers(slot)) == (NINE, ["client", "bob"])
    assert slot.stays_away == (Apart("ann", Why.SPARED),)
    # What has been carried counts, not what it weighs.
    either = request(Pool(("bob", "client")))
    slot = propose(either, [replace(CLIENT, burden=10.0), bob]).slots[0]
    assert comers(slot) == ["client"]


def test_whoever_would_carry_more_stays_away_with_both_highest_loads() -> None:
    # 17:00 in London is 18:00 in Berlin: 10 + 15²/360 points and more an hour, on top of what was carried before.
    ann, bob = colleague("ann", "Europe/Berlin", burden=5.0), colleague("bob", burden=40.0)
    evening = request(Pool(("ann", "bob")), start_at=FIVE, end_at=at("2026-12-08 18:00"), policy=Policy.SHARED)
    guest = colleague("guest", optional=True, burden=900.0)
    slot = judged(assess(evening, [ann, bob, guest]).slot_at(FIVE))
    # Quarters end 15, 30, 45 and 60 minutes after hours in London, an hour later in Berlin.
    london, berlin = (
        10 + sum(x * x for x in quarters) / 360 / 4 for quarters in ((15, 30, 45, 60), (75, 90, 105, 120))
    )
    assert 5 + berlin < 40 + london
    assert comers(slot) == ["ann", "guest"]
    assert slot.stays_away == (
        Apart("bob", Why.CARRIES_MORE, (), round(40 + london, 6), max(40, round(5 + berlin, 6))),
    )
    cheapest = judged(assess(replace(evening, policy=Policy.LEAST_TOTAL), [ann, bob]).slot_at(FIVE))
    assert comers(cheapest) == ["bob"]
    assert cheapest.stays_away == (Apart("ann", Why.COSTS_MORE),)


def test_of_equal_loads_the_lower_costs_decide() -> None:
    # A client's quarter outside of wishes costs 10 ÷ 4 and weighs five times; a colleague's, which ends two hours
    # after work, costs (10 + 120² ÷ 360) ÷ 4. Both have carried a load of 10 before.
    guest = replace(CLIENT, working_hours=hours("09:00", "19:00"), preferred_hours=hours("09:00", "10:00"), burden=2.0)
    late = at("2026-12-08 18:45")
    quarter = MeetingRequest(15, late, at("2026-12-08 19:00"), pools=(Pool(("ann", "client")),))
    slot = judged(assess(quarter, [guest, colleague("ann", burden=10.0)]).slot_at(late))
    assert [(one.id, one.load) for one in slot.participants] == [("client", 22.5)]
    assert slot.stays_away == (Apart("ann", Why.COSTS_MORE),)


def test_whoever_stays_away_still_counts_with_what_was_carried_before() -> None:
    # Ann's pile is the higher one, whether she comes or not: that bob's grows decides.
    ann, bob = colleague("ann", burden=500.0), colleague("bob", "Asia/Tokyo", burden=490.0)
    early = request(Pool(("ann", "bob")), end_at=ELEVEN, policy=Policy.SHARED)
    slot = judged(assess(early, [ann, bob]).slot_at(NINE))
    assert comers(slot) == ["ann"]
    (away,) = slot.stays_away
    assert (away.why, away.chosen_highest_load) == (Why.CARRIES_MORE, 500.0)


def test_the_team_changes_with_the_time_of_day() -> None:
    people = [colleague("tokyo", "Asia/Tokyo"), colleague("bogota", "America/Bogota")]
    day = assess(request(Pool(("tokyo", "bogota")), start_at=at("2026-12-08 00:00")), people)
    assert comers(judged(day.slot_at(at("2026-12-08 02:00")))) == ["tokyo"]
    assert comers(judged(day.slot_at(at("2026-12-08 15:00")))) == ["bogota"]


def test_who_is_blocked_is_not_chosen_and_told_with_the_reasons() -> None:
    ann = colleague("ann", busy=((NINE, FIVE),), days_off=days("2026-12-08"))
    two_of_three = request(Pool(("ann", "bob", "cid"), take=2))
    people = [ann, colleague("bob", burden=9.0), colleague("cid", burden=9.0)]
    (slot, *_) = propose(two_of_three, people).slots
    assert comers(slot) == ["bob", "cid"]
    assert slot.stays_away == (Apart("ann", Why.BLOCKED, (Reason.BUSY, Reason.DAY_OFF)),)


def test_whoever_stays_away_is_told_against_the_last_who_was_chosen() -> None:
    people = [colleague("ann"), colleague("bob", burden=5.0), colleague("cid", burden=5.0)]
    (slot, *_) = propose(request(Pool(("ann", "bob", "cid"), take=2)), people).slots
    assert slot.stays_away == (Apart("cid", Why.ORDER),)


def test_a_pool_stands_in_the_way_only_where_too_few_of_it_are_left() -> None:
    ann = colleague("ann", days_off=days("2026-12-08"), busy=((NINE, FIVE),))
    bob = colleague("bob", working_hours=hours("20:00", "22:00"), reachable_hours=hours("20:00", "22:00"))
    people = [CLIENT, ann, bob, colleague("cid")]
    one, two = (request(Pool(("ann", "bob", "cid"), take)) for take in (1, 2))
    (outlook,) = assess(one, people).days()
    assert (outlook.feasible, outlook.absences) == (29, ())
    (outlook,) = assess(two, people).days()
    assert [absence.id for absence in outlook.absences] == ["ann", "bob"]
    # Where the client is off, it is not for want of ann or bob.
    without_client = [replace(CLIENT, days_off=days("2026-12-08")), *people[1:]]
    (outlook,) = assess(one, without_client).days()
    assert [absence.id for absence in outlook.absences] == ["client"]
    # Of the two who are away, the one with fewer reasons comes nearest.
    assert propose(two, people).near_misses[0] == NearMiss(NINE, (("bob", Reason.UNREACHABLE),))


def test_optional_people_never_block_and_decide_only_between_equals() -> None:
    busy = colleague("busy", optional=True, busy=((NINE, at("2026-12-08 15:00")),))
    # At 15:00 both guests can come, and at 16:00 as well, when it costs one of them less.
    late = colleague("late", optional=True, preferred_hours=hours("16:00", "17:00"))
    whole_hours = request(step_minutes=60, count=3)
    slots = propose(whole_hours, [CLIENT, busy, late]).slots
    assert [(slot.start_at.hour, comers(slot)) for slot in slots] == [
        (16, ["client", "busy", "late"]),
        (15, ["client", "busy", "late"]),
        (9, ["client", "late"]),
    ]
    assert slots[2].stays_away == (Apart("busy", Why.BLOCKED, (Reason.BUSY,)),)
    assert [slot.total_cost for slot in slots] == [0, 0, 0]
    assert [one.cost for one in slots[1].participants] == [0, 0, 10]
    # The client's own wish comes before all guests.
    morning = replace(CLIENT, preferred_hours=hours("09:00", "10:00"))
    assert propose(whole_hours, [morning, busy, late]).slots[0].start_at == NINE


def test_an_optional_client_is_no_anchor() -> None:
    tokyo = person("Asia/Tokyo", name="tokyo", role=Role.CLIENT, optional=True)
    assert assess(request(), [tokyo, colleague("ann"), CLIENT]).anchor == CLIENT
    assert assess(request(), [tokyo, colleague("ann")]).anchor.id == "ann"


@pytest.mark.parametrize("policy", Policy)
def test_of_people_who_are_all_the_same_the_first_come(policy: Policy) -> None:
    names = ["dan", "ann", "cid", "bob"]
    people = [colleague(name, burden=7.5) for name in names]
    for ids in permutations(names):
        proposal = propose(request(Pool(ids, take=2), policy=policy), people)
        assert [set(comers(slot)) for slot in proposal.slots] == [set(ids[:2])] * 5
        alone = propose(request(policy=policy), people[:2])
        assert [slot.start_at for slot in proposal.slots] == [slot.start_at for slot in alone.slots]
        for slot in proposal.slots:
            assert slot.stays_away == tuple(Apart(name, Why.ORDER) for name in names if name in ids[2:])


def test_without_pools_and_optional_people_nobody_stays_away() -> None:
    slot = judged(assess(request(), [CLIENT, colleague("ann")]).slot_at(NINE))
    assert (comers(slot), slot.stays_away) == (["client", "ann"], ())


@random_cases
@given(cases_with_teams(), st.data())
def test_a_busy_time_more_in_a_pool_never_makes_a_slot_fairer_or_possible(
    case: dict[str, Any], data: st.DataObject
) -> None:
    asked, people = parse_case(json.dumps(case))
    assume(asked.pools)
    before = assess(asked, people)
    starts = starts_of(before)
    assume(starts)
    busy_at = data.draw(st.sampled_from(starts))
    name = data.draw(st.sampled_from(asked.pools[0].ids))
    busier = [
        replace(one, busy=(*one.busy, (busy_at, busy_at + timedelta(hours=2)))) if one.id == name else one
        for one in people
    ]
    after = assess(asked, busier)
    for start in starts:
        match before.slot_at(start), after.slot_at(start):
            case Slot() as was, Slot() as slot:
                assert unfairness(asked.policy, people, was) <= unfairness(asked.policy, people, slot)
                assert name in comers(was) or was.participants == slot.participants
            case NearMiss() as was, slot:
                assert isinstance(slot, NearMiss)
                assert len(was.blockers) <= len(slot.blockers)
    assert after.proposal.feasible <= before.proposal.feasible


@random_cases
@given(cases_with_teams())
def test_optional_people_never_change_which_loads_win(case: dict[str, Any]) -> None:
    asked, people = parse_case(json.dumps(case))
    needed = tuple(one for one in people if not one.optional)
    with_guests, without = propose(asked, people), propose(asked, needed)
    assert with_guests.feasible == without.feasible
    assert with_guests.near_misses == without.near_misses
    for slot, other in zip(with_guests.slots[:1], without.slots, strict=False):
        assert unfairness(asked.policy, people, slot) == unfairness(asked.policy, needed, other)


@random_cases
@given(cases_with_teams())
def test_one_of_two_is_the_better_of_both_alone_at_each_start(case: dict[str, Any]) -> None:
    asked, people = parse_case(json.dumps(case))
    people = tuple(replace(one, optional=False) for one in people)
    assume(len(people) > 1)
    one, other = people[-2:]
    either = assess(replace(asked, pools=(Pool((one.id, other.id)),)), people)
    without_pools = replace(asked, pools=())
    alone = [assess(without_pools, [each for each in people if each is not left_out]) for left_out in (other, one)]
    for start in starts_of(either):
        single = [answer for each in alone if isinstance(answer := each.slot_at(start), Slot)]
        match either.slot_at(start):
            case Slot() as slot:
                best = min(unfairness(asked.policy, people, each) for each in single)
                assert unfairness(asked.policy, people, slot) == best
                assert slot.participants in [each.participants for each in single]
            case NearMiss():
                assert not single


@pytest.mark.parametrize(
    ("ids", "take", "field"),
    [((), 1, "ids"), (("a",), 1, "ids"), (("a", "b", "a"), 1, "ids"), (("a", "b"), 0, "take"), (("a", "b"), 2, "take")],
)
def test_a_pool_that_leaves_no_choice_names_the_field(ids: tuple[str, ...], take: int, field: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        Pool(ids, take)
    assert refused.value.field == field


def test_pools_that_break_a_rule_are_named() -> None:
    people = [colleague(name) for name in "abcd"]
    for pools, field in (
        ((Pool(("a", "b")), Pool(("b", "c"))), "pools[1]"),
        ((Pool(("a", "b")), Pool(("d", "nobody"))), "pools[1]"),
        # 1,001 teams of four out of fourteen; 46 × 45 ÷ 2 = 1,035.
        ((Pool(tuple("abcdefghijklmn"), take=4),), "pools"),
        ((Pool(tuple(map(str, range(46))), take=2),), "pools"),
    ):
        with pytest.raises(InvalidInput) as refused:
            assess(request(*pools), people)
        assert refused.value.field == field
    with pytest.raises(InvalidInput, match="optional") as refused:
        assess(request(Pool(("a", "b"))), [replace(people[0], optional=True), *people[1:]])
    assert refused.value.field == "pools[0]"
    with pytest.raises(InvalidInput, match="participants"):
        assess(request(), [replace(CLIENT, optional=True)])
