"""`make bench`: what is fast, beside a named peer or limit, in one run; docs/benchmarks.md says how to read it."""

import json
import os
import tempfile
from contextlib import ExitStack
from pathlib import Path

import psutil

from config.embedded import embedded_services, exclusive
from tests.bench.measuring import shown
from tests.bench.proposals import SIZES
from tests.bench.slot_calculator import bench_slot_calculator

RESULTS = Path("var") / "bench.json"
MIB = 2**20


def measured() -> dict[str, float]:
    """All figures by name: seconds, where the name's ending doesn't say otherwise."""
    with ExitStack() as stack:
        directory = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="dayband-bench-")))
        stack.enter_context(exclusive(directory, "bench"))
        # A quarter of the memory is what PostgreSQL's manual begins with (section 19.4.1).
        buffers = f"{min(psutil.virtual_memory().total // 4 // MIB, 1024)}MB"
        services = stack.enter_context(embedded_services(directory, durable=False, shared_buffers=buffers))
        os.environ.update(services.urls, DJANGO_SETTINGS_MODULE="config.settings", LOG_LEVEL="WARNING")
        import django  # noqa: PLC0415

        django.setup()
        from django.core.management import call_command  # noqa: PLC0415
        from django.db import connections  # noqa: PLC0415

        from tests.bench.calendars import bench_holidays  # noqa: PLC0415
        from tests.bench.outreach import bench_outreach  # noqa: PLC0415
        from tests.bench.pages import bench_busy_times, bench_propose_page  # noqa: PLC0415
        from tests.bench.proposals import bench_memory, bench_proposals, bench_relaxations, bench_series  # noqa: PLC0415

        call_command("migrate", verbosity=0)
        results: dict[str, float] = {}
        # The page comes first, while nothing has been loaded.
        for bench in (bench_propose_page, bench_busy_times, bench_holidays):
            results |= bench()
        for bench in (bench_proposals, bench_slot_calculator, bench_relaxations, bench_memory, bench_series):
            results |= bench()
        # And this one last, as it fills the database.
        results |= bench_outreach()
        connections.close_all()
    return results


def compared(results: dict[str, float]) -> dict[str, str]:
    """What to hold each figure against, by its name."""

    def times(name: str, other: str, words: str) -> str:
        return f"{results[other] / results[name]:,.1f} x {words}" if other in results else ""

    against = {
        "propose_page_warm": f"{results['propose_page_warm'] / 0.3:.2f} of its limit of 300 ms",
        "propose_page_warm_queries": "limit 12",
        "busy_times_50x28": (
            times("busy_times_50x28", "busy_times_50x28_datetimes", "faster than datetimes one by one; ")
            + times("busy_times_50x28_count", "busy_times_50x28", "counting the rows")
        ),
        "holiday_lookup": f"{results['holiday_lookup'] / results['dict_lookup']:.1f} x a dict's; limit 1,000 ns",
        "relaxations_6x14": f"{results['relaxations_6x14'] / 0.05:.2f} of its limit of 50 ms",
        "memory_200x366_mb": times("memory_200x183_mb", "memory_200x366_mb", "half the year; limit 150"),
        "plain_python_10x28": times("proposal_cold_10x28", "plain_python_10x28", "slower than the engine from cold"),
        "proposal_warm_50x90": times("proposal_warm_5x28", "proposal_warm_50x90", "5 people x 28 days; limit 5"),
    }
    against |= outreach_compared(results)
    for people, days in SIZES:
        size = f"{people}x{days}"
        for state in ("warm", "cold"):
            name = f"proposal_{state}_{size}"
            said = [
                times(name, f"slot_calculator_{size}", "faster than slot-calculator"),
                f"{results[name] / results[f'copy_of_matrix_{size}']:,.0f} x copying the cells",
                against.get(name, ""),
            ]
            against[name] = "; ".join(filter(None, said))
    return against


def outreach_compared(results: dict[str, float]) -> dict[str, str]:
    """What to hold the figures of check-ins against: each beside its bare one, by the names' endings."""
    against = {}
    for bare, figure in results.items():
        if bare.endswith("_bare"):
            name = bare.removesuffix("_bare")
            against[name] = f"{results[name] / figure:.2f} x the bare insertion; limit 1.3"
        if bare.endswith("_bare_rate"):
            name = f"{bare.removesuffix('_bare_rate')}_rate"
            against[name] = f"{results[name] / figure:.2f} x the bare loop; at least 0.8"
    kept, each = results["send_kept_connection_rate"], results["send_new_connections_rate"]
    against["send_rate"] = f"{results['send_rate'] / kept:.2f} x only writing and sending; at least 0.8"
    against["send_kept_connection_rate"] = f"{kept / each:.2f} x a new connection each"
    return against


def main() -> None:
    results = measured()
    against = compared(results)
    for name, value in results.items():
        shown(name, value, against.get(name, ""))
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text(json.dumps(results, indent=2) + "\n")
    print(f"\nThe figures are in {RESULTS}.")


if __name__ == "__main__":
    main()
