"""What the engine answers: slots and what they mean for everybody, or what stands in their way."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import NamedTuple


class Band(StrEnum):
    """How far a time lies from a person's wishes, from best to worst."""

    IDEAL = "ideal"
    GOOD = "good"
    STRETCH = "stretch"
    HARD = "hard"
    VERY_HARD = "very_hard"


class Reason(StrEnum):
    """Why a person cannot meet."""

    BUSY = "busy"
    DAY_OFF = "day_off"
    UNREACHABLE = "unreachable"


class ParticipantSlot(NamedTuple):
    """What a slot means for one person; cost and load are in points, rounded to 6 decimals.

    The load of an `optional` person is shown, and counts for nothing.
    """

    # A named tuple, because a proposal makes hundreds of them, and a frozen dataclass takes three times as long.

    id: str
    local_start: datetime
    local_end: datetime
    band: Band
    cost: float
    load: float
    optional: bool = False


class Why(StrEnum):
    """Why somebody stays away who could have been chosen, or who need not come."""

    BLOCKED = "blocked"
    CARRIES_MORE = "carries_more"
    COSTS_MORE = "costs_more"
    SPARED = "spared"
    ORDER = "order"


@dataclass(frozen=True, slots=True)
class Apart:
    """Somebody of a pool who was not chosen, or an optional person who cannot come, and why.

    What first told the chosen team from the best one with this person: `CARRIES_MORE`, its loads are higher, of which
    `highest_load` is the highest, and `chosen_highest_load` that of the chosen team (the same where a lower load
    decided); `COSTS_MORE`, its costs are, in sum; `SPARED`, its members have carried more so far; `ORDER`, the order
    of the pool. `BLOCKED` comes with its reasons.
    """

    id: str
    why: Why
    reasons: tuple[Reason, ...] = ()
    highest_load: float | None = None
    chosen_highest_load: float | None = None


@dataclass(frozen=True, slots=True)
class Slot:
    """A time at which all can meet who must.

    `participants` holds those who come: of a pool the chosen ones, of optional people those who can. `stays_away`
    holds the others; both are in the order given.
    """

    start_at: datetime
    end_at: datetime
    participants: Sequence[ParticipantSlot]
    stays_away: Sequence[Apart] = ()

    @property
    def total_cost(self) -> float:
        """The sum of the costs that count, in points: an optional person's do not."""
        return round(sum(person.cost for person in self.participants if not person.optional), 6)


@dataclass(frozen=True, slots=True)
class NearMiss:
    """A time at which somebody cannot meet; blockers are sorted by id and reason."""

    start_at: datetime
    blockers: tuple[tuple[str, Reason], ...]


@dataclass(frozen=True, slots=True)
class Proposal:
    """How many starts are feasible, the chosen slots from the fairest, and near misses where nothing fits."""

    feasible: int
    slots: tuple[Slot, ...]
    near_misses: tuple[NearMiss, ...]


@dataclass(frozen=True, slots=True)
class Cell:
    """A quarter of an hour of one person's time; band and rate (points per hour) are None when blocked."""

    start_at: datetime
    band: Band | None
    rate: float | None
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class Absence:
    """A person without a free start on a day, and why: the reason that blocks the most starts comes first."""

    id: str
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class DayOutlook:
    """What a date on the anchor's wall has to offer; `fairest` is None where `feasible` is 0."""

    date: date
    feasible: int
    fairest: Slot | None
    absences: tuple[Absence, ...]


class Position(StrEnum):
    """Where a time lies in a person's day."""

    PREFERRED = "preferred"
    WORKING = "working"
    BEFORE_HOURS = "before_hours"
    AFTER_HOURS = "after_hours"


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why a time costs a person what it costs, or why it is blocked.

    `position` is that of the cell farthest outside working hours, and `minutes_outside` its distance; it is
    None where no working hours are near. `working_wall` holds the working hours that this cell lies in or is
    measured from, `reachable_wall` the reachable hours around it, or the nearest to the first cell that is
    unreachable: start and end as naive wall times of the person's zone. `day_off_date` is the first date that
    is off, or off from 13:00 on.
    """

    position: Position | None
    minutes_outside: int
    bridge_day: bool
    working_wall: tuple[datetime, datetime] | None
    reachable_wall: tuple[datetime, datetime] | None
    reasons: tuple[Reason, ...]
    day_off_date: date | None
    band: Band | None
    cost: float | None
