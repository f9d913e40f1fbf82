"""Proposals and series: the engine alone, without a database."""

import datetime as dt
import json
import time
import tracemalloc
from dataclasses import replace
from functools import partial

import numpy as np

from scheduling.engine import Availability, MeetingRequest, Participant, SeriesRequest, plan_series, propose
from scheduling.meetings.cases import parse_case
from tests.bench.cases import START_AT, case
from tests.bench.measuring import median_seconds
from tests.engine import reference

# The processor's time, as of the peer: what else the machine does then changes the ratios less.
median = partial(median_seconds, clock=time.process_time)
SIZES = ((5, 28), (10, 28), (50, 90))


def bench_proposals() -> dict[str, float]:
    """Warm from people's prepared days, cold from plain values, and what copying the cells once would take."""
    results: dict[str, float] = {}
    for people, days in SIZES:
        size = f"{people}x{days}"
        request, participants = _case(people, days)
        availability = Availability(participants, request.start_at, request.end_at)
        matrix = np.zeros((people, days * 96), np.int32)
        runs = 3000 // people
        results |= {
            f"proposal_warm_{size}": median(partial(propose, request, availability), runs=runs),
            f"proposal_warm_read_{size}": median(partial(_read, request, availability), runs=runs),
            f"proposal_cold_{size}": median(partial(propose, request, participants), runs=runs // 6),
            f"proposal_cold_numbers_{size}": median(
                partial(propose, request, _with_numbers(participants)), runs=runs // 6
            ),
            f"copy_of_matrix_{size}": median(matrix.copy, runs=runs),
        }
    slow = case(10, 28)
    results["plain_python_10x28"] = median(lambda: reference.solve(slow), runs=1)
    return results


def _read(request: MeetingRequest, availability: Availability) -> None:
    """A proposal, and every figure of it."""
    for slot in propose(request, availability).slots:
        len(slot.participants)


def bench_memory() -> dict[str, float]:
    """The most memory that proposals take at once, besides people and their busy times, for a half and a whole year."""
    results = {}
    for days in (183, 366):
        request, participants = _case(200, days)
        tracemalloc.start()
        propose(request, participants)
        results[f"memory_200x{days}_mb"] = tracemalloc.get_traced_memory()[1] / 1e6
        tracemalloc.stop()
    return results


def bench_series() -> dict[str, float]:
    """26 weeks and so many people: how long until the plan is certified, and its gap to the proven bound."""
    results = {}
    request = SeriesRequest(60, weeks=26, start_date=START_AT.date() + dt.timedelta(days=7), weekdays=(0, 1, 2, 3, 4))
    for people in (2, 5, 8):
        _, participants = _case(people, 190)
        plan = plan_series(request, participants)
        taken = median_seconds(partial(plan_series, request, participants), runs=3)
        results[f"series_26x{people}"] = taken
        if plan.gap is not None:
            results[f"series_26x{people}_gap"] = plan.gap
    return results


def _with_numbers(participants: list[Participant]) -> list[Participant]:
    """The people with their busy times as the database gives them: in seconds."""
    return [
        replace(one, busy=(), busy_seconds=tuple(edge.timestamp() for times in one.busy for edge in times))
        for one in participants
    ]


def _case(people: int, days: int) -> tuple[MeetingRequest, list[Participant]]:
    request, participants = parse_case(json.dumps(case(people, days)))
    return request, list(participants)
