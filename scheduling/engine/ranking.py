"""Which slot is fairer, and which slots are shown.

Slots are numbered by their start. All is counted in whole micropoints, so that equal means equal.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction
from functools import reduce
from math import floor

import numpy as np
from numpy.typing import NDArray

from scheduling.engine.cells import UNITS_PER_POINT
from scheduling.engine.values import Participant, Policy, Role

CLIENT_FIRST_WEIGHT = 5
MICROPOINTS_PER_POINT = 1_000_000
#: Exact costs are whole ninths of a micropoint; half a micropoint is added before the rest is cut off.
NINTHS = 9
NINTHS_PER_UNIT = MICROPOINTS_PER_POINT * NINTHS // UNITS_PER_POINT
HALF = Fraction(NINTHS, 2)


class Ranking:
    """What each slot costs each participant, and the order of fairness over the slots."""

    def __init__(self, units: NDArray[np.int64], participants: Sequence[Participant], policy: Policy) -> None:
        """Take exact costs in units, one row a participant and one column a slot."""
        self._units = units
        self._least_total = policy is Policy.LEAST_TOTAL
        client_weight = CLIENT_FIRST_WEIGHT if policy is Policy.CLIENT_FIRST else 1
        self._weights = [client_weight if person.role is Role.CLIENT else 1 for person in participants]
        self._burdens = [
            floor(NINTHS * MICROPOINTS_PER_POINT * weight * Fraction(person.burden) + HALF)
            for weight, person in zip(self._weights, participants, strict=True)
        ]

    def costs(self, slots: NDArray[np.intp]) -> Iterator[NDArray[np.int64]]:
        """Per participant, the costs of these slots in micropoints."""
        for units in self._units:
            yield (NINTHS_PER_UNIT * units[slots] + floor(HALF)) // NINTHS

    def loads(self, slots: NDArray[np.intp]) -> Iterator[NDArray[np.int64]]:
        """Per participant, the loads of these slots in micropoints."""
        for units, weight, burden in zip(self._units, self._weights, self._burdens, strict=True):
            yield (weight * NINTHS_PER_UNIT * units[slots] + burden) // NINTHS

    def fairest_first(self) -> Iterator[int]:
        """All slots from the fairest; sorts no more than is asked for."""
        slots = np.arange(self._units.shape[1])
        leading = reduce(np.add, self.costs(slots)) if self._least_total else reduce(np.maximum, self.loads(slots))
        slots = np.argsort(leading, kind="stable")
        borders = (np.flatnonzero(np.diff(leading[slots])) + 1).tolist()
        for start, end in zip([0, *borders], [*borders, len(slots)], strict=True):
            tied = slots[start:end]
            yield from (self._settled(tied) if len(tied) > 1 else tied).tolist()

    def _settled(self, tied: NDArray[np.int64]) -> NDArray[np.int64]:
        """The order of slots that tie in what leads; `tied` is sorted by start."""
        loads = np.sort(np.stack(list(self.loads(tied))), axis=0)
        totals = reduce(np.add, self.costs(tied))
        # The last key weighs most: the highest load. Totals lead under least_total, and are equal here.
        return tied[np.lexsort((totals, *loads))]


def choose(
    fairest_first: Iterable[int],
    starts: NDArray[np.int64],
    days: NDArray[np.int64],
    *,
    width: int,
    count: int,
) -> list[int]:
    """The slots to show, from the fairest: spread over days, and none overlaps another.

    `starts` and `days` hold the slots' first cells and their dates on the anchor's wall; `width` counts cells.
    """
    taken: list[tuple[int, int]] = []
    per_day: Counter[int] = Counter()
    overlapping = np.zeros(int(starts.max(initial=0)) + width, dtype=np.bool_)
    waiting: Iterable[tuple[int, int]] = enumerate(fairest_first)
    cap = 1
    while waiting:
        held_back = []
        for place, slot in waiting:
            start, day = int(starts[slot]), int(days[slot])
            if overlapping[start]:
                continue
            if per_day[day] == cap:
                held_back.append((place, slot))
                continue
            taken.append((place, slot))
            if len(taken) == count:
                held_back = []
                break
            per_day[day] += 1
            overlapping[max(0, start - width + 1) : start + width] = True
        waiting = held_back
        cap += 1
    return [slot for _, slot in sorted(taken)]
