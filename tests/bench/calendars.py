"""Holidays: worked out once, and looked up from then on."""

import datetime as dt
import time
from functools import partial

from holidays_app import calendars
from holidays_app.calendars import Calendar, UnsupportedYear
from tests.bench.measuring import median_seconds, seconds

YEARS = (2025, 2026, 2027)
LOOKUPS = range(10_000)


def bench_holidays() -> dict[str, float]:
    """All countries for three years once, and again; a look-up in a calendar beside one in a dict."""

    def everywhere() -> None:
        for country in calendars.countries():
            for year in YEARS:
                try:
                    calendars.year_days(Calendar(country), year)
                except UnsupportedYear:
                    continue

    calendar, day = Calendar("DE", "BY"), dt.date(2026, 6, 4)
    plain = {day: "Corpus Christi"}
    # The processor's time, as these two differ by less than what else the machine does.
    lookup = partial(median_seconds, runs=25, clock=time.process_time)
    return {
        "holidays_everywhere_once": seconds(everywhere),
        "holidays_everywhere_again": median_seconds(everywhere, runs=5),
        "holiday_lookup": lookup(lambda: [calendars.is_off(calendar, day) for _ in LOOKUPS]) / len(LOOKUPS),
        "dict_lookup": lookup(lambda: [day in plain for _ in LOOKUPS]) / len(LOOKUPS),
    }
