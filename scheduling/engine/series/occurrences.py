"""Every time of every week: when it is, whether it is feasible, and what it costs everybody."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from functools import reduce
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from scheduling.engine.cells import cells_between
from scheduling.engine.clock import QUARTER, QUARTERS_PER_DAY, quarter_at
from scheduling.engine.series.values import SeriesRequest, WeeklyTime
from scheduling.engine.values import CELL_MINUTES, Participant, Role

DAYS_A_WEEK = 7
MARGIN = timedelta(days=1)


def series_horizon(request: SeriesRequest, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """Instants between which everything of a series lies; `zone` is the anchor's."""
    monday = first_monday(request)
    after = monday + timedelta(days=DAYS_A_WEEK * request.weeks)
    # Clocks have skipped a whole day, and a time in a gap is as much later.
    return (
        _instant(monday, 0, zone) - MARGIN,
        _instant(after, 0, zone) + timedelta(minutes=request.duration_minutes) + MARGIN,
    )


def first_monday(request: SeriesRequest) -> date:
    """The Monday of the first week."""
    return request.start_date - timedelta(days=request.start_date.weekday())


def anchor_of(participants: Sequence[Participant]) -> Participant:
    """On whose wall the weeks are laid out: the first client, or else the first participant."""
    return next((person for person in participants if person.role is Role.CLIENT), participants[0])


class Occurrences:
    """The occurrences of all times in all weeks; arrays have a row a week and a column a time.

    `places` holds the first cells, counted from the first one of the series; `feasible` says where everybody can
    meet; `costs` has a layer a participant, exact in units and 0 where the occurrence is not feasible.
    """

    def __init__(self, request: SeriesRequest, participants: Sequence[Participant]) -> None:
        zone = anchor_of(participants).zone
        monday = first_monday(request)
        quarters = range(0, QUARTERS_PER_DAY, request.step_minutes // CELL_MINUTES)
        self.mondays = [monday + timedelta(days=DAYS_A_WEEK * week) for week in range(request.weeks)]
        self.times = [
            WeeklyTime(weekday, time(*divmod(quarter * CELL_MINUTES, 60)))
            for weekday in request.weekdays
            for quarter in quarters
        ]
        starts = np.array(
            [
                [
                    start
                    for weekday in request.weekdays
                    for start in _starts(monday + timedelta(days=weekday), quarters, zone)
                ]
                for monday in self.mondays
            ]
        )
        self.width = request.duration_minutes // CELL_MINUTES
        self.first = int(starts.min())
        self.places = starts - self.first
        last = int(starts.max()) + self.width
        self.cells = [cells_between(person, self.first, last) for person in participants]
        blocked = reduce(np.bitwise_or, (cells.blocks for cells in self.cells))
        self.feasible = self._sums(blocked > 0) == 0
        self.costs = np.stack([self._sums(cells.costs) for cells in self.cells])
        self.costs *= self.feasible

    def _sums(self, values: NDArray[np.generic]) -> NDArray[np.int64]:
        """The sum of the cells' values over each occurrence."""
        sums = np.zeros(len(values) + 1, dtype=np.int64)
        np.cumsum(values, out=sums[1:])
        window: NDArray[np.int64] = sums[self.places + self.width] - sums[self.places]
        return window


def _starts(day: date, quarters: range, zone: ZoneInfo) -> list[int]:
    """The quarters at which the times of a date on the zone's wall begin."""
    midnight, end_of_day = _instant(day, 0, zone), _instant(day + timedelta(days=1), 0, zone)
    if end_of_day - midnight == QUARTERS_PER_DAY * QUARTER:
        first = quarter_at(midnight)
        return [first + quarter for quarter in quarters]
    return [quarter_at(_instant(day, quarter, zone)) for quarter in quarters]


def _instant(day: date, quarter: int, zone: ZoneInfo) -> datetime:
    """The instant of a wall time: in a gap with the offset before it, in a fold the first pass.

    Source: RFC 5545, section 3.3.5; PEP 495 gives `fold=0` the same meaning.
    """
    wall = time(*divmod(quarter * CELL_MINUTES, 60))
    return datetime.combine(day, wall, zone).astimezone(UTC)
