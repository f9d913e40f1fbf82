"""Short ways to say who meets and when."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from scheduling.engine import Cell, MeetingRequest, Participant, Role, WeeklyHours, assess, weekly_hours

WEEK = ("mon", "tue", "wed", "thu", "fri")
ALL_WEEK = (*WEEK, "sat", "sun")


def at(text: str) -> datetime:
    """An instant in UTC, from "2026-03-29 01:00"."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def days(*texts: str) -> frozenset[date]:
    return frozenset(map(date.fromisoformat, texts))


def hours(start: str, end: str, weekdays: Iterable[str] = WEEK) -> WeeklyHours:
    return weekly_hours({weekday: [[start, end]] for weekday in weekdays})


ALWAYS = hours("00:00", "00:00", ALL_WEEK)


def person(time_zone: str, *, name: str = "somebody", role: Role = Role.STAFF, **details: Any) -> Participant:
    return Participant(name, role, ZoneInfo(time_zone), **details)


def cells(participant: Participant, start_at: datetime, end_at: datetime) -> tuple[Cell, ...]:
    """The participant's cells between two instants."""
    request = MeetingRequest(15, start_at, end_at)
    return assess(request, [participant]).cells(participant.id, start_at, end_at)


def cell(participant: Participant, start_at: datetime) -> Cell:
    return cells(participant, start_at, start_at + timedelta(minutes=15))[0]
