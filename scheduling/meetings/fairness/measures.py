"""What past meetings weigh as time goes by, and how evenly it is spread."""

import datetime as dt
from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from scheduling.meetings.selectors import BURDEN_HALF_LIFE


@dataclass(frozen=True)
class Entry:
    """What one meeting cost, in points; it counts from its end on, and fades from its start on."""

    start_at: dt.datetime
    end_at: dt.datetime
    cost: float
    meeting_id: int | None = None

    def weight(self, at: dt.datetime) -> float:
        """What is left of the cost at an instant after the meeting."""
        return self.cost * fading(self.start_at, at)


def fading(start_at: dt.datetime, at: dt.datetime) -> float:
    """The part that is left at an instant of what began at another: a half after eight weeks."""
    return float(0.5 ** ((at - start_at) / BURDEN_HALF_LIFE))


def burdens_at(entries: Iterable[Entry], instants: Sequence[dt.datetime]) -> tuple[float, ...]:
    """What the meetings over by then weigh at each of the instants, which are one or more and in order."""
    waiting = deque(sorted(entries, key=lambda entry: entry.end_at))
    burden = 0.0
    burdens = []
    for before, instant in pairwise((instants[0], *instants)):
        # All of it fades alike, so that what was added before need not be looked at again.
        burden *= fading(before, instant)
        while waiting and waiting[0].end_at <= instant:
            entry = waiting.popleft()
            burden += entry.weight(instant)
        burdens.append(burden)
    return tuple(burdens)


def course(entries: Sequence[Entry], instants: Sequence[dt.datetime]) -> tuple[tuple[dt.datetime, float], ...]:
    """The burden at the instants, and at the ends of meetings between them: just before each end, and with it."""
    ends = {entry.end_at for entry in entries if instants[0] < entry.end_at <= instants[-1]}
    moments = sorted(ends.union(instants))
    points: list[tuple[dt.datetime, float]] = []
    for moment, burden in zip(moments, burdens_at(entries, moments), strict=True):
        if moment in ends:
            before, before_burden = points[-1]
            points.append((moment, before_burden * fading(before, moment)))
        points.append((moment, burden))
    return tuple(points)


def fairness_index(burdens: Sequence[float]) -> float:
    """How evenly the burdens are spread, from 1/n, where one carries all, to 1, where all carry the same, or nothing.

    Source: Jain, Chiu, Hawe, A Quantitative Measure of Fairness and Discrimination for Resource Allocation (1984).
    """
    heaviest = max(burdens, default=0.0)
    if not heaviest:
        return 1.0
    # The index knows no unit; with the heaviest as one, squares neither vanish nor overflow.
    parts = [burden / heaviest for burden in burdens]
    return sum(parts) ** 2 / (len(parts) * sum(part * part for part in parts))
