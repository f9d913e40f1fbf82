"""Holidays: worked out once, and looked up from then on."""

import datetime as dt

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
    return {
        "holidays_everywhere_once": seconds(everywhere),
        "holidays_everywhere_again": median_seconds(everywhere, runs=5),
        "holiday_lookup": median_seconds(lambda: [calendars.is_off(calendar, day) for _ in LOOKUPS], runs=15)
        / len(LOOKUPS),
        "dict_lookup": median_seconds(lambda: [day in plain for _ in LOOKUPS], runs=15) / len(LOOKUPS),
    }
