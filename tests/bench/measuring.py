"""How long something takes, and how a figure is shown."""

import statistics
import time
from collections.abc import Callable


def median_seconds(action: Callable[[], object], *, runs: int, clock: Callable[[], float] = time.perf_counter) -> float:
    """The median of the runs after one that warms up."""
    action()
    durations = []
    for _ in range(runs):
        began = clock()
        action()
        durations.append(clock() - began)
    return statistics.median(durations)


def seconds(action: Callable[[], object]) -> float:
    """How long one run takes that nothing has warmed up."""
    began = time.perf_counter()
    action()
    return time.perf_counter() - began


def shown(name: str, value: float, against: str = "") -> None:
    """Print a figure; its name's ending says the unit."""
    print(f"{name:<34}{_with_unit(name, value):>13}   {against}".rstrip())


def _with_unit(name: str, value: float) -> str:
    if name.endswith(("_mb", "_queries", "_rows")):
        return f"{value:,.0f}"
    if name.endswith("_rate"):
        return f"{value:,.0f} /s"
    if name.endswith("_gap"):
        return f"{value:.2%}"
    return f"{value * 1000:,.3f} ms" if value >= 0.000_01 else f"{value * 1e9:,.0f} ns"
