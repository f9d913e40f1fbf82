"""Busy times, laid over the cells."""

from collections.abc import Sequence
from datetime import datetime
from itertools import chain

import numpy as np
from numpy.typing import NDArray

from scheduling.engine.clock import CELL_SECONDS
from scheduling.engine.values import Participant


def busy_cells(people: Sequence[Participant], first: int, last: int) -> NDArray[np.intp]:
    """Which cells overlap a busy time of theirs, widened by the buffer.

    Counted through the cells from quarter `first` up to `last`, those of the second person after the first one's.
    """
    count = last - first
    instants = map(datetime.timestamp, chain.from_iterable(chain.from_iterable(person.busy for person in people)))
    # Seconds as floats are exact to the microsecond in all years that a horizon may have.
    numbers = chain.from_iterable(person.busy_seconds for person in people)
    seconds = np.fromiter(chain(instants, numbers), np.float64)
    seconds -= first * CELL_SECONDS
    times = [len(person.busy) for person in people] + [len(person.busy_seconds) // 2 for person in people]
    buffers = np.repeat([person.buffer_minutes * 60 for person in people] * 2, times)
    rows = np.repeat([*range(0, count * len(people), count)] * 2, times)
    starts = rows + np.clip((seconds[0::2] - buffers) // CELL_SECONDS, 0, count).astype(np.intp)
    ends = rows + np.clip(-((-seconds[1::2] - buffers) // CELL_SECONDS), 0, count).astype(np.intp)

    # What earlier times have reached is left out, so that no cell comes twice, however much they overlap.
    order = np.argsort(starts)
    reached = np.maximum.accumulate(ends[order])
    starts = starts[order]
    starts[1:] = np.maximum(starts[1:], reached[:-1])
    lengths = np.maximum(reached - starts, 0)
    # Each time's cells are counted on from its start: all in one count, less what was counted before it.
    return np.repeat(starts - np.cumsum(lengths) + lengths, lengths) + np.arange(lengths.sum())
