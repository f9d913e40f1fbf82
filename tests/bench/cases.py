"""The cases that are measured: people of five zones through the weeks in which their clocks change."""

import datetime as dt
from typing import Any

ZONES = ["America/Toronto", "Europe/London", "Europe/Bucharest", "Asia/Kolkata", "Asia/Tokyo"]
START_AT = dt.datetime(2026, 3, 2, tzinfo=dt.UTC)  # American clocks change on the 8th, European ones on the 29th
BUSY_TIMES = 50  # a person for every 28 days


def case(people: int, days: int) -> dict[str, Any]:
    """A case as in docs/fair-slots.md: an hour, every quarter of an hour, office hours from 9 to 17."""
    return {
        "meeting": {
            "duration_minutes": 60,
            "step_minutes": 15,
            "from": _instant(START_AT),
            "until": _instant(START_AT + dt.timedelta(days=days)),
        },
        "participants": [
            {
                "id": f"person-{person}",
                "role": "client" if person % 2 == 0 else "staff",
                "timezone": ZONES[person % len(ZONES)],
                "burden": person * 3.5,
                "busy": _busy(person, days),
            }
            for person in range(people)
        ],
    }


def _busy(person: int, days: int) -> list[list[str]]:
    number = BUSY_TIMES * days // 28
    gap = dt.timedelta(days=days) / number
    starts = [START_AT + position * gap + dt.timedelta(minutes=7 * person) for position in range(number)]
    return [[_instant(at), _instant(at + dt.timedelta(minutes=45))] for at in starts]


def _instant(at: dt.datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")
