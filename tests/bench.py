"""`make bench`: what is fast, beside a named peer or limit, in one run.

Compare ratios, not milliseconds: machines differ, and so do two moments of one machine.
"""

import datetime as dt
import json
import os
import statistics
import tempfile
import time
from collections.abc import Callable
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from config.embedded import embedded_services, exclusive

RESULTS = Path("var") / "bench.json"
ZONES = ["America/Toronto", "Europe/London", "Europe/Bucharest", "Asia/Kolkata", "Asia/Tokyo"]
START_AT = dt.datetime(2026, 3, 2, tzinfo=dt.UTC)  # the weeks in which American, then European clocks change


def median_seconds(action: Callable[[], object], *, runs: int) -> float:
    """The median of the runs after one that warms up."""
    action()
    durations = []
    for _ in range(runs):
        began = time.perf_counter()
        action()
        durations.append(time.perf_counter() - began)
    return statistics.median(durations)


def case(people: int, days: int) -> dict[str, Any]:
    """A case as in docs/fair-slots.md with 50 busy times a person for every 28 days."""

    def instant(at: dt.datetime) -> str:
        return at.strftime("%Y-%m-%dT%H:%M:%SZ")

    def busy(person: int) -> list[list[str]]:
        number = 50 * days // 28
        gap = dt.timedelta(days=days) / number
        starts = [START_AT + position * gap + dt.timedelta(minutes=7 * person) for position in range(number)]
        return [[instant(at), instant(at + dt.timedelta(minutes=45))] for at in starts]

    return {
        "meeting": {
            "duration_minutes": 60,
            "from": instant(START_AT),
            "until": instant(START_AT + dt.timedelta(days=days)),
        },
        "participants": [
            {
                "id": f"person-{person}",
                "role": "client" if person % 2 == 0 else "staff",
                "timezone": ZONES[person % len(ZONES)],
                "burden": person * 3.5,
                "busy": busy(person),
            }
            for person in range(people)
        ],
    }


def bench_proposals() -> dict[str, float]:
    """The engine beside the plain Python reference of the same specification."""
    from scheduling.engine import propose  # noqa: PLC0415
    from scheduling.meetings.cases import parse_case  # noqa: PLC0415
    from tests.engine import reference  # noqa: PLC0415

    results = {}
    for people, days in ((5, 28), (10, 28), (50, 90)):
        request, participants = parse_case(json.dumps(case(people, days)))
        results[f"engine_{people}x{days}"] = median_seconds(partial(propose, request, participants), runs=15)
    slow = case(10, 28)
    results["reference_10x28"] = median_seconds(lambda: reference.solve(slow), runs=1)
    return results


def bench_holidays() -> dict[str, float]:
    """A look-up in a calendar beside one in a dict."""
    from holidays_app import calendars  # noqa: PLC0415
    from holidays_app.calendars import Calendar  # noqa: PLC0415

    calendar, day = Calendar("DE", "BY"), dt.date(2026, 6, 4)
    plain = {day: "Corpus Christi"}
    loop = range(10_000)
    return {
        "holiday_lookup": median_seconds(lambda: [calendars.is_off(calendar, day) for _ in loop], runs=15) / len(loop),
        "dict_lookup": median_seconds(lambda: [day in plain for _ in loop], runs=15) / len(loop),
    }


def bench_propose_page() -> dict[str, float]:
    """The propose page with six people over two weeks, from the request to the last byte."""
    from django.core.management import call_command  # noqa: PLC0415
    from django.db import connection  # noqa: PLC0415
    from django.test import Client as Browser  # noqa: PLC0415
    from django.test.utils import CaptureQueriesContext  # noqa: PLC0415
    from django.urls import reverse  # noqa: PLC0415

    from clients.models import AccountManager, Contact  # noqa: PLC0415

    call_command("migrate", verbosity=0)
    call_command("seed_demo", verbosity=0)
    user = AccountManager.objects.get(email="maya@dayband.example")
    contacts = Contact.objects.filter(client__team__in=user.teams.all()).order_by("pk")[:5]
    browser = Browser(SERVER_NAME="localhost")
    browser.force_login(user)
    chosen = [("contacts", contact.pk) for contact in contacts] + [("colleagues", user.pk), ("duration", 45)]

    def page() -> None:
        assert browser.get(f"{reverse('meetings:propose')}?{urlencode(chosen)}").status_code == 200

    began = time.perf_counter()
    page()
    first = time.perf_counter() - began
    seconds = median_seconds(page, runs=15)
    with CaptureQueriesContext(connection) as queries:
        page()
    return {"propose_page_first": first, "propose_page": seconds, "propose_page_queries": len(queries)}


def line(name: str, value: str, against: str = "") -> None:
    print(f"{name:<44}{value:>14}   {against}")


def milliseconds(seconds: float) -> str:
    return f"{seconds * 1000:.3f} ms"


def main() -> None:
    with ExitStack() as stack:
        directory = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="dayband-bench-")))
        stack.enter_context(exclusive(directory, "bench"))
        services = stack.enter_context(embedded_services(directory, durable=False))
        os.environ.update(services.urls, DJANGO_SETTINGS_MODULE="config.settings", LOG_LEVEL="WARNING")
        import django  # noqa: PLC0415

        django.setup()
        results = bench_proposals() | bench_holidays() | bench_propose_page()
        from django.db import connections  # noqa: PLC0415

        connections.close_all()

    speedup = results["reference_10x28"] / results["engine_10x28"]
    growth = results["engine_50x90"] / results["engine_5x28"]
    line("proposal, 5 people x 28 days", milliseconds(results["engine_5x28"]))
    line("proposal, 10 people x 28 days", milliseconds(results["engine_10x28"]), f"{speedup:,.0f} x plain Python")
    line("proposal, 50 people x 90 days", milliseconds(results["engine_50x90"]), f"{growth:.1f} x 5 people x 28 days")
    line("plain Python, 10 people x 28 days", milliseconds(results["reference_10x28"]))
    lookup = results["holiday_lookup"] / results["dict_lookup"]
    nanoseconds = f"{results['holiday_lookup'] * 1e9:.0f} ns"
    line("holiday look-up", nanoseconds, f"{lookup:.1f} x a dict look-up; limit 1,000 ns")
    limit = results["propose_page"] / 0.3
    page_time = milliseconds(results["propose_page"])
    line("propose page, 6 people x 2 weeks", page_time, f"{limit:.2f} of its limit of 300 ms")
    line("propose page, first time", milliseconds(results["propose_page_first"]))
    line("propose page, queries", f"{results['propose_page_queries']:.0f}", "limit 12")
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text(json.dumps(results, indent=2) + "\n")
    print(f"\nThe figures are in {RESULTS}.")


if __name__ == "__main__":
    main()
