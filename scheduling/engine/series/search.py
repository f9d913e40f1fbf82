"""The search for the fairest choice, and the proof of how near it comes.

A small problem goes to the solver as it is. Of a large one all sets of few times can be screened by prices (see
`screen`). Where no week has to be moved, the sets that are left get prices of their own, and then all ways through the
weeks are followed (see `own_prices`), first for sets of times that are promising, because each better choice leaves
fewer sets. Otherwise, and with sets for which that is too much, the set with the lowest bound, or one close to the best
that is known, is looked into: its best use, with weeks split over its times, gives prices that raise the bounds of all
sets, and a choice in whole weeks that lowers what is to be beaten. When the two have met, nothing better is left. Where
all sets are too many, those that differ in one time from the best one are screened, for as long as that finds a better
one.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from math import comb
from time import monotonic

import numpy as np
from numpy.typing import NDArray

from scheduling.engine.series import programs, screen
from scheduling.engine.series.ascent import ascend
from scheduling.engine.series.first_choice import cheapest_times, evened_out, first_choice
from scheduling.engine.series.own_prices import all_ways, sharpened
from scheduling.engine.series.programs import Use, Uses
from scheduling.engine.series.rotation import Choice, Floats, Mask, Rotation
from scheduling.engine.series.screen import MOST_TIMES, Prices, Screen, Sets, neighbours

#: Highest loads within 1 % are equal.
EQUAL = 0.01
#: A bound that is so near ends the search: a load that is equal to the best one stays so when rounded.
NEAR = 0.0095
#: Where times are few, a nearer one is worth some of the time that is left.
NEARER = 0.001
FEW_TIMES = 64
#: The one time of a fixed plan is found exactly.
EXACT = 1e-6
#: With so few occurrences, of weeks that differ, the solver alone is mostly quicker; it has this share of the time.
SMALL = 1000
SHARE = 0.5
#: Seconds that it takes to screen one set of times for one class of weeks.
SCREENING = 4e-9
#: The same where costs are to be low: what caps the loads rules out fewer.
SCREENING_COSTS = 2e-8
#: How many sets set the first prices.
SOUNDINGS = 2
#: So many times, those that gain most, are looked at in all sets before all others, if these are not more.
PROMISING = 32
FIRST_SETS = 10_000
#: So many sets, of so many numbers, get prices of their own at once, and the ways of so many are followed at once.
SHARPENED = 512
NUMBERS = 2_000_000
FOLLOWED = 64
#: A choice is made of so many of them, those with the lowest bounds.
TRIED = 16
#: The prices of so many of them are tried on all sets that are left.
LENT = 12
#: After so many sets in vain, one by one, those that are left go to the solver together, if they are more.
FEW_SETS = 24
#: More than so many are too much for it.
MANY_SETS = 100_000
#: So many sets in turn are close to the best one known, before one with the lowest bound comes next.
BESIDE = 3
#: Seconds for the whole weeks of one set.
PATIENCE = 0.1


@dataclass(frozen=True)
class Found:
    """A choice, and a proven bound on the highest load of all with as few moved weeks; None without a proof."""

    choice: Choice
    lower_bound: float | None


def fairest(rotation: Rotation, deadline: float) -> Found:
    """The fairest choice that is found until `deadline` on the monotonic clock."""
    near = EXACT if rotation.max_times == 1 else NEAR
    choice, proven = _fewest_moved(rotation, first_choice(rotation), deadline)
    search = _Search(rotation, choice, cap=None, near=near, deadline=deadline)
    search.run()
    if near == NEAR and rotation.feasible.shape[1] <= FEW_TIMES:
        near = NEARER
        search.come_nearer(near, monotonic() + (deadline - monotonic()) * SHARE)
    cap = max(search.value, search.bound * (1 + EQUAL))
    cheaper = _Search(rotation, search.best, cap=cap, near=near, deadline=deadline)
    cheaper.run(known=search.prices)
    return Found(cheaper.best, search.bound if proven else None)


def _fewest_moved(rotation: Rotation, choice: Choice, deadline: float) -> tuple[Choice, bool]:
    """A choice with the fewest moved weeks, and whether that is proven."""
    fewest = rotation.moved(choice.times)
    seconds = deadline - monotonic()
    if fewest == 0 or seconds <= 0:
        return choice, fewest == 0
    if rotation.max_times > MOST_TIMES:
        times, proven = programs.fewest_moved(rotation, choice.times, seconds)
    else:
        sets, proven = screen.fewest_moved(rotation, fewest), True
        times = _mask(rotation, sets[0]) if len(sets) else choice.times
    if rotation.moved(times) == fewest:
        return choice, proven
    priced = rotation.costs @ _even(rotation)
    return evened_out(rotation, rotation.cheapest(times, priced), priced), proven


class _Search:
    """Without a `cap` the highest load is to be low; with one, which no load may exceed, the sum of costs."""

    def __init__(self, rotation: Rotation, start: Choice, *, cap: float | None, near: float, deadline: float) -> None:
        self._rotation, self._cap, self._near, self._deadline = rotation, cap, near, deadline
        self._moved = rotation.moved(start.times)
        self.best = start
        self.value = self._value(start)
        #: The prices of people's loads that have shown what is possible.
        self.prices: list[Prices] = []
        self.bound = 0.0
        self._own_prices = cap is None and self._moved == 0
        self._gains = np.empty(0)

    def come_nearer(self, near: float, deadline: float) -> None:
        """Go on until the bound is so near, or until an earlier deadline."""
        self._near, self._deadline = near, deadline
        self.run()

    def run(self, known: Sequence[Prices] = ()) -> None:
        """Look until the best is found, or the time is over; `known` are prices of loads, from another search."""
        rotation = self._rotation
        if rotation.max_times == 1 and self._moved == 0:
            self._try_each_time()
            return
        size = min(rotation.max_times, len(self.best.times))
        first = self._first_prices()
        if size <= MOST_TIMES and self.bound < self._limit() and self._seconds() > 0:
            self._try_all_at_once(size)
        if self._own_prices and len(self._gains):
            self._look_around(first)
        if size > MOST_TIMES and self.bound < self._limit() and self._seconds() > 0:
            self._try_all_at_once(size)
        screening = rotation.feasible.size * comb(len(self.best.times) - 1, size - 1) / size
        screening *= SCREENING if self._cap is None else SCREENING_COSTS
        if size > MOST_TIMES or self.bound >= self._limit():
            return
        if self._seconds() > screening:
            sets = self._look_into(first, known)
            self.bound = max(self.bound, sets.bound())
        else:
            # There is no time for all sets, but for those beside the best one, and then beside a better one.
            value = np.inf
            while self.value < value and self._seconds() > 0:
                value = self.value
                self._look_into(first, known, neighbours(self.best.times))

    def _try_each_time(self) -> None:
        """Take the best time of all; where no week leaves it, there is nothing else to choose."""
        rotation = self._rotation
        served = np.flatnonzero(rotation.feasible.all(axis=0))
        values = (rotation.burdens + np.tensordot(rotation.weeks, rotation.costs[:, served], 1)).max(axis=1)
        if self._cap is not None:
            values = np.where(values <= self._cap, rotation.weeks @ rotation.totals[:, served], np.inf)
        if values.min() < self.value:
            self.best = rotation.cheapest(_mask(rotation, served[values.argmin()]), rotation.totals)
            self.value = self._value(self.best)
        self.bound = self.value

    def _try_all_at_once(self, size: int) -> None:
        """Leave all to the solver; where that takes too long, the sets of times come one by one."""
        if size > MOST_TIMES or (size > 1 and self._rotation.feasible.sum() <= SMALL):
            uses = self._uses(np.ones_like(self.best.times))
            seconds = self._seconds() * (1 if size > MOST_TIMES else SHARE)
            use = uses.in_whole_weeks(seconds, self._limit(), self._near / 2)
            self._offer(use.choice)
            self.bound = max(self.bound, use.bound)

    def _look_into(self, first: Prices, others: Sequence[Prices], among: Sets | None = None) -> Screen:
        """Screen the sets, all or `among` some, and work out the one that comes next for as long as there is one.

        First in parts, then in whole weeks. `others` are prices from another search.
        """
        sets = Screen(self._rotation, self._moved, first, self._limit(), among=among)
        if self._cap is not None:
            for prices in others:
                sets.exclude(prices, self._cap)
        for prices in self.prices:
            sets.narrow(prices, self._limit())
        if self._own_prices:
            self._sharpen(sets, first.people)
        known: set[bytes] = set()
        in_vain = turn = 0
        while len(sets.sets) and self._seconds() > 0:
            turn += 1
            chosen = self._next(sets, known, beside=turn % (BESIDE + 1) != 0)
            if chosen is None:
                break
            known.add(chosen.tobytes())
            value = self.value
            uses = self._uses(_mask(self._rotation, chosen))
            use = uses.in_parts(self._seconds())
            if use.impossible:
                sets.settle(sets.place(chosen), np.inf, self._limit())
                continue
            self._offer(use.choice)
            sets.narrow(self._priced(use), self._limit())
            if len(sets.place(chosen)):
                use = uses.in_whole_weeks(min(self._seconds(), PATIENCE), self._limit(), self._near / 2)
                self._offer(use.choice)
                sets.settle(sets.place(chosen), use.bound, self._limit())
            in_vain = in_vain + 1 if self.value == value else 0
            if in_vain >= FEW_SETS and FEW_SETS < len(sets.sets) < MANY_SETS:
                self._ask_solver(sets)
                break
        return sets

    def _look_around(self, first: Prices) -> None:
        """Better choices among sets of promising times, and beside the best one, so that fewer sets are left."""
        size = self._rotation.max_times
        most = max(times for times in range(size, size + PROMISING) if times == size or comb(times, size) <= FIRST_SETS)
        promising = np.sort((-self._gains).argsort(kind="stable")[:most])
        among = np.array(list(combinations(promising.tolist(), size)), dtype=np.int64)
        for _ in range(2):
            if self.bound < self._limit() and self._seconds() > 0:
                self._sharpen(Screen(self._rotation, 0, first, self._limit(), among=among), first.people)
                among = neighbours(self.best.times)

    def _sharpen(self, sets: Screen, people: Floats) -> None:
        """Raise the bounds of sets by prices of their own, and follow all ways through the weeks where they are few."""
        rotation, bounds, rest = self._rotation, sets.bounds.copy(), np.arange(len(sets.bounds))
        at_once = max(min(SHARPENED, NUMBERS // (rotation.max_times * rotation.costs[:, 0].size)), 1)
        tried = 0
        while self._seconds() > 0:
            rest = rest[bounds[rest] < self._limit()]
            rest = rest[bounds[rest].argsort(kind="stable")]
            if not len(rest):
                break
            places, rest = rest[:at_once], rest[at_once:]
            own = sharpened(rotation, sets.sets[places], people, self._limit())
            bounds[places] = np.maximum(bounds[places], own.bounds)
            rising = own.bounds.argsort(kind="stable")
            for place in rising[: TRIED - tried]:
                times = _mask(rotation, sets.sets[places[place]])
                self._offer(rotation.cheapest(times, rotation.costs @ own.people[place]))
                tried += 1
            for group in range(0, len(rising), min(FOLLOWED, at_once)):
                limit = self._limit()
                followed = rising[group : group + min(FOLLOWED, at_once)]
                followed = followed[own.bounds[followed] < limit]
                if not len(followed) or self._seconds() <= 0:
                    break
                ways = all_ways(rotation, sets.sets[places[followed]], own.people[followed], limit)
                self._offer(ways.choice)
                finished = places[followed[ways.finished]]
                bounds[finished] = np.maximum(bounds[finished], min(limit, self.value))
            # What is best for some of them tells much of the others, too.
            for known in own.people[rising[:: len(rising) // LENT + 1]]:
                rest = rest[bounds[rest] < self._limit()]
                bounds[rest] = np.maximum(bounds[rest], sets.costs(_of_loads(rotation, known), rest))
        sets.settle(slice(None), bounds, self._limit())

    def _next(self, sets: Screen, known: set[bytes], *, beside: bool) -> NDArray[np.int64] | None:
        """The set with the lowest bound, or `beside` the best one, of which all but one of its times are taken."""
        places = [int(sets.bounds.argmin())]
        if beside:
            shared = np.flatnonzero(self.best.times[sets.sets].sum(axis=1) >= sets.sets.shape[1] - 1)
            places = [*shared[sets.bounds[shared].argsort(kind="stable")].tolist(), *places]
        for place in places:
            chosen: NDArray[np.int64] = sets.sets[place]
            if chosen.tobytes() not in known:
                return chosen
        # The solver could not finish with those that are known.
        return None

    def _first_prices(self) -> Prices:
        """Prices at which good sets cost much the same: for all sets at once, then from a few good ones."""
        rotation = self._rotation
        if self._cap is not None:
            return Prices(0.0, 1.0, np.zeros(len(rotation.burdens)))
        people = average = _even(rotation)
        if 1 < rotation.max_times < rotation.feasible.shape[1]:
            # In a twentieth of a second, so that a bound is known whatever becomes of the rest.
            people = average = self._ascend(average)
        elif rotation.max_times > 1 and self._seconds() > 0:
            every = np.ones_like(self.best.times)
            unlimited = replace(rotation, max_times=len(every))
            use = Uses(unlimited, every, moved=self._moved, cap=None).in_parts(self._seconds())
            self.prices.append(self._priced(use))
            people = average = self.prices[-1].people
        for sounding in range(1, SOUNDINGS + 1 if rotation.max_times > 1 else 1):
            if not self._sound(average):
                break
            average = average + (self.prices[-1].people - average) / (sounding + 1)
        prices = _of_loads(rotation, people)
        self.bound = max(self.bound, *(prices.least(rotation) for prices in (prices, *self.prices)))
        return prices

    def _sound(self, people: Floats) -> bool:
        """Whether there was time for a good set at these prices of loads; it adds the prices that it asks for."""
        times = cheapest_times(self._rotation, self._rotation.costs @ people)
        if self._seconds() <= 0 or self._rotation.moved(times) > self._moved:
            return False
        uses = self._uses(times)
        use = uses.in_parts(self._seconds())
        self._offer(use.choice)
        self.prices.append(self._priced(use))
        self._offer(uses.in_whole_weeks(min(self._seconds(), PATIENCE), self._limit(), self._near / 2).choice)
        return True

    def _ascend(self, people: Floats) -> Floats:
        """Better prices of the loads than these, where time is left; raises the bound."""
        found = ascend(self._rotation, people, moved=self._moved, highest_load=self.value, deadline=self._deadline)
        self.bound = max(self.bound, found.bound)
        self._gains = found.gains
        self.prices.append(_of_loads(self._rotation, found.people))
        return found.people

    def _priced(self, use: Use) -> Prices:
        rotation = self._rotation
        if self._cap is not None:
            return Prices(float(use.prices @ (rotation.burdens - self._cap)), 1.0, use.prices)
        people = use.prices / use.prices.sum() if use.prices.any() else _even(rotation)
        return _of_loads(rotation, people)

    def _ask_solver(self, sets: Screen) -> None:
        """Let the solver choose among the times of all sets that are left."""
        use = self._uses(_mask(self._rotation, sets.sets)).in_whole_weeks(
            self._seconds(), self._limit(), self._near / 2
        )
        self._offer(use.choice)
        sets.settle(slice(None), use.bound, self._limit())

    def _uses(self, among: Mask) -> Uses:
        return Uses(self._rotation, among, moved=self._moved, cap=self._cap)

    def _offer(self, choice: Choice | None) -> None:
        """Take the choice where it is better than the best."""
        if choice is None or self._rotation.moved(choice.times) > self._moved:
            return
        if self._cap is None:
            # Evening out weighs all loads, which may be at the cost of the highest one.
            even = evened_out(self._rotation, choice, self._rotation.totals, pairs=True)
            choice = min(choice, even, key=self._rotation.merit)
        elif self._rotation.loads(choice.counts).max() > self._cap:
            return
        if self._value(choice) < self.value:
            self.best, self.value = choice, self._value(choice)

    def _value(self, choice: Choice) -> float:
        merit = self._rotation.merit(choice)
        return merit.highest_load if self._cap is None else merit.total

    def _limit(self) -> float:
        """What a set has to stay below for a closer look."""
        return self.value / (1 + self._near)

    def _seconds(self) -> float:
        return self._deadline - monotonic()


def _of_loads(rotation: Rotation, people: Floats) -> Prices:
    return Prices(float(people @ rotation.burdens), 0.0, people)


def _even(rotation: Rotation) -> Floats:
    people = len(rotation.burdens)
    return np.full(people, 1 / people)


def _mask(rotation: Rotation, times: NDArray[np.int64]) -> Mask:
    mask = np.zeros(rotation.feasible.shape[1], dtype=np.bool_)
    mask[times] = True
    return mask
