"""A case that asks for a series, and its plan (docs/fair-slots.md, "A series")."""

from datetime import date, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from scheduling.engine import (
    WEEKDAYS,
    InvalidInput,
    Occurrence,
    Participant,
    Policy,
    SeriesPlan,
    SeriesRequest,
    WeeklyTime,
    check_series_participants,
)
from scheduling.meetings.cases.people import participants_of
from scheduling.meetings.cases.proposals import slot_json
from scheduling.meetings.cases.reading import (
    JsonObject,
    civil_date,
    inside,
    json_value,
    list_of,
    one_of,
    shown,
    whole_number,
)

#: A Monday on the anchor's calendar has begun or not yet begun where others are.
ELSEWHERE: Final = timedelta(days=2)


def parse_series_case(text: str | bytes) -> tuple[SeriesRequest, tuple[Participant, ...]]:
    """The engine's values for a case with a series.

    Raises:
        InvalidInput: naming the value by its path, as in `series.weeks`.
    """
    case = JsonObject(json_value(text), "")
    duration_minutes, policy = case.required("meeting", _meeting)

    def series(value: Any, path: str) -> SeriesRequest:
        return _series(JsonObject(value, path), duration_minutes, policy)

    request = case.required("series", series)

    def horizon(zone: ZoneInfo) -> tuple[date, date]:
        after = request.start_date + timedelta(weeks=request.weeks, minutes=duration_minutes)
        return request.start_date - timedelta(weeks=1) - ELSEWHERE, after + ELSEWHERE

    participants = participants_of(case, horizon)
    check_series_participants(participants)
    case.optional("pools", _no_pools, [])
    return request, participants


def plan_json(plan: SeriesPlan) -> dict[str, Any]:
    """The plan of a series, ready for `json.dumps`."""
    return {
        "times": [_time_json(time) for time in plan.times],
        "weeks": [_week_json(occurrence) for occurrence in plan.occurrences],
        "loads": dict(plan.loads),
        "max_load": plan.max_load,
        "lower_bound": plan.lower_bound,
        "fixed": {
            "time": plan.fixed.time and _time_json(plan.fixed.time),
            "moved": plan.fixed.moved,
            "max_load": plan.fixed.max_load,
        },
    }


def _meeting(value: Any, path: str) -> tuple[int, Policy]:
    meeting = JsonObject(value, path)
    return (
        meeting.required("duration_minutes", whole_number),
        meeting.optional("policy", one_of(Policy), Policy.CLIENT_FIRST),
    )


def _no_pools(value: Any, path: str) -> list[Any]:
    if value != []:
        raise InvalidInput(path, "must be left out: a series is planned for all")
    return []


def _series(series: JsonObject, duration_minutes: int, policy: Policy) -> SeriesRequest:
    with inside(series.path, duration_minutes="meeting.duration_minutes"):
        return SeriesRequest(
            duration_minutes=duration_minutes,
            weeks=series.required("weeks", whole_number),
            start_date=series.required("start_date", civil_date),
            weekdays=series.optional("days", _weekdays, (0, 1, 2, 3, 4)),
            step_minutes=series.optional("step_minutes", whole_number, 30),
            max_times=series.optional("max_times", whole_number, 3),
            policy=policy,
        )


def _weekdays(value: Any, path: str) -> tuple[int, ...]:
    return tuple(sorted(set(list_of(_weekday)(value, path))))


def _weekday(value: Any, path: str) -> int:
    if value not in WEEKDAYS:
        raise InvalidInput(path, f"must be one of {', '.join(WEEKDAYS)}, not {shown(value)}")
    return WEEKDAYS.index(value)


def _time_json(time: WeeklyTime) -> dict[str, str]:
    return {"weekday": WEEKDAYS[time.weekday], "wall_time": f"{time.wall:%H:%M}"}


def _week_json(occurrence: Occurrence) -> dict[str, Any]:
    week = {"week_start": occurrence.week_start_date.isoformat(), "kind": occurrence.kind.value}
    return week if occurrence.slot is None else week | slot_json(occurrence.slot)
