"""Pools and optional people beside the reference that tries every team at every start, over random cases."""

import json
from itertools import chain
from typing import Any

from hypothesis import given, settings

from scheduling.engine import NearMiss, Slot, assess, propose
from scheduling.meetings.cases import parse_case, result_json
from scheduling.meetings.cases.proposals import slot_json
from tests.engine.generated import cases_with_teams
from tests.engine.teams_reference import Meeting
from tests.engine.test_against_reference import large


@settings(large, max_examples=40)
@given(cases_with_teams())
def test_every_result_with_teams_equals_the_references(case: dict[str, Any]) -> None:
    result = result_json(propose(*parse_case(json.dumps(case))))
    assert json.loads(json.dumps(result)) == Meeting(case).solve()


@settings(large, max_examples=15)
@given(cases_with_teams())
def test_every_instant_and_day_with_teams_equals_the_references(case: dict[str, Any]) -> None:
    request, participants = parse_case(json.dumps(case))
    assessment = assess(request, participants)
    meeting = Meeting(case)
    starts = meeting.starts()
    for judged in starts[:60]:
        match assessment.slot_at(judged.start):
            case NearMiss() as miss:
                assert [*miss.blockers] == judged.blockers
            case Slot() as slot:
                assert slot_json(slot) == judged.told()

    by_date: dict[Any, list[Any]] = {}
    for start in starts:
        by_date.setdefault(start.start.astimezone(meeting.anchor.zone).date(), []).append(start)
    for outlook, of_date in zip(assessment.days(), by_date.values(), strict=True):
        feasible = [start for start in of_date if not start.blockers]
        assert outlook.feasible == len(feasible)
        if outlook.fairest:
            assert slot_json(outlook.fairest) == min(feasible, key=lambda start: start.unfairness()).told()
        never_free = {one.id for one in meeting.counted if all(start.reasons(one) for start in of_date)}
        assert {absence.id for absence in outlook.absences} == (set() if feasible else missed(meeting, never_free))


def missed(meeting: Meeting, absent: set[str]) -> set[str]:
    """Who of the absent cannot be done without: of a pool, where too few are left."""
    short = [pool["of"] for pool in meeting.pools if len({*pool["of"]} - absent) < pool["take"]]
    return absent.intersection(meeting.required) | absent.intersection(chain.from_iterable(short))
