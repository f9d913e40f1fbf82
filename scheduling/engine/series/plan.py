"""Series of weekly meetings: a few regular times that share the inconvenience, and an occurrence a week."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property
from math import floor
from time import monotonic

import numpy as np
from numpy.typing import NDArray

from scheduling.engine.answers import ParticipantSlot, Slot
from scheduling.engine.cells import BANDS, UNITS_PER_POINT
from scheduling.engine.clock import instant_of
from scheduling.engine.ranking import CLIENT_FIRST_WEIGHT
from scheduling.engine.series.occurrences import Occurrences
from scheduling.engine.series.rotation import Reduction, reduced
from scheduling.engine.series.search import fairest
from scheduling.engine.series.values import (
    FixedPlan,
    Occurrence,
    OccurrenceKind,
    SeriesPlan,
    SeriesRequest,
    WeeklyTime,
    check_series_participants,
)
from scheduling.engine.values import Participant, Policy, Role

DECIMALS = 1_000_000
#: What part of the time the plan with one time may take.
FIXED_SHARE = 0.25


def plan_series(request: SeriesRequest, participants: Iterable[Participant], *, seconds: float = 1.0) -> SeriesPlan:
    """The fairest plan that is found within about `seconds`; at 0 a good one at once, without a search.

    Raises:
        InvalidInput: no participants, too many, or two with one id; somebody optional.
    """
    people = tuple(participants)
    check_series_participants(people)
    now = monotonic()
    series = _Series(request, people)
    fixed, _ = series.planned(1, now + seconds * FIXED_SHARE)
    plan, lower_bound = series.planned(request.max_times, now + seconds)
    max_load = max(plan.loads.values())
    return SeriesPlan(
        times=plan.times,
        occurrences=plan.occurrences,
        loads=plan.loads,
        max_load=max_load,
        lower_bound=None if lower_bound is None else min(lower_bound, max_load),
        fixed=FixedPlan(
            time=fixed.times[0] if fixed.times else None,
            occurrences=fixed.occurrences,
            loads=fixed.loads,
            max_load=max(fixed.loads.values()),
        ),
    )


@dataclass(frozen=True)
class _Plan:
    times: tuple[WeeklyTime, ...]
    occurrences: tuple[Occurrence, ...]
    loads: Mapping[str, float]


class _Series:
    """A request laid over its participants' cells, to be planned with as many times as one likes."""

    def __init__(self, request: SeriesRequest, participants: Sequence[Participant]) -> None:
        self._participants = participants
        self._occurrences = Occurrences(request, participants)
        client_weight = CLIENT_FIRST_WEIGHT if request.policy is Policy.CLIENT_FIRST else 1
        self._weights = [client_weight if person.role is Role.CLIENT else 1 for person in participants]

    def planned(self, max_times: int, deadline: float) -> tuple[_Plan, float | None]:
        """A plan, and a bound on its highest load where one is proven."""
        places: list[int | None] = [None] * len(self._occurrences.mondays)
        if not self._occurrences.feasible.any():
            plan = self._told(places, [])
            return plan, max(plan.loads.values())
        reduction = self._reduction
        found = fairest(replace(reduction.rotation, max_times=max_times), deadline)
        for weeks, counts in zip(reduction.weeks, found.choice.counts, strict=True):
            for week, time in zip(weeks.tolist(), _spread(counts), strict=True):
                places[week] = int(reduction.times[time])
        regular = reduction.times[found.choice.times].tolist()
        return self._told(places, regular), None if found.lower_bound is None else _rounded_down(found.lower_bound)

    @cached_property
    def _reduction(self) -> Reduction:
        # By id, so that the order in which people are given changes nothing but the anchor.
        order = sorted(range(len(self._participants)), key=lambda place: self._participants[place].id)
        return reduced(
            self._occurrences.feasible,
            self._occurrences.costs[order],
            [self._weights[place] for place in order],
            [self._weights[place] * self._participants[place].burden * UNITS_PER_POINT for place in order],
        )

    def _told(self, places: Sequence[int | None], regular: Sequence[int]) -> _Plan:
        used = sorted(set(regular) & {place for place in places if place is not None})
        occurrences = []
        units = [0] * len(self._participants)
        for week, (monday, place) in enumerate(zip(self._occurrences.mondays, places, strict=True)):
            if place is None:
                occurrences.append(Occurrence(monday, OccurrenceKind.SKIPPED, None, None))
                continue
            kind = OccurrenceKind.REGULAR if place in used else OccurrenceKind.MOVED
            occurrences.append(Occurrence(monday, kind, self._occurrences.times[place], self._slot(week, place)))
            for number, cost in enumerate(self._occurrences.costs[:, week, place].tolist()):
                units[number] += cost
        loads = {
            person.id: _load(weight, person.burden, cost)
            for person, weight, cost in zip(self._participants, self._weights, units, strict=True)
        }
        return _Plan(tuple(self._occurrences.times[place] for place in used), tuple(occurrences), loads)

    def _slot(self, week: int, time: int) -> Slot:
        first = int(self._occurrences.places[week, time])
        last = first + self._occurrences.width
        start_at = instant_of(self._occurrences.first + first)
        end_at = instant_of(self._occurrences.first + last)
        people = tuple(
            ParticipantSlot(
                id=person.id,
                local_start=start_at.astimezone(person.zone),
                local_end=end_at.astimezone(person.zone),
                band=BANDS[cells.bands[first:last].max()],
                cost=_load(1, 0, cost),
                load=_load(weight, person.burden, cost),
            )
            for person, weight, cells, cost in zip(
                self._participants,
                self._weights,
                self._occurrences.cells,
                self._occurrences.costs[:, week, time].tolist(),
                strict=True,
            )
        )
        return Slot(start_at, end_at, people)


def _spread(counts: NDArray[np.int64]) -> list[int]:
    """As many of each time as are counted, mixed evenly."""
    used = np.flatnonzero(counts)
    # Each time stands in the middles of as many equal parts of the series.
    middles = sorted(
        (Fraction(2 * number + 1, 2 * int(counts[time])), int(time))
        for time in used
        for number in range(int(counts[time]))
    )
    return [time for _, time in middles]


def _rounded_down(units: float) -> float:
    """A bound in points; what floating point took away from a whole number is given back first."""
    return floor(units / UNITS_PER_POINT * DECIMALS * (1 + 1e-12)) / DECIMALS


def _load(weight: int, burden: float, units: int) -> float:
    """Weight × (burden + cost), in points."""
    above, below = burden.as_integer_ratio()
    # In whole numbers, and a half to the even one, which is exact and a hundred times faster than fractions.
    micros, left = divmod(weight * (above * UNITS_PER_POINT + units * below) * DECIMALS, below * UNITS_PER_POINT)
    twice = 2 * left - below * UNITS_PER_POINT
    return (micros + (twice > 0 or (twice == 0 and micros % 2 == 1))) / DECIMALS
