"""A good choice at once: prices on everybody's load say which times to choose, and a short search evens out."""

import numpy as np

from scheduling.engine.series.rotation import Choice, Floats, Mask, Rotation

ROUNDS = 5
#: How many times a moved week may try: the cheapest.
TRIED = 6
#: How many steps are tried together with every other.
LEADERS = 32
#: Less is not worth another step.
LITTLE = 1e-9


def first_choice(rotation: Rotation) -> Choice:
    """A choice near the best one, in milliseconds."""
    prices = np.full(len(rotation.burdens), 1 / len(rotation.burdens))
    choices = []
    for rounds in range(1, ROUNDS + 1):
        priced = rotation.costs @ prices
        choice = evened_out(rotation, rotation.cheapest(cheapest_times(rotation, priced), priced), priced)
        choices.append(choice)
        loads = rotation.loads(choice.counts)
        pressure = _pressure(loads, loads)
        prices = (rounds * prices + pressure / max(pressure.sum(), 1)) / (rounds + 1)
    return min(choices, key=rotation.merit)


def cheapest_times(rotation: Rotation, priced: Floats) -> Mask:
    """The times that leave few weeks without one, and then cost little; found by swapping one at a time."""
    # More than a whole plan costs, so that a week without a time is worse than anything.
    nothing = 1 + float((rotation.weeks * np.where(rotation.feasible, priced, 0).max(axis=1)).sum())
    costs = np.where(rotation.feasible, priced, nothing)
    chosen: list[int] = []
    best = np.inf
    improving = True
    while improving:
        improving = False
        for leaving in chosen if len(chosen) == rotation.max_times else [None]:
            staying = [time for time in chosen if time != leaving]
            prices = rotation.weeks @ np.minimum(costs[:, staying].min(axis=1, initial=nothing)[:, None], costs)
            entering = int(prices.argmin())
            if prices[entering] < best * (1 - LITTLE):
                best, chosen, improving = float(prices[entering]), [*staying, entering], True
                break
    times = np.zeros(costs.shape[1], dtype=np.bool_)
    times[chosen] = True
    return times


def evened_out(rotation: Rotation, choice: Choice, priced: Floats, *, pairs: bool = False) -> Choice:
    """The choice after moving single weeks, or also two at once, for as long as that lowers the highest loads.

    A week tries the times that are cheapest at these prices (class × time).
    """
    allowed = rotation.allowed(choice.times)
    tried = np.where(allowed, priced, np.inf).argsort(axis=1, kind="stable")[:, : max(TRIED, rotation.max_times)]
    open_to = np.take_along_axis(allowed, tried, axis=1)
    classes, places, others = np.nonzero(open_to[:, :, None] & open_to[:, None, :])
    leaving, entering = tried[classes, places], tried[classes, others]
    changes = rotation.costs[classes, entering] - rotation.costs[classes, leaving]
    counts = choice.counts.copy()
    loads = rotation.loads(counts)
    for _ in range(4 * int(rotation.weeks.sum())):
        possible = np.flatnonzero(counts[classes, leaving])
        limit = float(_pressure(loads, loads).sum()) * (1 - LITTLE)
        after = _pressure(loads + changes[possible], loads).sum(axis=1)
        steps = [int(possible[after.argmin()])]
        if after.min() >= limit:
            if not pairs:
                break
            # The best ones of the single steps, none of which helps alone, each with every other.
            seconds = possible[after.argsort(kind="stable")[:LEADERS]]
            both = loads + changes[seconds][:, None] + changes[possible]
            after = _pressure(both, loads).sum(axis=2)
            one_week = (classes[seconds][:, None] == classes[possible]) & (
                leaving[seconds][:, None] == leaving[possible]
            )
            after[one_week & (counts[classes[possible], leaving[possible]] < 2)] = np.inf
            if after.min() >= limit:
                break
            first, second = np.unravel_index(after.argmin(), after.shape)
            steps = [int(seconds[first]), int(possible[second])]
        for step in steps:
            counts[classes[step], leaving[step]] -= 1
            counts[classes[step], entering[step]] += 1
            loads = loads + changes[step]
    return Choice(choice.times, counts)


def _pressure(loads: Floats, present: Floats) -> Floats:
    """How much each load asks to be lowered, beside the highest at present."""
    share = loads / max(float(present.max()), 1.0)
    # Infinite is never worth a step.
    with np.errstate(over="ignore"):
        for _ in range(4):
            share *= share
        pressure: Floats = share * share * share
    return pressure
