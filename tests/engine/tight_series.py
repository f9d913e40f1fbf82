"""Small series of people who can hardly meet: their plans need several times, moved weeks and skipped ones."""

import random
from datetime import UTC, date, datetime, timedelta
from typing import Any

from tests.engine.reference import WEEKDAYS

#: Three far apart from one another, one of which changes its clock; a Monday before the change, or some other.
ZONES = ["America/New_York", "Asia/Tokyo", "Europe/London", "America/Bogota", "Pacific/Auckland"]
MONDAYS = [date(2026, 3, 2), date(2026, 3, 23), date(2026, 6, 1), date(2026, 10, 19), date(2026, 10, 26)]


def tight_case(seed: int) -> dict[str, Any]:
    """A case that is small enough to try everything."""
    chance = random.Random(seed)
    weeks = chance.randint(4, 6)
    monday = chance.choice(MONDAYS)
    start, end = (
        datetime(day.year, day.month, day.day, tzinfo=UTC)
        for day in (monday - timedelta(days=7), monday + timedelta(weeks=weeks + 1))
    )
    weekdays = sorted(chance.sample(WEEKDAYS[:6], chance.randint(2, 4)))
    # Around this hour in UTC all can be reached.
    common = chance.randrange(24)
    return {
        "meeting": {
            "duration_minutes": chance.choice([15, 30, 60]),
            "policy": chance.choice(["client_first", "shared", "least_total"]),
            "from": start.isoformat(),
            "until": end.isoformat(),
        },
        "series": {
            "weeks": weeks,
            "start_date": (monday + timedelta(days=chance.randrange(7))).isoformat(),
            "days": weekdays,
            "step_minutes": chance.choice([60, 90, 120] if len(weekdays) < 4 else [120, 180]),
            "max_times": chance.choice([1, 2, 3, 3]),
        },
        "participants": [
            _person(chance, f"p{place}", zone, common, monday, weeks)
            for place, zone in enumerate(chance.sample(ZONES, chance.choice([2, 3, 3])))
        ],
    }


def _person(chance: random.Random, name: str, zone: str, common: int, monday: date, weeks: int) -> dict[str, Any]:
    hours_ahead = {"America/New_York": -5, "Asia/Tokyo": 9, "Europe/London": 0, "America/Bogota": -5}.get(zone, 12)
    first, last = chance.randint(-6, -2), chance.randint(2, 6)
    opens = chance.choice([first, last - 1])
    closes = opens + 1

    def table(*hours: int) -> dict[str, list[list[str]]]:
        pair = [f"{(common + hours_ahead + hour) % 24:02}:00" for hour in hours]
        return {weekday: [pair] for weekday in WEEKDAYS}

    # Somebody may carry so much that the sum of costs decides.
    burden = chance.choice([0, 0, 0, 5, 12.5, 2000])
    # Some days off every week, and one day of the week that is taken every other week.
    days_off = [
        monday + timedelta(weeks=week, days=day)
        for week in range(weeks)
        for day in chance.sample(range(7), chance.choice([0, 0, 1, 3, 4]))
    ]
    taken = chance.randrange(6)
    every_other = [monday + timedelta(weeks=week, days=taken) for week in range(chance.randrange(2), weeks, 2)]
    return {
        "id": name,
        "timezone": zone,
        "role": chance.choice(["client", "staff"]),
        "working_hours": table(opens, closes),
        "reachable_hours": table(first, last),
        "days_off": [day.isoformat() for day in days_off],
        "busy": [
            [f"{day.isoformat()}T00:00:00Z", f"{day.isoformat()}T{chance.randint(8, 23):02}:30:00Z"]
            for day in every_other
        ],
        "burden": burden,
    }
