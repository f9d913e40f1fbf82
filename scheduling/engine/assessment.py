"""A meeting request laid over its participants' cells, and what can be read from them."""

from collections import Counter
from collections.abc import Iterable
from datetime import datetime
from functools import cached_property, reduce
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from scheduling.engine.cells import BANDS, BLOCKED_BY, UNITS_PER_POINT, cells_between, reasons_in
from scheduling.engine.clock import (
    QUARTER,
    QUARTERS_PER_DAY,
    date_of,
    instant_of,
    quarter_at,
    quarter_from,
    wall_quarters,
)
from scheduling.engine.ranking import MICROPOINTS_PER_POINT, Ranking, choose
from scheduling.engine.values import (
    CELL_MINUTES,
    Absence,
    Cell,
    DayOutlook,
    InvalidInput,
    MeetingRequest,
    NearMiss,
    Participant,
    ParticipantSlot,
    Proposal,
    Role,
    Slot,
    check_participants,
)

NEAR_MISSES = 3


def propose(request: MeetingRequest, participants: Iterable[Participant]) -> Proposal:
    """The fairest slots of the request's horizon, or near misses where nothing fits.

    Raises:
        InvalidInput: no participants, too many, or two with one id.
    """
    return assess(request, participants).proposal


def assess(request: MeetingRequest, participants: Iterable[Participant]) -> "Assessment":
    """What the participants' cells say about the request's horizon.

    Raises:
        InvalidInput: no participants, too many, or two with one id.
    """
    return Assessment(request, tuple(participants))


class Assessment:
    """Every participant's cells over a horizon, laid out once; all answers are read from them.

    Inside, cells are counted from the first one of the horizon.
    """

    def __init__(self, request: MeetingRequest, participants: tuple[Participant, ...]) -> None:
        check_participants(participants)
        self.request = request
        self.participants = participants
        self.anchor = next((person for person in participants if person.role is Role.CLIENT), participants[0])
        self._width = request.duration_minutes // CELL_MINUTES
        self._first = quarter_at(request.start_at)
        self._last = quarter_from(request.end_at)
        self._cells = [cells_between(person, self._first, self._last) for person in participants]

        step = request.step_minutes // CELL_MINUTES
        first_start = -(-quarter_from(request.start_at) // step) * step
        last_start = quarter_at(request.end_at) - self._width
        self._starts = np.arange(first_start, last_start + 1, step) - self._first
        blocked = reduce(np.bitwise_or, (cells.blocks for cells in self._cells))
        self._feasible = self._starts[self._sums(blocked > 0, self._starts) == 0]

    @cached_property
    def proposal(self) -> Proposal:
        """The chosen slots from the fairest, or near misses where nothing is feasible."""
        chosen = choose(
            self._ranking.fairest_first(),
            starts=self._feasible,
            days=self._days_of(self._feasible, self.anchor.zone),
            width=self._width,
            count=self.request.count,
        )
        return Proposal(
            feasible=len(self._feasible),
            slots=self._slots(self._feasible[chosen], self._units[:, chosen]),
            near_misses=() if len(self._feasible) else self._near_misses(),
        )

    def slot_at(self, start_at: datetime) -> Slot | NearMiss:
        """What the slot from `start_at` costs everybody, or who cannot attend it and why.

        Any quarter of an hour will do, whatever the request's step.

        Raises:
            InvalidInput: the start is no quarter of an hour, or the slot reaches beyond the horizon.
        """
        if quarter_from(start_at) != quarter_at(start_at):
            raise InvalidInput("start_at", f"must be a multiple of {CELL_MINUTES} minutes")
        if not self.request.start_at <= start_at <= self.request.end_at - self._width * QUARTER:
            raise InvalidInput("start_at", "must leave the whole slot inside the horizon")
        start = quarter_at(start_at) - self._first
        near_miss = self._near_miss(start)
        if near_miss.blockers:
            return near_miss
        units = [cells.costs[start : start + self._width].sum(keepdims=True) for cells in self._cells]
        return self._slots(np.array([start]), np.stack(units))[0]

    def days(self, zone: ZoneInfo | None = None) -> tuple[DayOutlook, ...]:
        """Every date on which a slot could start, on the wall in `zone` or else the anchor's, in order."""
        zone = zone or self.anchor.zone
        days, places = np.unique(self._days_of(self._starts, zone), return_inverse=True)
        starts_a_day = np.bincount(places)
        absences: list[list[Absence]] = [[] for _ in days]
        for person, cells in zip(self.participants, self._cells, strict=True):
            blocked = np.bincount(places, weights=self._sums(cells.blocks > 0, self._starts) > 0)
            by_reason = {
                reason: np.bincount(places, weights=self._sums(cells.blocks & bit > 0, self._starts) > 0)
                for reason, bit in BLOCKED_BY.items()
            }
            for place in np.flatnonzero(blocked == starts_a_day):
                frequency = Counter({reason: int(counts[place]) for reason, counts in by_reason.items()})
                reasons = tuple(reason for reason, count in frequency.most_common() if count)
                absences[place].append(Absence(person.id, reasons))

        feasible = Counter(self._days_of(self._feasible, zone).tolist())
        fairest = self._fairest_by_day(zone, len(feasible))
        return tuple(
            DayOutlook(date_of(day), feasible[day], fairest.get(day), tuple(absent))
            for day, absent in zip(days.tolist(), absences, strict=True)
        )

    def cells(self, participant_id: str, start_at: datetime, end_at: datetime) -> tuple[Cell, ...]:
        """One participant's cells around any stretch of time, inside the horizon or not.

        Raises:
            KeyError: nobody in the meeting has that id.
        """
        participant = {person.id: person for person in self.participants}[participant_id]
        first, last = quarter_at(start_at), quarter_from(end_at)
        if last <= first:
            return ()
        cells = cells_between(participant, first, last)
        columns = (cells.blocks.tolist(), cells.bands.tolist(), cells.costs.tolist())
        return tuple(
            Cell(instant_of(quarter), None, None, reasons_in(block))
            if block
            else Cell(instant_of(quarter), BANDS[band], round(units * 4 / UNITS_PER_POINT, 6), ())
            for quarter, block, band, units in zip(range(first, last), *columns, strict=True)
        )

    @cached_property
    def _units(self) -> NDArray[np.int64]:
        """What each feasible slot costs, exactly: one row a participant and one column a slot."""
        return np.stack([self._sums(cells.costs, self._feasible) for cells in self._cells])

    @cached_property
    def _ranking(self) -> Ranking:
        return Ranking(self._units, self.participants, self.request.policy)

    def _sums(self, values: NDArray[Any], starts: NDArray[np.int64]) -> NDArray[np.int64]:
        """The sum of the cells' values over each slot."""
        sums = np.zeros(len(values) + 1, dtype=np.int64)
        np.cumsum(values, out=sums[1:])
        return sums[starts + self._width] - sums[starts]

    def _days_of(self, starts: NDArray[np.int64], zone: ZoneInfo) -> NDArray[np.int64]:
        """The date of each start on the wall in a zone."""
        return wall_quarters(zone, self._first, self._last)[starts] // QUARTERS_PER_DAY

    def _slots(self, starts: NDArray[np.int64], units: NDArray[np.int64]) -> tuple[Slot, ...]:
        ranking = Ranking(units, self.participants, self.request.policy)
        everything = np.arange(len(starts))
        costs = [row.tolist() for row in ranking.costs(everything)]
        loads = [row.tolist() for row in ranking.loads(everything)]
        everybody = list(zip(self.participants, self._cells, costs, loads, strict=True))
        slots = []
        for column, start in enumerate(starts.tolist()):
            start_at, end_at = instant_of(self._first + start), instant_of(self._first + start + self._width)
            people = tuple(
                ParticipantSlot(
                    id=person.id,
                    local_start=start_at.astimezone(person.zone),
                    local_end=end_at.astimezone(person.zone),
                    band=BANDS[cells.bands[start : start + self._width].max()],
                    cost=cost[column] / MICROPOINTS_PER_POINT,
                    load=load[column] / MICROPOINTS_PER_POINT,
                )
                for person, cells, cost, load in everybody
            )
            slots.append(Slot(start_at, end_at, people))
        return tuple(slots)

    def _near_misses(self) -> tuple[NearMiss, ...]:
        pairs = np.zeros(len(self._starts), dtype=np.int64)
        for cells in self._cells:
            for bit in BLOCKED_BY.values():
                pairs += self._sums(cells.blocks & bit > 0, self._starts) > 0
        nearest = np.argsort(pairs, kind="stable")[:NEAR_MISSES]
        return tuple(self._near_miss(start) for start in self._starts[nearest].tolist())

    def _near_miss(self, start: int) -> NearMiss:
        blockers = (
            (person.id, reason)
            for person, cells in zip(self.participants, self._cells, strict=True)
            for reason in reasons_in(np.bitwise_or.reduce(cells.blocks[start : start + self._width]))
        )
        return NearMiss(instant_of(self._first + start), tuple(sorted(blockers)))

    def _fairest_by_day(self, zone: ZoneInfo, days: int) -> dict[int, Slot]:
        """The fairest slot of each of the `days` dates that have a feasible one."""
        day_of = self._days_of(self._feasible, zone)
        fairest: dict[int, int] = {}
        for slot in self._ranking.fairest_first():
            fairest.setdefault(int(day_of[slot]), slot)
            if len(fairest) == days:
                break
        chosen = list(fairest.values())
        return dict(zip(fairest, self._slots(self._feasible[chosen], self._units[:, chosen]), strict=True))
