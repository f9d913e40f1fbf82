"""What holds for every proposal, whoever meets."""

import json
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from scheduling.engine import Assessment, NearMiss, Policy, Slot, assess, propose
from scheduling.meetings.cases import parse_case
from tests.engine.generated import cases
from tests.engine.people import ALWAYS, person

random_cases = settings(
    max_examples=10, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)
QUARTER = timedelta(minutes=15)


def starts_of(assessment: Assessment) -> list[datetime]:
    """The quarters at which a slot fits into the horizon."""
    request = assessment.request
    first = assessment.cells(assessment.anchor.id, request.start_at, request.end_at)[0].start_at
    quarters = range((request.end_at - first) // QUARTER + 1)
    latest = request.end_at - timedelta(minutes=request.duration_minutes)
    return [start for number in quarters if request.start_at <= (start := first + number * QUARTER) <= latest][:60]


@random_cases
@given(cases(), st.randoms(use_true_random=False))
def test_permuting_participants_changes_nothing_but_the_anchors_days(case: dict[str, Any], random: Any) -> None:
    request, participants = parse_case(json.dumps(case))
    shuffled = list(participants)
    random.shuffle(shuffled)
    before, after = propose(request, participants), propose(request, shuffled)
    assert before.feasible == after.feasible
    assert before.near_misses == after.near_misses
    # The fairest slot of all is taken whatever the anchor's dates are.
    assert [slot.start_at for slot in before.slots[:1]] == [slot.start_at for slot in after.slots[:1]]

    same_anchor = [replace(person, zone=participants[0].zone) for person in participants]
    random.shuffle(shuffled := list(same_anchor))
    before, after = propose(request, same_anchor), propose(request, shuffled)
    assert [slot.start_at for slot in before.slots] == [slot.start_at for slot in after.slots]
    for slot, other in zip(before.slots, after.slots, strict=True):
        assert {person.id: person for person in slot.participants} == {
            person.id: person for person in other.participants
        }


@random_cases
@given(cases(), st.data())
def test_a_busy_time_more_never_makes_a_slot_fairer_or_possible(case: dict[str, Any], data: st.DataObject) -> None:
    request, participants = parse_case(json.dumps(case))
    before = assess(request, participants)
    starts = starts_of(before)
    assume(starts)
    busy_at = data.draw(st.sampled_from(starts)) + timedelta(minutes=data.draw(st.integers(-30, 30)))
    busier = replace(participants[0], busy=(*participants[0].busy, (busy_at, busy_at + timedelta(minutes=40))))
    after = assess(request, [busier, *participants[1:]])
    for start in starts:
        match before.slot_at(start), after.slot_at(start):
            case Slot() as slot, Slot() as other:
                assert slot == other
            case NearMiss() as miss, NearMiss() as other:
                assert set(miss.blockers) <= set(other.blockers)
            case was, _:
                assert isinstance(was, Slot)
    assert after.proposal.feasible <= before.proposal.feasible


@random_cases
@given(cases(most_people=1), st.integers(0, 1000))
def test_a_burden_does_not_change_the_order_for_one_person(case: dict[str, Any], burden: int) -> None:
    request, [one] = parse_case(json.dumps(case))
    before, after = propose(request, [one]), propose(request, [replace(one, burden=one.burden + burden)])
    assert [slot.start_at for slot in before.slots] == [slot.start_at for slot in after.slots]


@random_cases
@given(cases(), st.integers(1, 1000), st.sampled_from([Policy.SHARED, Policy.LEAST_TOTAL]))
def test_a_burden_more_for_everybody_keeps_the_order_where_all_weigh_the_same(
    case: dict[str, Any], burden: int, policy: Policy
) -> None:
    request, participants = parse_case(json.dumps(case))
    # Whole points: a fraction may round to another sixth decimal when it grows.
    before = [replace(person, burden=float(round(person.burden))) for person in participants]
    after = [replace(person, burden=person.burden + burden) for person in before]
    request = replace(request, policy=policy)
    slots, others = propose(request, before).slots, propose(request, after).slots
    assert [slot.start_at for slot in slots] == [slot.start_at for slot in others]


@random_cases
@given(cases())
def test_somebody_to_whom_every_hour_is_right_changes_nothing(case: dict[str, Any]) -> None:
    request, participants = parse_case(json.dumps(case))
    easy = person("Asia/Tokyo", name="easy", working_hours=ALWAYS, reachable_hours=ALWAYS)
    before, after = propose(request, participants), propose(request, [*participants, easy])
    assert (after.feasible, after.near_misses) == (before.feasible, before.near_misses)
    assert [slot.participants[:-1] for slot in after.slots] == [slot.participants for slot in before.slots]


@random_cases
@given(cases(), st.data())
def test_busy_times_count_by_what_they_cover_together(case: dict[str, Any], data: st.DataObject) -> None:
    request, participants = parse_case(json.dumps(case))
    pieces = []
    for start_at, end_at in participants[0].busy:
        cut_at = start_at + data.draw(st.integers(0, 100)) * (end_at - start_at) / 100
        pieces += [(start_at, end_at), (start_at, cut_at), (cut_at, end_at)]
    proper = [(start_at, end_at) for start_at, end_at in pieces if start_at < end_at]
    cut = replace(participants[0], busy=tuple(data.draw(st.permutations(proper))))
    assert propose(request, [cut, *participants[1:]]) == propose(request, participants)


@random_cases
@given(cases(), st.integers(1, 20))
def test_a_slot_is_judged_the_same_in_a_longer_horizon(case: dict[str, Any], more_days: int) -> None:
    request, participants = parse_case(json.dumps(case))
    longer = dict(case, meeting={**case["meeting"]})
    longer["meeting"]["until"] = (request.end_at + timedelta(days=more_days)).isoformat()
    before, after = assess(request, participants), assess(*parse_case(json.dumps(longer)))
    assert after.proposal.feasible >= before.proposal.feasible
    for start in starts_of(before):
        assert after.slot_at(start) == before.slot_at(start)


@random_cases
@given(cases())
def test_shown_slots_keep_the_rules_of_showing(case: dict[str, Any]) -> None:
    request, participants = parse_case(json.dumps(case))
    assessment = assess(request, participants)
    slots = assessment.proposal.slots
    assert len(slots) <= request.count
    assert bool(slots) == bool(assessment.proposal.feasible)
    for slot in slots:
        assert request.start_at <= slot.start_at < slot.end_at <= request.end_at
        assert slot.end_at - slot.start_at == timedelta(minutes=request.duration_minutes)
        assert slot.start_at.timestamp() % (request.step_minutes * 60) == 0
        assert assessment.slot_at(slot.start_at) == slot
    in_time = sorted(slots, key=lambda slot: slot.start_at)
    for slot, later in pairwise(in_time):
        assert slot.end_at <= later.start_at


@random_cases
@given(cases())
def test_days_add_up_to_the_proposal(case: dict[str, Any]) -> None:
    request, participants = parse_case(json.dumps(case))
    assessment = assess(request, participants)
    outlooks = assessment.days()
    assert sum(outlook.feasible for outlook in outlooks) == assessment.proposal.feasible
    assert [outlook.date for outlook in outlooks] == sorted({outlook.date for outlook in outlooks})
    fairest = {outlook.date: outlook.fairest for outlook in outlooks}
    assert {day for day, slot in fairest.items() if slot} == {o.date for o in outlooks if o.feasible}
    if assessment.proposal.slots:
        best = assessment.proposal.slots[0]
        assert fairest[best.start_at.astimezone(assessment.anchor.zone).date()] == best
    for outlook in outlooks:
        assert not (outlook.absences and outlook.feasible)


@random_cases
@given(cases(), st.sampled_from(Policy))
def test_costs_know_nothing_of_policies_and_burdens(case: dict[str, Any], policy: Policy) -> None:
    request, participants = parse_case(json.dumps(case))
    unburdened = [replace(person, burden=0.0) for person in participants]
    usual, other = assess(request, participants), assess(replace(request, policy=policy), unburdened)
    for slot in usual.proposal.slots:
        same = other.slot_at(slot.start_at)
        assert isinstance(same, Slot)
        assert [(one.band, one.cost) for one in slot.participants] == [
            (one.band, one.cost) for one in same.participants
        ]
