"""What one change would win: a busy time moved, somebody reachable longer, a shorter meeting, one person fewer."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from functools import cache, partial

import numpy as np
from numpy.typing import NDArray

from scheduling.engine.answers import Slot
from scheduling.engine.assessment import assess
from scheduling.engine.cells import Cells, cells_between
from scheduling.engine.clock import CELL_SECONDS, instant_of, quarter_at, quarter_from
from scheduling.engine.lazy import LazyTuple
from scheduling.engine.ranking import Fairness, Ranking
from scheduling.engine.teams import Teams
from scheduling.engine.values import (
    CELL_MINUTES,
    DAY_MINUTES,
    DayHours,
    MeetingRequest,
    Participant,
    WeeklyHours,
    check_participants,
)

REACH_STEP_MINUTES = 30
MOST_REACH_MINUTES = 120

Starts = NDArray[np.intp]
Units = NDArray[np.int64]


class RelaxationKind(StrEnum):
    """What is changed."""

    BUSY_MOVED = "busy_moved"
    REACHABLE_EARLIER = "reachable_earlier"
    REACHABLE_LATER = "reachable_later"
    SHORTER = "shorter"
    WITHOUT = "without"


@dataclass(frozen=True, slots=True)
class Relaxation:
    """One change, and what it wins.

    `participant_id` is whose change it is, None for a shorter meeting; `busy` the time that is moved out of the way;
    `minutes` by how much somebody is reachable longer, or how long the shorter meeting takes. `won` counts the starts
    that become feasible, and `best` is the fairest of all with the change; `is_fairer` says whether it is fairer than
    the best without it, and is true where nothing fits without.
    """

    kind: RelaxationKind
    participant_id: str | None
    busy: tuple[datetime, datetime] | None
    minutes: int | None
    won: int
    best: Slot
    is_fairer: bool


def relaxations(request: MeetingRequest, participants: Iterable[Participant]) -> tuple[Relaxation, ...]:
    """The single changes that make more starts feasible, from the one that wins most.

    First comes what wins the fairer best slot by the order of fairness itself, then what wins more starts, then the
    earlier best slot. So that all can be compared, a shorter meeting counts as if it went on at the same rate for as
    long as was asked for, and somebody left out carries the burden so far and no more. Of two extents of one change,
    such as reachable for half an hour or an hour longer, the larger is told only where it wins more starts. That
    somebody works on a day off is never proposed. Pools stay as they are: with each change their fairest team comes.

    Raises:
        InvalidInput: no participants, too many, or two with one id; a pool with somebody who is no participant, or
            optional.
    """
    return _Search(request, tuple(participants)).ranked()


def longer_reachable(hours: WeeklyHours, kind: RelaxationKind, minutes: int) -> WeeklyHours:
    """The hours with each day's first pair beginning earlier, or its last ending later, within that day's bounds."""
    change = _begun_earlier if kind is RelaxationKind.REACHABLE_EARLIER else _ended_later
    monday, tuesday, wednesday, thursday, friday, saturday, sunday = (
        change(tuple(sorted(day)), minutes) if day else day for day in hours
    )
    return monday, tuesday, wednesday, thursday, friday, saturday, sunday


def _begun_earlier(day: DayHours, minutes: int) -> DayHours:
    (start, end), *rest = day
    return ((max(0, start - minutes, end - DAY_MINUTES), end), *rest)


def _ended_later(day: DayHours, minutes: int) -> DayHours:
    *rest, (start, end) = day
    return (*rest, (start, min(end + minutes, start + DAY_MINUTES)))


@dataclass(frozen=True, slots=True)
class _Found:
    """A change before it is ranked: `units` is what its best slot, at cell `start`, costs everybody."""

    kind: RelaxationKind
    person: int | None
    busy: tuple[datetime, datetime] | None
    minutes: int | None
    won: int
    start: int
    units: Units


@dataclass(frozen=True, slots=True)
class _Change:
    """What a change makes of one person: `costs` sums the cells before each one; `freed` are starts no more blocked."""

    person: int
    costs: NDArray[np.int64]
    freed: Starts


class _Search:
    """The cells of all participants, of whom one at a time is changed.

    Inside, cells are counted from the first one of the horizon, and costs are exact, in units.
    """

    def __init__(self, request: MeetingRequest, people: tuple[Participant, ...]) -> None:
        check_participants(people)
        self.request, self.people = request, people
        self.fairness = Fairness(people, request.policy)
        self.teams = Teams(people, request.pools, request.policy)
        self.width = request.duration_minutes // CELL_MINUTES
        self.first, self.last = quarter_at(request.start_at), quarter_from(request.end_at)
        self.cells = [cells_between(person, self.first, self.last) for person in people]
        self.blocked = np.stack([_before(cells.blocks > 0) for cells in self.cells])
        self.costs = np.stack([_before(cells.costs) for cells in self.cells])
        self.starts = self._starts(self.width)
        self.blockers = self._blockers(self.starts, self.width)
        self.staffed = self.teams.staffed(self.blockers)
        self.required_blockers = self.blockers[self.teams.required].sum(axis=0)
        self.feasible = self.starts[self.staffed & (self.required_blockers == 0)]
        self.fits = self._marked(self.feasible)

    def ranked(self) -> tuple[Relaxation, ...]:
        found = [*self._shorter(), *self._without()]
        for place, person in enumerate(self.people):
            alone = self.starts[self.blockers[place] & self._feasible_without(place)]
            if len(alone):
                found += self._reachable(place, person, alone)
                found += self._moved(place, person, alone)
        if not found:
            return ()
        # Sorted so, what ties in fairness stays in this order.
        found.sort(key=lambda one: (-one.won, one.start))
        order = self.fairness.order(np.stack([one.units for one in found], axis=1)).tolist()
        usual = self._fairest(self.feasible, self.width) if len(self.feasible) else None
        return tuple(self._relaxation(found[place], usual[1] if usual else None) for place in order)

    def _relaxation(self, found: _Found, usual: Units | None) -> Relaxation:
        person = None if found.person is None else self.people[found.person]
        minutes = found.minutes if found.kind is RelaxationKind.SHORTER else self.request.duration_minutes
        start_at = instant_of(self.first + found.start)
        end_at = start_at + timedelta(minutes=minutes or 0)
        best = cache(partial(self._best, found, start_at, end_at))
        return Relaxation(
            found.kind,
            person.id if person else None,
            found.busy,
            found.minutes,
            found.won,
            Slot(start_at, end_at, LazyTuple(lambda: best().participants), LazyTuple(lambda: best().stays_away)),
            is_fairer=usual is None or self._is_fairer(found.units, usual),
        )

    def _is_fairer(self, units: Units, usual: Units) -> bool:
        """Whether one slot is fairer than another in more than its start."""
        forth, back = np.stack([units, usual], axis=1), np.stack([usual, units], axis=1)
        return [*self.fairness.order(forth)] == [0, 1] and [*self.fairness.order(back)] == [1, 0]

    def _best(self, found: _Found, start_at: datetime, end_at: datetime) -> Slot:
        """What the slot means for everybody, worked out for this slot alone."""
        minutes = int((end_at - start_at) / timedelta(minutes=1))
        request = replace(self.request, duration_minutes=minutes, start_at=start_at, end_at=end_at)
        slot = assess(request, self._changed(found)).slot_at(start_at)
        return slot if isinstance(slot, Slot) else Slot(start_at, end_at, ())

    def _changed(self, found: _Found) -> list[Participant]:
        """The people with the change."""
        people = list(self.people)
        if found.person is None:
            return people
        person = people.pop(found.person)
        if found.kind is not RelaxationKind.WITHOUT:
            if found.busy is not None:
                busy = _busy_times(person)
                busy.remove(found.busy)
                person = replace(person, busy=tuple(busy), busy_seconds=())
            else:
                hours = longer_reachable(person.reachable_hours, found.kind, found.minutes or 0)
                person = replace(person, reachable_hours=hours)
            people.insert(found.person, person)
        return people

    def _shorter(self) -> Iterator[_Found]:
        """Every shorter meeting; what its best slot costs is scaled up to the length asked for."""
        usual = len(self.feasible)
        for width in range(self.width - 1, 0, -1):
            starts = self._starts(width)
            starts = starts[self.teams.feasible(self._blockers(starts, width))]
            if len(starts) > usual:
                start, units = self._fairest(starts, width)
                at_length = units * self.width // width
                won = len(starts) - len(self.feasible)
                yield _Found(RelaxationKind.SHORTER, None, None, width * CELL_MINUTES, won, start, at_length)
            usual = max(usual, len(starts))

    def _without(self) -> Iterator[_Found]:
        """Everybody else, without one person who would have to come."""
        if sum(not person.optional for person in self.people) == 1:
            return
        for place in np.flatnonzero(self.teams.required).tolist():
            starts = self.starts[self._feasible_without(place)]
            if len(starts) > len(self.feasible):
                nothing = np.zeros_like(self.costs[place])
                start, best = self._fairest(starts, self.width, _Change(place, nothing, starts))
                won = len(starts) - len(self.feasible)
                yield _Found(RelaxationKind.WITHOUT, place, None, None, won, start, best)

    def _reachable(self, place: int, person: Participant, alone: Starts) -> Iterator[_Found]:
        """One person reachable earlier or later; `alone` are the starts that nobody else rules out."""
        for kind in (RelaxationKind.REACHABLE_EARLIER, RelaxationKind.REACHABLE_LATER):
            won = 0
            hours = person.reachable_hours
            for minutes in range(REACH_STEP_MINUTES, MOST_REACH_MINUTES + 1, REACH_STEP_MINUTES):
                longer = longer_reachable(person.reachable_hours, kind, minutes)
                if longer == hours:
                    break
                hours = longer
                cells = cells_between(replace(person, reachable_hours=hours), self.first, self.last)
                freed = alone[self._sums(_before(cells.blocks > 0), alone, self.width) == 0]
                gained = self._gained(freed)
                if len(gained) > won:
                    won = len(gained)
                    yield self._found(kind, place, cells, freed, minutes=minutes)

    def _moved(self, place: int, person: Participant, alone: Starts) -> Iterator[_Found]:
        """Each of one person's busy times moved out of the way."""
        free = cells_between(replace(person, busy=(), busy_seconds=()), self.first, self.last)
        alone = alone[self._sums(_before(free.blocks > 0), alone, self.width) == 0]
        if not len(alone):
            return
        times = _busy_times(person)
        seconds = np.array([(start_at.timestamp(), end_at.timestamp()) for start_at, end_at in times])
        buffer = person.buffer_minutes * 60
        count = self.last - self.first
        begins = np.clip((seconds[:, 0] - buffer) // CELL_SECONDS - self.first, 0, count).astype(np.intp)
        ends = np.clip(-((-seconds[:, 1] - buffer) // CELL_SECONDS) - self.first, 0, count).astype(np.intp)
        depth = np.cumsum(np.bincount(begins, minlength=count + 1) - np.bincount(ends, minlength=count + 1))[:count]
        covered = self._sums(_before(depth), alone, self.width)
        for busy, begin, end in zip(times, begins.tolist(), ends.tolist(), strict=True):
            near = slice(*np.searchsorted(alone, [begin - self.width + 1, end]).tolist())
            overlap = np.minimum(end, alone[near] + self.width) - np.maximum(begin, alone[near])
            # Where no other busy time covers the slot, the cells covered are those of this one.
            freed = alone[near][covered[near] == overlap]
            if len(freed) and len(self._gained(freed)):
                yield self._found(RelaxationKind.BUSY_MOVED, place, free, freed, busy=busy)

    def _found(
        self,
        kind: RelaxationKind,
        place: int,
        cells: Cells,
        freed: Starts,
        *,
        busy: tuple[datetime, datetime] | None = None,
        minutes: int | None = None,
    ) -> _Found:
        """A change by which one person has other cells, and is free from the `freed` starts as well."""
        won = self._gained(freed)
        starts = np.sort(np.concatenate([self.feasible, won]))
        # Where the person was free before, the cells cost what they cost.
        start, best = self._fairest(starts, self.width, _Change(place, _before(cells.costs), freed))
        return _Found(kind, place, busy, minutes, len(won), start, best)

    def _fairest(self, starts: Starts, width: int, change: _Change | None = None) -> tuple[int, Units]:
        """The fairest start, and what of its costs counts."""
        units = self._units(starts, width)
        if change:
            units[change.person] = self._sums(change.costs, starts, width)
        ties = None
        if not self.teams.everybody_comes:
            blocked = self._blockers(starts, width)
            if change:
                blocked[change.person] &= ~self._marked(change.freed)[starts]
            units, ties = self.teams.weighed(units, blocked)
        slot = Ranking(units, self.fairness, ties).fairest
        return int(starts[slot]), units[:, slot]

    def _feasible_without(self, place: int) -> NDArray[np.bool_]:
        """Which starts would be feasible if one person blocked none."""
        if self.teams.required[place]:
            without: NDArray[np.bool_] = self.staffed & (self.required_blockers == self.blockers[place])
            return without
        blockers = self.blockers.copy()
        blockers[place] = False
        return self.teams.feasible(blockers)

    def _gained(self, freed: Starts) -> Starts:
        """Those of some starts that are not feasible as things are."""
        return freed[~self.fits[freed]]

    def _marked(self, starts: Starts) -> NDArray[np.bool_]:
        """Which cells of the horizon are among some starts."""
        marked = np.zeros(self.last - self.first, np.bool_)
        marked[starts] = True
        return marked

    def _blockers(self, starts: Starts, width: int) -> NDArray[np.bool_]:
        return self._sums(self.blocked, starts, width) > 0

    def _starts(self, width: int) -> Starts:
        step = self.request.step_minutes // CELL_MINUTES
        first = -(-quarter_from(self.request.start_at) // step) * step
        last = quarter_at(self.request.end_at) - width
        return np.arange(first, last + 1, step, dtype=np.intp) - self.first

    def _units(self, starts: Starts, width: int) -> Units:
        return self._sums(self.costs, starts, width)

    @staticmethod
    def _sums(before: NDArray[np.int64], starts: Starts, width: int) -> NDArray[np.int64]:
        sums: NDArray[np.int64] = before[..., starts + width] - before[..., starts]
        return sums


def _before(values: NDArray[np.integer] | NDArray[np.bool_]) -> NDArray[np.int64]:
    """The sum of the values before each place, and of all at the end."""
    sums = np.zeros(len(values) + 1, np.int64)
    np.cumsum(values, out=sums[1:])
    return sums


def _busy_times(person: Participant) -> list[tuple[datetime, datetime]]:
    seconds = iter(person.busy_seconds)
    more = (
        (datetime.fromtimestamp(start, UTC), datetime.fromtimestamp(end, UTC))
        for start, end in zip(seconds, seconds, strict=True)
    )
    return [*person.busy, *more]
