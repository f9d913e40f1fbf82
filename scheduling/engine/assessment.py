"""A meeting request laid over its participants' cells, and what can be read from them."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from functools import cached_property, partial
from itertools import compress
from operator import getitem
from types import MappingProxyType
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from scheduling.engine.answers import Absence, Apart, Cell, DayOutlook, NearMiss, ParticipantSlot, Proposal, Slot
from scheduling.engine.availability import Availability
from scheduling.engine.cells import BANDS, BITS_SET, BLOCKED_BY, UNITS_PER_POINT, cells_between, reasons_in
from scheduling.engine.clock import QUARTER, date_of, instant_of, quarter_at, quarter_from
from scheduling.engine.lazy import LazyTuple
from scheduling.engine.ranking import MICROPOINTS_PER_POINT, Fairness, Ranking, Units
from scheduling.engine.teams import Teams
from scheduling.engine.values import CELL_MINUTES, InvalidInput, MeetingRequest, Participant

NEAR_MISSES = 3

People = Iterable[Participant] | Availability


def propose(request: MeetingRequest, people: People) -> Proposal:
    """The fairest slots of the request's horizon, or near misses where nothing fits.

    Whoever asks more than once about the same people gives their `Availability`, so that it is worked out once.

    Raises:
        InvalidInput: no participants, too many, or two with one id; a horizon beyond the availability's; a pool with
            somebody who is no participant, or optional.
    """
    return assess(request, people).proposal


def assess(request: MeetingRequest, people: People) -> "Assessment":
    """What the participants' cells say about the request's horizon.

    Raises:
        InvalidInput: as `propose`.
    """
    if not isinstance(people, Availability):
        people = Availability(people, request.start_at, request.end_at)
    return Assessment(request, people)


class Assessment:
    """A request's slots, of which no more is worked out than is asked for.

    Inside, cells are counted from the availability's first one.
    """

    def __init__(self, request: MeetingRequest, availability: Availability) -> None:
        if request.start_at < availability.start_at:
            raise InvalidInput("start_at", "must not be before the start of the availability")
        if request.end_at > availability.end_at:
            raise InvalidInput("end_at", "must not be after the end of the availability")
        self.request = request
        self.participants = availability.participants
        self.anchor = availability.anchor
        self._availability = availability
        self._width = request.duration_minutes // CELL_MINUTES
        self._first = availability.first

        step = request.step_minutes // CELL_MINUTES
        first_start = -(-quarter_from(request.start_at) // step) * step - self._first
        last_start = quarter_at(request.end_at) - self._width - self._first
        self._starts = range(first_start, max(first_start, last_start + 1), step)
        if availability.everybody_comes and not request.pools:
            self._teams = None
            self._feasible = availability.feasible(self._starts, self._width)
        else:
            self._teams = Teams(self.participants, request.pools, request.policy)
            starts = np.array(self._starts, dtype=np.intp)
            self._feasible = starts[self._teams.feasible(availability.blocked(starts, self._width) > 0)]

    @cached_property
    def proposal(self) -> Proposal:
        """The chosen slots from the fairest, or near misses where nothing is feasible."""
        chosen = self._ranking.choose(
            self._feasible,
            self._days_of(self._feasible, self.anchor.zone),
            width=self._width,
            count=self.request.count,
        )
        return Proposal(
            feasible=len(self._feasible),
            slots=self._slots(self._feasible[chosen]),
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
        return near_miss if near_miss.blockers else self._slots(np.array([start]))[0]

    def ranked(
        self, starts: Iterable[datetime], added: Mapping[datetime, Mapping[str, float]] = MappingProxyType({})
    ) -> tuple[Slot, ...]:
        """The slots from these starts from the fairest; those at which somebody is blocked are left out.

        `added` are points by start and id, that count in the order as if the slot cost that person so much more.

        Raises:
            InvalidInput: as `slot_at`.
        """
        slots = {start_at: slot for start_at in sorted(set(starts)) if isinstance(slot := self.slot_at(start_at), Slot)}
        if not slots:
            return ()
        places = np.array([quarter_at(start_at) - self._first for start_at in slots])
        units = self._availability.costs(places, self._width).astype(np.int64)
        for column, start_at in enumerate(slots):
            for row, person in enumerate(self.participants):
                units[row, column] += round(added.get(start_at, {}).get(person.id, 0) * UNITS_PER_POINT)
        if self._teams is None:
            ranking = Ranking(units, self._fairness)
        else:
            counted, ties = self._teams.weighed(units, self._availability.blocked(places, self._width) > 0)
            ranking = Ranking(counted, self._fairness, ties)
        found = list(slots.values())
        return tuple(found[place] for place in ranking.fairest_first(np.arange(len(found))).tolist())

    def days(self, zone: ZoneInfo | None = None) -> tuple[DayOutlook, ...]:
        """Every date on which a slot could start, on the wall in `zone` or else the anchor's, in order."""
        zone = zone or self.anchor.zone
        feasible = self._days_of(self._feasible, zone)
        fairest = self._ranking.fairest_of_days(feasible)
        slots = dict(zip(fairest, self._slots(self._feasible[list(fairest.values())]), strict=True))

        starts = np.array(self._starts, dtype=np.intp)
        date_of_start = self._days_of(starts, zone)
        blocked = self._availability.blocked(starts, self._width)
        outlooks = []
        for day in np.unique(date_of_start).tolist():
            count = int((feasible == day).sum())
            absences = () if count else self._absences(blocked[:, date_of_start == day])
            outlooks.append(DayOutlook(date_of(day), count, slots.get(day), absences))
        return tuple(outlooks)

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
    def _ranking(self) -> Ranking:
        """The order of fairness over the feasible slots."""
        units = self._availability.costs(self._feasible, self._width)
        if self._teams is None:
            return Ranking(units, self._fairness)
        blocked = self._availability.blocked(self._feasible, self._width) > 0
        counted, ties = self._teams.weighed(units, blocked)
        return Ranking(counted, self._fairness, ties)

    @property
    def _fairness(self) -> Fairness:
        return self._availability.fairness(self.request.policy)

    def _days_of(self, starts: NDArray[np.intp], zone: ZoneInfo) -> NDArray[np.int64]:
        """The date of each start on the wall in a zone."""
        return self._availability.days(zone)[starts]

    def _slots(self, starts: NDArray[np.intp]) -> tuple[Slot, ...]:
        """The slots from these starts, which are feasible."""
        # Which slots are shown is known before what they mean for everybody, and takes less than half as long.
        details = LazyTuple(partial(self._details, starts))
        slots = []
        for place, start in enumerate(starts.tolist()):
            start_at = instant_of(self._first + start)
            people = LazyTuple(partial(getitem, details, place))
            apart = LazyTuple(partial(self._apart, self._teams, start)) if self._teams else ()
            slots.append(Slot(start_at, start_at + self._width * QUARTER, people, apart))
        return tuple(slots)

    def _apart(self, teams: Teams, start: int) -> tuple[Apart, ...]:
        """Who stays away from the slot from a start, and why."""
        starts = np.array([start])
        return teams.apart(
            self._availability.costs(starts, self._width), self._availability.blocked(starts, self._width)
        )

    def _details(self, starts: NDArray[np.intp]) -> Iterator[tuple[ParticipantSlot, ...]]:
        """What the slot from each start means for everybody who comes."""
        units = self._availability.costs(starts, self._width)
        costs = (self._fairness.costs(units) / MICROPOINTS_PER_POINT).T.tolist()
        loads = (self._fairness.loads(units) / MICROPOINTS_PER_POINT).T.tolist()
        bands = self._availability.worst_bands(starts, self._width).T.tolist()
        ids = [person.id for person in self.participants]
        zones = [person.zone for person in self.participants]
        optional = [person.optional for person in self.participants]
        comes = self._comes(starts, units)
        for place, (start, worst, *figures) in enumerate(zip(starts.tolist(), bands, costs, loads, strict=True)):
            start_at = instant_of(self._first + start)
            end_at = start_at + self._width * QUARTER
            # Many people share few clocks.
            walls = {zone: (start_at.astimezone(zone), end_at.astimezone(zone)) for zone in set(zones)}
            local_starts, local_ends = zip(*map(walls.__getitem__, zones), strict=True)
            band = map(BANDS.__getitem__, worst)
            people = map(ParticipantSlot, ids, local_starts, local_ends, band, *figures, optional)
            yield tuple(compress(people, comes[place]) if comes else people)

    def _comes(self, starts: NDArray[np.intp], units: Units) -> list[list[bool]] | None:
        """Who comes to the slot from each start, or None where everybody does."""
        if self._teams is None:
            return None
        blocked = self._availability.blocked(starts, self._width) > 0
        comes: list[list[bool]] = self._teams.comes(units, blocked).T.tolist()
        return comes

    def _absences(self, blocked: NDArray[np.uint8]) -> tuple[Absence, ...]:
        """Who is missed and free at none of some starts, given what blocks whom at each of them."""
        counts = {reason: (blocked & bit > 0).sum(axis=1).tolist() for reason, bit in BLOCKED_BY.items()}
        absences = []
        absent: NDArray[np.bool_] = np.logical_and.reduce(blocked, axis=1)
        if self._teams:
            absent = self._teams.missing(absent)
        for row in np.flatnonzero(absent).tolist():
            frequency = Counter({reason: count[row] for reason, count in counts.items()})
            reasons = tuple(reason for reason, count in frequency.most_common() if count)
            absences.append(Absence(self.participants[row].id, reasons))
        return tuple(absences)

    def _near_misses(self) -> tuple[NearMiss, ...]:
        starts = np.array(self._starts, dtype=np.intp)
        pairs = BITS_SET[self._blocks(starts)].sum(axis=0)
        nearest = np.argsort(pairs, kind="stable")[:NEAR_MISSES]
        return tuple(self._near_miss(start) for start in starts[nearest].tolist())

    def _near_miss(self, start: int) -> NearMiss:
        blocks = self._blocks(np.array([start]))[:, 0].tolist()
        blockers = (
            (person.id, reason)
            for person, block in zip(self.participants, blocks, strict=True)
            for reason in reasons_in(block)
        )
        return NearMiss(instant_of(self._first + start), tuple(sorted(blockers)))

    def _blocks(self, starts: NDArray[np.intp]) -> NDArray[np.uint8]:
        """What blocks those who have to come, as bits: where not all have to, the fewest that stand in the way."""
        blocks = self._availability.blocked(starts, self._width)
        return self._teams.least_blocked(blocks) if self._teams else blocks
