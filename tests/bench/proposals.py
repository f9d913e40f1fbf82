"""Proposals and series: the engine alone, without a database."""

import datetime as dt
import json
import statistics
import time
import tracemalloc
from dataclasses import replace
from functools import partial
from math import inf

import numpy as np

from scheduling.engine import (
    Availability,
    MeetingRequest,
    Participant,
    SeriesRequest,
    plan_series,
    propose,
    relaxations,
    weekly_hours,
)
from scheduling.meetings.cases import parse_case
from tests.bench.cases import START_AT, case
from tests.bench.measuring import median_seconds
from tests.engine import reference

# The processor's time, as of the peer: what else the machine does then changes the ratios less.
median = partial(median_seconds, clock=time.process_time)
ALWAYS = weekly_hours({day: [["00:00", "00:00"]] for day in ("mon", "tue", "wed", "thu", "fri", "sat", "sun")})
#: Weeks, people, and whether they are reachable around the clock.
SERIES = (
    (26, 2, False),
    (26, 5, False),
    (26, 8, False),
    (13, 6, True),
    (26, 20, True),
    (52, 5, True),
    (52, 10, True),
    (104, 8, True),
)
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


def bench_relaxations() -> dict[str, float]:
    """What every single change would win for six people over two weeks."""
    request, participants = _case(6, 14)
    return {"relaxations_6x14": median(partial(relaxations, request, participants), runs=30)}


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
    """So many weeks and people: how long until the plan is certified or time is over, and its gap to the bound.

    Who is reachable around the clock leaves most times open, which makes the hardest series.
    """
    results = {}
    for weeks, people, at_any_time in SERIES:
        start_date = START_AT.date() + dt.timedelta(days=7)
        request = SeriesRequest(60, weeks=weeks, start_date=start_date, weekdays=(0, 1, 2, 3, 4))
        _, participants = _case(people, min(7 * weeks + 8, 366))
        if at_any_time:
            participants = [replace(one, reachable_hours=ALWAYS) for one in participants]
        name = f"series_{weeks}x{people}{'_always' if at_any_time else ''}"
        results[name], results[f"{name}_gap"] = _planned(request, participants)
    return results


def _planned(request: SeriesRequest, participants: list[Participant]) -> tuple[float, float]:
    """How many seconds a plan takes, and its gap: medians of a few."""
    gaps: list[float] = []

    def plan() -> None:
        gap = plan_series(request, participants).gap
        gaps.append(inf if gap is None else gap)

    return median_seconds(plan, runs=3), statistics.median(gaps)


def _with_numbers(participants: list[Participant]) -> list[Participant]:
    """The people with their busy times as the database gives them: in seconds."""
    return [
        replace(one, busy=(), busy_seconds=tuple(edge.timestamp() for times in one.busy for edge in times))
        for one in participants
    ]


def _case(people: int, days: int) -> tuple[MeetingRequest, list[Participant]]:
    request, participants = parse_case(json.dumps(case(people, days)))
    return request, list(participants)
