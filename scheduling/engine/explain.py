"""Why a time costs one participant what it costs."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np

from scheduling.engine.answers import Explanation, Position, Reason
from scheduling.engine.cells import (
    BANDS,
    BLOCKED_BY,
    GOOD_UNITS,
    IDEAL,
    UNITS_PER_POINT,
    Cells,
    cells_between,
    reasons_in,
)
from scheduling.engine.clock import QUARTERS_PER_DAY, date_of, quarter_at, quarter_from, wall_quarters
from scheduling.engine.days import kinds_of_dates
from scheduling.engine.hours import working_patterns
from scheduling.engine.values import CELL_MINUTES, DAY_MINUTES, DayHours, Participant

_WALL_EPOCH = datetime(1970, 1, 1)  # noqa: DTZ001 - a wall time has no zone


@dataclass(frozen=True, slots=True)
class _Hours:
    """The hours nearest to a cell, in minutes on the wall since 1970 began."""

    start: int
    end: int
    cell: int

    @property
    def outside(self) -> int:
        if self.start <= self.cell < self.end:
            return 0
        return max(self.start - self.cell, self.cell + CELL_MINUTES - self.end)

    @property
    def wall(self) -> tuple[datetime, datetime]:
        return _WALL_EPOCH + timedelta(minutes=self.start), _WALL_EPOCH + timedelta(minutes=self.end)


def explain(participant: Participant, start_at: datetime, end_at: datetime) -> Explanation:
    """Why a time costs the participant what it costs, or why it is blocked; `end_at` is after `start_at`."""
    first, last = quarter_at(start_at), quarter_from(end_at)
    cells = cells_between(participant, first, last)
    wall = wall_quarters(participant.zone, first, last)
    minutes = (wall * CELL_MINUTES).tolist()
    first_day = int(wall.min()) // QUARTERS_PER_DAY - 1
    kinds = kinds_of_dates(participant, first_day, int(wall.max()) // QUARTERS_PER_DAY + 1)

    patterns = working_patterns(participant.working_hours)
    hours = {first_day + place: patterns[kind.today] for place, kind in enumerate(kinds)}
    nearest = [_nearest(hours, minute) for minute in minutes]
    outside = [near.outside if near else 0 for near in nearest]
    farthest = outside.index(max(outside))

    reachable = {first_day + place: participant.reachable_hours[kind.weekday] for place, kind in enumerate(kinds)}
    unreachable = _first_blocked(cells, Reason.UNREACHABLE)
    around = _nearest(reachable, minutes[farthest if unreachable is None else unreachable])
    off = _first_blocked(cells, Reason.DAY_OFF)
    blocked = bool(cells.blocks.any())
    working = nearest[farthest]
    return Explanation(
        position=_position(participant, working, cells),
        minutes_outside=outside[farthest],
        bridge_day=not blocked and _costs_more_than_its_distance(cells, outside),
        working_wall=working.wall if working else None,
        reachable_wall=around.wall if around else None,
        reasons=reasons_in(int(np.bitwise_or.reduce(cells.blocks))),
        day_off_date=None if off is None else date_of(minutes[off] // DAY_MINUTES),
        band=None if blocked else BANDS[cells.bands.max()],
        cost=None if blocked else round(int(cells.costs.sum()) / UNITS_PER_POINT, 6),
    )


def _nearest(hours: Mapping[int, DayHours], minute: int) -> _Hours | None:
    """The hours of yesterday, today or tomorrow that are nearest to a cell."""
    today = minute // DAY_MINUTES
    near = (
        _Hours(day * DAY_MINUTES + start, day * DAY_MINUTES + end, minute)
        for day in (today - 1, today, today + 1)
        for start, end in hours[day]
    )
    return min(near, key=lambda hours: hours.outside, default=None)


def _position(participant: Participant, working: _Hours | None, cells: Cells) -> Position | None:
    if working is None:
        return None
    if working.outside:
        return Position.BEFORE_HOURS if working.cell < working.start else Position.AFTER_HOURS
    wished = any(participant.preferred_hours) and cells.bands.max() == IDEAL
    return Position.PREFERRED if wished else Position.WORKING


def _costs_more_than_its_distance(cells: Cells, outside: list[int]) -> bool:
    """Whether any cell carries the surcharge of a bridge day."""
    usual = np.where(cells.bands == IDEAL, 0, GOOD_UNITS) + np.square(outside)
    return bool((cells.costs > usual).any())


def _first_blocked(cells: Cells, reason: Reason) -> int | None:
    blocked = np.flatnonzero(cells.blocks & BLOCKED_BY[reason])
    return int(blocked[0]) if len(blocked) else None
