"""Booked series, planned by the engine or at walls that a test names."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from clients.models import AccountManager, Contact
from scheduling.engine import SeriesPlan, SeriesRequest, WeeklyTime, plan_series
from scheduling.meetings import services
from scheduling.meetings.models import Series
from scheduling.meetings.models.series import monday_of
from scheduling.meetings.series.planning import series_attendees

WEEK = dt.timedelta(weeks=1)
DAY = dt.timedelta(days=1)


def planned(manager: AccountManager, contact: Contact, request: SeriesRequest, *, now: dt.datetime) -> SeriesPlan:
    """The engine's plan for the two."""
    people = series_attendees(request, contacts=[contact], colleagues=[manager], now=now)
    return plan_series(request, [one.participant for one in people])


def starts_of(plan: SeriesPlan) -> list[dt.datetime]:
    """When the plan's occurrences are."""
    return [occurrence.slot.start_at for occurrence in plan.occurrences if occurrence.slot]


def book_weekly(
    manager: AccountManager,
    contact: Contact,
    *,
    start_date: dt.date,
    walls: Sequence[tuple[int, dt.time] | None],
    times: Sequence[tuple[int, dt.time]],
    now: dt.datetime,
    **values: Any,
) -> Series:
    """A series with a weekday and wall time a week on the contact's wall, or none, at the weekly `times`."""
    monday = monday_of(start_date)
    starts = [
        dt.datetime.combine(monday + week * WEEK + wall[0] * DAY, wall[1], contact.zone).astimezone(dt.UTC)
        for week, wall in enumerate(walls)
        if wall
    ]
    wanted: dict[str, Any] = {
        "actor": manager,
        "contacts": [contact],
        "colleagues": [manager],
        "request": SeriesRequest(duration_minutes=45, weeks=len(walls), start_date=start_date),
        "times": [WeeklyTime(*one) for one in times],
        "starts": starts,
        "title": "Weekly sync",
        "now": now,
    }
    return services.book_series(**{**wanted, **values})
