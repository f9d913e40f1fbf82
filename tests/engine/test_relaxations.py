"""What one change would win, against proposing anew for each change there is."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from fractions import Fraction
from typing import Any, NamedTuple

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scheduling.engine import (
    Apart,
    MeetingRequest,
    Participant,
    Policy,
    Pool,
    Proposal,
    Reason,
    Relaxation,
    RelaxationKind,
    Role,
    WeeklyHours,
    Why,
    propose,
    relaxations,
)
from scheduling.meetings.cases import parse_case
from tests.engine.generated import cases, cases_with_teams
from tests.engine.people import at, days, hours, person

random_cases = settings(
    max_examples=20, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)
DAY = 1440


class Change(NamedTuple):
    kind: str
    participant_id: str | None
    busy: tuple[datetime, datetime] | None
    minutes: int | None


def earlier(week: WeeklyHours, minutes: int) -> WeeklyHours:
    """Each day reachable from some minutes earlier, not before its midnight and for at most 24 hours."""
    changed = []
    for day in map(sorted, week):
        if day:
            start, end = day[0]
            day[0] = (max(start - minutes, 0, end - DAY), end)
        changed.append(tuple(day))
    return tuple(changed)  # type: ignore[return-value]


def later(week: WeeklyHours, minutes: int) -> WeeklyHours:
    changed = []
    for day in map(sorted, week):
        if day:
            start, end = day[-1]
            day[-1] = (start, min(end + minutes, start + DAY))
        changed.append(tuple(day))
    return tuple(changed)  # type: ignore[return-value]


def busy_of(one: Participant) -> list[tuple[datetime, datetime]]:
    seconds = [datetime.fromtimestamp(second, UTC) for second in one.busy_seconds]
    return [*one.busy, *zip(seconds[::2], seconds[1::2], strict=True)]


Tried = tuple[Change, MeetingRequest, list[Participant]]


def changes(request: MeetingRequest, people: list[Participant]) -> Iterator[list[Tried]]:
    """Every change as a request of its own; those of growing extent come together, the smallest first."""
    yield [
        (Change("shorter", None, None, minutes), replace(request, duration_minutes=minutes), people)
        for minutes in range(request.duration_minutes - 15, 0, -15)
    ]
    for place, one in enumerate(people):
        others = people[:place], people[place + 1 :]

        def instead(
            changed: Participant, others: tuple[list[Participant], list[Participant]] = others
        ) -> list[Participant]:
            return [*others[0], changed, *others[1]]

        for kind, longer in (("reachable_earlier", earlier), ("reachable_later", later)):
            yield [
                (
                    Change(kind, one.id, None, minutes),
                    request,
                    instead(replace(one, reachable_hours=longer(one.reachable_hours, minutes))),
                )
                for minutes in (30, 60, 90, 120)
            ]
        busy = busy_of(one)
        for number, time in enumerate(busy):
            rest = tuple(busy[:number] + busy[number + 1 :])
            changed = replace(one, busy=rest, busy_seconds=())
            yield [(Change("busy_moved", one.id, time, None), request, instead(changed))]
        chosen_from = one.optional or any(one.id in pool.ids for pool in request.pools)
        if not chosen_from and sum(not each.optional for each in people) > 1:
            yield [(Change("without", one.id, None, None), request, [*others[0], *others[1]])]


def brute_force(request: MeetingRequest, people: list[Participant]) -> dict[Change, Proposal]:
    """What proposing anew finds for each change by which more starts are feasible than without or with less of it."""
    usual = propose(request, people).feasible
    found = {}
    for group in changes(request, people):
        most = usual
        for change, changed_request, changed_people in group:
            proposal = propose(changed_request, changed_people)
            if proposal.feasible > most:
                most = proposal.feasible
                found[change] = proposal
    return found


def change_of(one: Relaxation) -> Change:
    return Change(one.kind.value, one.participant_id, one.busy, one.minutes)


def fairness_key(request: MeetingRequest, people: list[Participant], one: Relaxation) -> tuple[Any, ...]:
    """What the order of fairness compares, over all people and at the length asked for."""
    scale = Fraction(request.duration_minutes, one.minutes or 1) if one.kind == "shorter" else Fraction(1)
    shares = [share for share in one.best.participants if not share.optional]
    costs = {share.id: round(share.cost * DAY) * scale // 1 / Fraction(DAY) for share in shares}
    loads, total = [], 0
    for who in people:
        weight = 5 if who.role is Role.CLIENT and request.policy is Policy.CLIENT_FIRST else 1
        loads.append(round(weight * (Fraction(who.burden) + costs.get(who.id, 0)) * 10**6))
        total += round(costs.get(who.id, Fraction(0)) * 10**6)
    loads.sort(reverse=True)
    return (total, loads) if request.policy is Policy.LEAST_TOTAL else (loads, total)


@random_cases
@given(cases() | cases_with_teams(), st.booleans())
def test_every_change_wins_what_proposing_anew_finds(case: dict[str, Any], as_seconds: bool) -> None:
    case["meeting"]["duration_minutes"] = min(case["meeting"]["duration_minutes"], 120)
    request, participants = parse_case(json.dumps(case))
    people = list(participants)
    if as_seconds:
        people = [
            replace(one, busy=(), busy_seconds=tuple(edge.timestamp() for time in one.busy for edge in time))
            for one in people
        ]
    expected = brute_force(request, people)
    usual = propose(request, people)
    found = relaxations(request, people)

    assert {change_of(one) for one in found} == set(expected)
    for one in found:
        proposal = expected[change_of(one)]
        assert one.won == proposal.feasible - usual.feasible
        assert one.best == proposal.slots[0]
    ranks = [(*fairness_key(request, people, one), -one.won, one.best.start_at) for one in found]
    assert ranks == sorted(ranks)
    for one in found:
        if usual.slots:
            unchanged = Relaxation(RelaxationKind.WITHOUT, None, None, None, 0, usual.slots[0], is_fairer=False)
            key = fairness_key(request, people, one), fairness_key(request, people, unchanged)
            assert one.is_fairer == (key[0] < key[1])
        else:
            assert one.is_fairer


NINE = at("2026-12-08 09:00")
FIVE = at("2026-12-08 17:00")


def test_a_busy_time_in_the_way_is_named_and_what_moving_it_wins() -> None:
    meeting = (at("2026-12-08 14:00"), at("2026-12-08 15:00"))
    claire = person("Europe/London", name="claire", busy=(meeting, (at("2026-12-08 15:30"), FIVE)))
    kenji = person("Europe/London", name="kenji", busy=((NINE, meeting[0]), (at("2026-12-08 15:00"), FIVE)))
    ways = relaxations(MeetingRequest(45, NINE, FIVE), [claire, kenji])
    moved = next(one for one in ways if one.kind is RelaxationKind.BUSY_MOVED and one.participant_id == "claire")
    assert (moved.busy, moved.won, moved.best.start_at) == (meeting, 2, meeting[0])
    assert moved.is_fairer


def test_somebody_reachable_half_an_hour_longer_wins_that_half_hour() -> None:
    tokyo = person("Asia/Tokyo", name="kenji", reachable_hours=hours("06:00", "23:00"))
    bogota = person(
        "America/Bogota", name="claire", working_hours=hours("09:30", "17:00"), reachable_hours=hours("09:30", "17:00")
    )
    # 09:30 in Bogotá is 23:30 in Tokyo.
    request = MeetingRequest(30, at("2026-12-08 12:00"), at("2026-12-08 16:00"))
    by_kind = {(one.kind, one.participant_id, one.minutes): one for one in relaxations(request, [tokyo, bogota])}
    later = by_kind[RelaxationKind.REACHABLE_LATER, "kenji", 60]
    assert (later.won, later.best.start_at) == (1, at("2026-12-08 14:30"))
    earlier = by_kind[RelaxationKind.REACHABLE_EARLIER, "claire", 60]
    assert (earlier.won, earlier.best.start_at) == (1, at("2026-12-08 13:30"))
    assert (RelaxationKind.REACHABLE_LATER, "kenji", 30) not in by_kind


def test_nobody_is_asked_to_work_on_a_day_off() -> None:
    away = person("Europe/London", name="away", days_off=days("2026-12-08"))
    other = person("Europe/London", name="other")
    (way,) = relaxations(MeetingRequest(15, NINE, FIVE), [away, other])
    assert (way.kind, way.participant_id) == (RelaxationKind.WITHOUT, "away")


def test_a_shorter_meeting_is_no_fairer_for_being_short() -> None:
    evening = person("Europe/London", name="evening")
    # From 17:00 on every quarter costs more than the one before: half the length at the same start is cheaper by rate.
    request = MeetingRequest(60, FIVE, at("2026-12-08 19:00"))
    usual = propose(request, [evening]).slots[0]
    thirty = next(one for one in relaxations(request, [evening]) if one.minutes == 30 and one.kind == "shorter")
    assert thirty.best.start_at == usual.start_at
    at_noon = MeetingRequest(60, at("2026-12-08 12:00"), at("2026-12-08 14:00"))
    bridge = person("Europe/London", name="bridge", days_off=days("2026-12-07", "2026-12-09"))
    assert [one.is_fairer for one in relaxations(at_noon, [bridge])] == [False] * 3


@pytest.mark.parametrize("policy", Policy)
def test_nothing_to_change_where_nobody_stands_in_the_way(policy: Policy) -> None:
    easy = [person("Europe/London", name=name) for name in ("one", "two")]
    found = relaxations(MeetingRequest(15, NINE, FIVE, policy=policy), easy)
    assert found == ()


def test_moving_one_of_two_busy_times_wins_nothing_where_the_other_stays() -> None:
    twice = ((at("2026-12-08 09:00"), at("2026-12-08 13:00")), (at("2026-12-08 12:00"), FIVE))
    (first, second) = sorted(
        relaxations(MeetingRequest(60, NINE, FIVE), [person("Europe/London", busy=twice)]),
        key=lambda one: one.busy or (),
    )
    assert (first.busy, first.won, second.busy, second.won) == (twice[0], 9, twice[1], 13)


def test_moving_one_busy_time_leaves_the_others_of_a_pool_in_place() -> None:
    ten, eleven = at("2026-12-08 10:00"), at("2026-12-08 11:00")
    client = person("Europe/London", name="client", preferred_hours=hours("10:00", "11:00"))
    ann = person("Europe/London", name="ann", busy=((NINE, ten), (ten, eleven)))
    bob = person("Europe/London", name="bob", busy=((NINE, ten),), burden=5.0)
    request = MeetingRequest(60, NINE, eleven, step_minutes=60, pools=(Pool(("ann", "bob")),))
    # Ten is best with and without nine; ann's second busy time keeps her from it.
    moved = {one.participant_id: one for one in relaxations(request, [client, ann, bob]) if one.busy == (NINE, ten)}
    assert set(moved) == {"ann", "bob"}
    assert (moved["ann"].won, moved["ann"].best.start_at) == (1, ten)
    assert [share.id for share in moved["ann"].best.participants] == ["client", "bob"]
    assert moved["ann"].best.stays_away == (Apart("ann", Why.BLOCKED, (Reason.BUSY,)),)
