"""Linear programs over a rotation: the fewest moved weeks, and the best use of some times."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from scheduling.engine.series.rotation import Choice, Floats, Mask, Rotation
from scheduling.engine.series.solver import Program, solve

#: The solver works with tolerances; its bounds count for a little less.
TOLERANCE = 1e-6
#: Loads are handed to the solver as percentages of some load, because its tolerances are absolute.
PERCENT = 100


def fewest_moved(rotation: Rotation, times: Mask, seconds: float) -> tuple[Mask, bool]:
    """Times that leave the fewest weeks without one, and whether none leave fewer; `times` are to be beaten."""
    fewest = rotation.moved(times)
    classes, columns = rotation.feasible.shape
    # Whether each time is chosen, then whether each class has none of them.
    rows, feasible = np.nonzero(rotation.feasible)
    solution = solve(
        Program(
            costs=np.concatenate([np.zeros(columns), rotation.weeks]),
            lower=np.zeros(columns + classes),
            upper=np.ones(columns + classes),
            whole=np.arange(columns + classes) < columns,
            row_lower=np.append(np.ones(classes), 0.0),
            row_upper=np.append(np.full(classes, np.inf), rotation.max_times),
            rows=np.concatenate([rows, np.arange(classes), np.full(columns, classes)]),
            columns=np.concatenate([feasible, columns + np.arange(classes), np.arange(columns)]),
            values=np.ones(len(rows) + classes + columns),
        ),
        seconds=seconds,
    )
    if solution.x is not None:
        found = solution.x[:columns] > 0.5
        if found.sum() <= rotation.max_times and rotation.moved(found) < fewest:
            times, fewest = found, rotation.moved(found)
    return times, solution.bound > fewest - 1 + TOLERANCE


@dataclass(frozen=True)
class Use:
    """How well some times were used."""

    #: The best choice in whole weeks, where one was found.
    choice: Choice | None
    #: How much everybody's load matters to the outcome; meaningful where parts of weeks were allowed.
    prices: Floats
    #: No choice is better; meaningful where weeks had to be whole.
    bound: float
    #: Whether there is none at all.
    impossible: bool


class Uses:
    """The linear program over the uses of `among`, of which at most `max_times` are chosen.

    Up to `moved` weeks may be left without a time. Without a `cap` the highest load is minimised; with one, which no
    load may exceed then, the sum of costs.
    """

    def __init__(self, rotation: Rotation, among: Mask, *, moved: int, cap: float | None) -> None:
        self._rotation, self._among, self._cap = rotation, among, cap
        self._choosing = bool(among.sum() > rotation.max_times)
        may_move = rotation.weeks <= moved
        open_to = rotation.feasible & (among | may_move[:, None]) if self._choosing else rotation.allowed(among)
        self._classes, self._times = np.nonzero(open_to)
        weeks = rotation.weeks.astype(np.float64)
        costs = rotation.costs[self._classes, self._times]
        self._scale = max(float((rotation.burdens + weeks @ rotation.costs.max(axis=1)).max()), 1.0) / PERCENT

        uses, classes, people = np.arange(len(costs)), np.arange(len(weeks)), np.arange(len(rotation.burdens))
        rows = _Rows()
        rows.add(weeks, weeks, (self._classes, uses, 1.0))
        self._highest = len(uses)
        pair, person = np.nonzero(costs)
        rows.add(
            np.full(len(people), -np.inf),
            -rotation.burdens / self._scale,
            (person, pair, costs[pair, person] / self._scale),
            (people, np.full(len(people), self._highest), -1.0),
        )
        self._people = rows.count - len(people) + people
        columns = self._highest + 1
        if self._choosing:
            chosen = np.full(len(among), -1)
            chosen[among] = columns + np.arange(among.sum())
            left_out = np.full(len(weeks), -1)
            left_out[may_move] = columns + among.sum() + np.arange(may_move.sum())
            columns += int(among.sum() + may_move.sum())
            feasible_class, feasible_time = np.nonzero(rotation.feasible & among)
            regular, moving = among[self._times], may_move[self._classes]
            # A week takes a time that is chosen, or any where it is left out; and it is left out where none is chosen.
            rows.add(
                np.full(len(uses), -np.inf),
                np.zeros(len(uses)),
                (uses, uses, 1.0),
                (uses[regular], chosen[self._times[regular]], -weeks[self._classes[regular]]),
                (uses[moving], left_out[self._classes[moving]], -weeks[self._classes[moving]]),
            )
            rows.add(
                np.ones(len(weeks)),
                np.full(len(weeks), np.inf),
                (feasible_class, chosen[feasible_time], 1.0),
                (classes[may_move], left_out[may_move], 1.0),
            )
            every, one = np.zeros(len(among), dtype=np.intp), np.zeros(len(weeks), dtype=np.intp)
            rows.add(np.array([-np.inf]), np.array([rotation.max_times]), (every[among], chosen[among], 1.0))
            rows.add(np.array([-np.inf]), np.array([moved]), (one[may_move], left_out[may_move], weeks[may_move]))

        objective = np.zeros(columns)
        upper = np.ones(columns)
        upper[: len(uses)] = weeks[self._classes]
        if cap is None:
            objective[self._highest], upper[self._highest] = 1.0, np.inf
        else:
            objective[: len(uses)] = rotation.totals[self._classes, self._times] / self._scale
            upper[self._highest] = cap / self._scale
        counted = np.flatnonzero(objective)
        rows.add(np.array([-np.inf]), np.array([np.inf]), (np.zeros_like(counted), counted, objective[counted]))
        self._outcome = rows.count - 1
        lower = np.zeros(columns)
        lower[self._highest] = rotation.burdens.max() / self._scale
        self._program = rows.program(objective, lower, upper, whole=np.arange(columns) != self._highest)

    def in_parts(self, seconds: float) -> Use:
        """The best use where a week may be split over several times; its choice is rounded to whole weeks."""
        return self._use(replace(self._program, whole=np.zeros_like(self._program.whole)), seconds, 0.0)

    def in_whole_weeks(self, seconds: float, limit: float, gap: float) -> Use:
        """The best use in whole weeks below `limit`, if there is one, within `gap`."""
        row_upper = self._program.row_upper.copy()
        row_upper[self._outcome] = limit / self._scale
        use = self._use(replace(self._program, row_upper=row_upper), seconds, gap)
        return replace(use, bound=limit if use.impossible else min(use.bound, limit))

    def _use(self, program: Program, seconds: float, gap: float) -> Use:
        solution = solve(program, seconds=seconds, gap=gap)
        prices = np.maximum(-solution.prices[self._people], 0.0)
        return Use(
            choice=None if solution.x is None else self._rounded(solution.x),
            prices=prices,
            bound=(solution.bound - TOLERANCE * max(abs(solution.bound), 1.0)) * self._scale,
            impossible=solution.infeasible,
        )

    def _rounded(self, x: Floats) -> Choice | None:
        """Whole weeks: what is left of a class goes where the largest parts are."""
        rotation = self._rotation
        parts = np.zeros(rotation.feasible.shape)
        parts[self._classes, self._times] = x[: self._highest]
        times = self._among.copy()
        if self._choosing:
            times[times] = x[self._highest + 1 :][: times.sum()] > 0.5
        counts = np.floor(parts + TOLERANCE).astype(np.int64)
        parts -= counts
        for row, left in enumerate(rotation.weeks - counts.sum(axis=1)):
            counts[row, (-parts[row]).argsort(kind="stable")[:left]] += 1
        return Choice(times, counts) if not counts[~rotation.allowed(times)].any() else None


class _Rows:
    """The rows of a program, block by block."""

    def __init__(self) -> None:
        self.count = 0
        self._lower: list[Floats] = []
        self._upper: list[Floats] = []
        self._entries: list[tuple[NDArray[np.intp], NDArray[np.intp], Floats]] = []

    def add(
        self, lower: Floats, upper: Floats, *entries: tuple[NDArray[np.intp], NDArray[np.intp], Floats | float]
    ) -> None:
        """Append as many rows as there are bounds; entries are rows (the first new one is 0), columns and values."""
        for rows, columns, values in entries:
            self._entries.append((rows + self.count, columns, np.broadcast_to(values, rows.shape)))
        self._lower.append(lower)
        self._upper.append(upper)
        self.count += len(lower)

    def program(self, costs: Floats, lower: Floats, upper: Floats, whole: Mask) -> Program:
        rows, columns, values = (np.concatenate(parts) for parts in zip(*self._entries, strict=True))
        return Program(
            costs, lower, upper, whole, np.concatenate(self._lower), np.concatenate(self._upper), rows, columns, values
        )
