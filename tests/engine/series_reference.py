"""Series once more, by trying everything: all sets of times, and all that the weeks can do with each.

Shares the plainly written cells of `tests.engine.reference` with the other reference, and nothing with the engine.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from fractions import Fraction
from itertools import combinations
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tests.engine.reference import QUARTER, WEEKDAYS, anchor_of, people_of

Time = tuple[str, str]
#: What each person pays.
Costs = tuple[Fraction, ...]


@dataclass(frozen=True)
class Outcome:
    """What a plan adds up to."""

    moved: int
    loads: tuple[Fraction, ...]
    total: Fraction

    @property
    def highest_load(self) -> Fraction:
        return max(self.loads)


@dataclass(frozen=True)
class Everything:
    """What all plans with the fewest moved weeks add up to, a place a plan."""

    moved: int
    highest_loads: NDArray[np.float64]
    totals: NDArray[np.float64]


class Series:
    """The occurrences of a case: per week, the times that are feasible and what they cost."""

    def __init__(self, case: dict[str, Any]) -> None:
        self.case = case
        self.people = people_of(case)
        series = case["series"]
        start = date.fromisoformat(series["start_date"])
        monday = start - timedelta(days=start.weekday())
        self.mondays = [monday + timedelta(weeks=week) for week in range(series["weeks"])]
        self.times = [
            (weekday, f"{minute // 60:02}:{minute % 60:02}")
            for weekday in series["days"]
            for minute in range(0, 1440, series["step_minutes"])
        ]
        self.weeks = [self._feasible(monday) for monday in self.mondays]

    def start_of(self, monday: date, weekly: Time) -> datetime:
        weekday, wall = weekly
        day = monday + timedelta(days=WEEKDAYS.index(weekday))
        zone = anchor_of(self.people).zone
        return datetime.combine(day, time.fromisoformat(wall), zone).astimezone(UTC)

    def costs_from(self, start: datetime) -> Costs | None:
        """What everybody pays for the slot from an instant; None where somebody is blocked."""
        cells = range(self.case["meeting"]["duration_minutes"] // 15)
        paid = []
        for person in self.people:
            own = [person.cell(start + number * QUARTER) for number in cells]
            if any(cell.reasons for cell in own):
                return None
            paid.append(sum((cell.cost for cell in own), Fraction()))
        return tuple(paid)

    def _feasible(self, monday: date) -> dict[Time, Costs]:
        costs = {weekly: self.costs_from(self.start_of(monday, weekly)) for weekly in self.times}
        return {weekly: paid for weekly, paid in costs.items() if paid is not None}

    def options(self, chosen: tuple[Time, ...]) -> list[tuple[bool, dict[Time, Costs]]]:
        """Per week with anything feasible: whether it is moved, and what it may take."""
        options = []
        for feasible in self.weeks:
            regular = {weekly: feasible[weekly] for weekly in chosen if weekly in feasible}
            if feasible:
                options.append((not regular, regular or feasible))
        return options

    def everything(self, max_times: int) -> Everything:
        """The outcomes of all plans with the fewest moved weeks."""
        known = sorted({weekly for feasible in self.weeks for weekly in feasible})
        sets = [
            self.options(chosen)
            for size in range(min(max_times, len(known)) + 1)
            for chosen in combinations(known, size)
        ]
        fewest = min(sum(moved for moved, _ in options) for options in sets)
        paid = np.concatenate([self._paid(options) for options in sets if sum(moved for moved, _ in options) == fewest])
        weights = np.array([person.weight for person in self.people])
        burdens = np.array([float(person.burden) for person in self.people])
        return Everything(fewest, (weights * (burdens + paid)).max(axis=1), paid.sum(axis=1))

    def _paid(self, options: list[tuple[bool, dict[Time, Costs]]]) -> NDArray[np.float64]:
        """Everybody's costs, a row for each way through the weeks."""
        paid = np.zeros((1, len(self.people)))
        for _, choice in options:
            costs = np.array(sorted({*choice.values()}), dtype=np.float64)
            paid = (paid[:, None] + costs).reshape(-1, len(self.people))
        return paid

    def outcome(self, moved: int, taken: tuple[Costs, ...]) -> Outcome:
        loads = [
            person.weight * (person.burden + sum((costs[place] for costs in taken), Fraction()))
            for place, person in enumerate(self.people)
        ]
        return Outcome(moved, tuple(loads), sum((cost for costs in taken for cost in costs), Fraction()))
