"""The engine beside the plainly written reference, over random cases."""

import json
from datetime import timedelta
from typing import Any

from hypothesis import HealthCheck, given, settings

from scheduling.engine import NearMiss, Slot, assess, explain, propose
from scheduling.meetings.cases import parse_case, result_json
from tests.engine.generated import cases
from tests.engine.reference import Candidate, people_of, solve

# Cases are large, and each one is worked out twice.
large = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])


@settings(large, max_examples=50)
@given(cases())
def test_every_result_equals_the_references(case: dict[str, Any]) -> None:
    result = result_json(propose(*parse_case(json.dumps(case))))
    assert json.loads(json.dumps(result)) == solve(case)


@settings(large, max_examples=20)
@given(cases(most_people=3))
def test_every_cell_instant_and_day_equals_the_references(case: dict[str, Any]) -> None:
    request, participants = parse_case(json.dumps(case))
    people = people_of(case)
    assessment = assess(request, participants)

    for person in people:
        for cell in assessment.cells(person.id, request.start_at, request.end_at):
            expected = person.cell(cell.start_at)
            assert set(cell.reasons) == expected.reasons
            if not expected.reasons:
                assert (cell.band, cell.rate) == (expected.band, float(round(expected.cost * 4, 6)))

    duration = timedelta(minutes=request.duration_minutes)
    starts = [cell.start_at for cell in assessment.cells(people[0].id, request.start_at, request.end_at)]
    for start_at in [start for start in starts if request.start_at <= start <= request.end_at - duration][:40]:
        judged = Candidate(people, start_at, duration)
        answer = assessment.slot_at(start_at)
        reasons = {person.id: {why for who, why in judged.blockers if who == person.id} for person in people}
        explained = [explain(participant, start_at, start_at + duration) for participant in participants]
        assert [set(why.reasons) for why in explained] == list(reasons.values())
        if judged.blockers:
            assert isinstance(answer, NearMiss)
            assert list(answer.blockers) == judged.blockers
        else:
            assert isinstance(answer, Slot)
            assert [person.cost for person in answer.participants] == [float(cost) for cost in judged.costs]
            assert [(why.cost, why.band) for why in explained] == [
                (person.cost, person.band) for person in answer.participants
            ]
