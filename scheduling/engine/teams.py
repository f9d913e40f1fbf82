"""Who comes where not everybody must: so many of each pool, and of the optional people whoever can.

Slots are columns and participants rows, as in the ranking.

No two teams are ever compared, however many there are. What two of them have in common decides nothing between them,
neither in the order of loads nor in a sum; so that of two members of a pool the same one is better in every company,
and the best team takes from each pool those who come first.
"""

from collections.abc import Sequence
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from scheduling.engine.answers import Apart, Why
from scheduling.engine.cells import BITS_SET, reasons_in
from scheduling.engine.ranking import MICROPOINTS_PER_POINT, Fairness, Micropoints, Ties, Units
from scheduling.engine.values import Participant, Policy, Pool, check_pools

Blocks = NDArray[np.uint8]
Flags = NDArray[np.bool_]
Rows = NDArray[np.intp]
AnyUnits = TypeVar("AnyUnits", NDArray[np.int32], NDArray[np.int64], Units)


class Teams:
    """The teams of some participants: whose cells decide, which team is fairest, and why the others stay away."""

    def __init__(self, participants: Sequence[Participant], pools: tuple[Pool, ...], policy: Policy) -> None:
        """Lay the pools over the participants.

        Raises:
            InvalidInput: somebody in a pool is no participant, or optional.
        """
        check_pools(pools, participants)
        places = {person.id: place for place, person in enumerate(participants)}
        self._participants = participants
        self._fairness = Fairness(participants, policy)
        self._choices = [
            _Choice(np.array([places[one] for one in pool.ids]), pool.take, participants, policy) for pool in pools
        ]
        self._optional = np.array([person.optional for person in participants])
        self.required = ~self._optional
        for choice in self._choices:
            self.required[choice.rows] = False
        self.everybody_comes = bool(self.required.all())

    def feasible(self, blocked: Flags) -> Flags:
        """The slots for which there is a team, given who is blocked."""
        needed = blocked if self.everybody_comes else blocked[self.required]
        return self.staffed(blocked) & ~needed.any(axis=0)

    def staffed(self, blocked: Flags) -> Flags:
        """The slots for which enough of each pool are free."""
        staffed = np.ones(blocked.shape[1], np.bool_)
        for choice in self._choices:
            staffed &= (~blocked[choice.rows]).sum(axis=0) >= choice.take
        return staffed

    def comes(self, units: Units, blocked: Flags) -> Flags:
        """Who comes to each slot; there is a team for all of them."""
        comes: Flags = ~blocked
        for choice in self._choices:
            order = choice.best_first(units[choice.rows], blocked[choice.rows])
            comes[choice.rows] = _first(order, choice.take)
        return comes

    def weighed(self, units: AnyUnits, blocked: Flags) -> tuple[AnyUnits, Ties | None]:
        """What counts of each slot's costs with its fairest team, and what decides where all that is equal."""
        comes = self.comes(units, blocked)
        counted: AnyUnits = units * (comes & ~self._optional[:, np.newaxis])
        if not self._optional.any():
            return counted, None
        guests = comes[self._optional]
        costs = self._fairness.costs(units[self._optional]) * guests
        return counted, np.stack([costs.sum(axis=0), -guests.sum(axis=0)])

    def least_blocked(self, blocks: Blocks) -> Blocks:
        """What blocks the members of each slot's team that has the fewest reasons against it; 0 for all others."""
        needed = blocks.copy()
        needed[self._optional] = 0
        for choice in self._choices:
            members = blocks[choice.rows]
            order = np.argsort(BITS_SET[members], axis=0, kind="stable")
            needed[choice.rows] = members * _first(order, choice.take)
        return needed

    def missing(self, absent: Flags) -> Flags:
        """Whose absence rules a meeting out: of a pool, where too few of it are left."""
        missing: Flags = absent & self.required
        for choice in self._choices:
            if (~absent[choice.rows]).sum() < choice.take:
                missing[choice.rows] = absent[choice.rows]
        return missing

    def apart(self, units: Units, blocks: Blocks) -> tuple[Apart, ...]:
        """Who stays away from a slot, and why; there is one column, and a team for it."""
        comes = self.comes(units, blocks > 0)
        found = {}
        for choice in self._choices:
            order = choice.best_first(units[choice.rows], blocks[choice.rows] > 0)[:, 0].tolist()
            # The best team with somebody else has that person in the place of the last who was chosen.
            last = order[choice.take - 1]
            for member in order[choice.take :]:
                row = int(choice.rows[member])
                why = choice.why(units[choice.rows], last, member)
                found[row] = Apart(self._participants[row].id, why)
                if why is Why.CARRIES_MORE:
                    others = comes.copy()
                    others[choice.rows[last]], others[row] = False, True
                    highest = self._highest_load(units * others), self._highest_load(units * comes)
                    found[row] = Apart(self._participants[row].id, why, (), *highest)
        for row in np.flatnonzero((blocks > 0) & ~comes).tolist():
            found[row] = Apart(self._participants[row].id, Why.BLOCKED, reasons_in(int(blocks[row, 0])))
        return tuple(found[row] for row in sorted(found))

    def _highest_load(self, units: Units) -> float:
        loads = self._fairness.loads(units)[~self._optional]
        return int(loads.max()) / MICROPOINTS_PER_POINT


class _Choice:
    """A pool whose members are rows; they are numbered in the order of the pool."""

    def __init__(self, rows: Rows, take: int, participants: Sequence[Participant], policy: Policy) -> None:
        members = [participants[row] for row in rows.tolist()]
        nothing = np.zeros((len(members), 1), np.int32)
        self.rows, self.take = rows, take
        self._fairness = Fairness(members, policy)
        self._loads_away = self._fairness.loads(nothing)
        # Where all weigh the same, who carries nothing new has their burden for a load.
        self._burdens = Fairness(members, Policy.SHARED).loads(nothing)
        self._least_total = policy is Policy.LEAST_TOTAL

    def best_first(self, units: Units, blocked: Flags) -> Rows:
        """The members for each slot, from the one who makes the fairest team; whoever is blocked comes last."""
        keys = [key for key, _ in self._keys(units)]
        # The last key weighs most; members who agree in all of them stay in the order of the pool.
        return np.lexsort((*reversed(keys), blocked), axis=0)

    def why(self, units: Units, chosen: int, away: int) -> Why:
        """What first speaks for one member and against another; there is one slot."""
        reasons = (why for key, why in self._keys(units) if key[chosen, 0] != key[away, 0])
        return next(reasons, Why.ORDER)

    def _keys(self, units: Units) -> list[tuple[Micropoints, Why]]:
        """By what members are compared, the weightiest first; lower is better."""
        loads = self._fairness.loads(units)
        costs = self._fairness.costs(units), Why.COSTS_MORE
        # Whoever comes has a new load in the place of the one that they have away. Of two who come to the same load,
        # it is better that the one comes who would have the higher one away. Unchanged loads decide nothing.
        raised = loads > self._loads_away
        reached = np.where(raised, loads, 0), Why.CARRIES_MORE
        left = np.where(raised, -self._loads_away, 0), Why.CARRIES_MORE
        burdens = np.broadcast_to(self._burdens, loads.shape), Why.SPARED
        return [costs, reached, left, burdens] if self._least_total else [reached, left, costs, burdens]


def _first(order: Rows, count: int) -> Flags:
    """Which members are among the first of each column's order."""
    first = np.zeros(order.shape, np.bool_)
    np.put_along_axis(first, order[:count], values=True, axis=0)
    return first
