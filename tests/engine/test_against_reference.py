"""The engine beside the plainly written reference, over random cases."""

import json
from collections import Counter
from datetime import date, timedelta
from typing import Any

from hypothesis import HealthCheck, given, settings

from scheduling.engine import NearMiss, Slot, assess, explain, propose
from scheduling.meetings.cases import parse_case, result_json
from tests.engine.generated import cases
from tests.engine.reference import Candidate, anchor_of, candidates_of, people_of, solve

# Cases are large, and each one is worked out twice.
large = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])


@settings(large, max_examples=30)
@given(cases())
def test_every_result_equals_the_references(case: dict[str, Any]) -> None:
    result = result_json(propose(*parse_case(json.dumps(case))))
    assert json.loads(json.dumps(result)) == solve(case)


@settings(large, max_examples=12)
@given(cases(most_people=3))
def test_every_cell_and_instant_equals_the_references(case: dict[str, Any]) -> None:
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
    for judged in candidates_of(case, people)[:40]:
        answer = assessment.slot_at(judged.start)
        explained = [explain(participant, judged.start, judged.start + duration) for participant in participants]
        assert [
            (person.id, reason) for person, why in zip(people, explained, strict=True) for reason in why.reasons
        ] == (judged.blockers)
        if judged.blockers:
            assert isinstance(answer, NearMiss)
            assert list(answer.blockers) == judged.blockers
        else:
            assert isinstance(answer, Slot)
            assert [person.cost for person in answer.participants] == [float(cost) for cost in judged.costs]
            assert [(why.cost, why.band) for why in explained] == [
                (person.cost, person.band) for person in answer.participants
            ]


@settings(large, max_examples=12)
@given(cases(most_people=3))
def test_every_day_equals_the_references(case: dict[str, Any]) -> None:
    request, participants = parse_case(json.dumps(case))
    people = people_of(case)
    anchor = anchor_of(people)
    by_date: dict[date, list[Candidate]] = {}
    for candidate in candidates_of(case, people):
        by_date.setdefault(candidate.start.astimezone(anchor.zone).date(), []).append(candidate)

    outlooks = assess(request, participants).days()
    assert [outlook.date for outlook in outlooks] == list(by_date)
    for outlook, candidates in zip(outlooks, by_date.values(), strict=True):
        feasible = [candidate for candidate in candidates if not candidate.blockers]
        fairest = min(feasible, key=lambda candidate: candidate.unfairness(request.policy), default=None)
        assert outlook.feasible == len(feasible)
        assert (outlook.fairest and outlook.fairest.start_at) == (fairest and fairest.start)
        frequency = Counter(blocker for candidate in candidates for blocker in candidate.blockers)
        never_free = [
            person.id
            for person in people
            if all(person.id in {name for name, _ in candidate.blockers} for candidate in candidates)
        ]
        assert [absence.id for absence in outlook.absences] == never_free
        for absence in outlook.absences:
            assert set(absence.reasons) == {reason for name, reason in frequency if name == absence.id}
            counts = [frequency[absence.id, reason] for reason in absence.reasons]
            assert counts == sorted(counts, reverse=True)
