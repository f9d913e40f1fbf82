"""Proposals as JSON: the case that asks for one, and the result (docs/fair-slots.md, "A case as JSON")."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from functools import cache
from typing import Any, Final, TypeVar
from zoneinfo import ZoneInfo, available_timezones

from holidays_app.calendars import Calendar, CalendarDays, UnknownCalendar, UnsupportedYear, days_between
from scheduling.engine import (
    DEFAULT_REACHABLE_HOURS,
    DEFAULT_WORKING_HOURS,
    MAX_PARTICIPANTS,
    NO_HOURS,
    InvalidInput,
    MeetingRequest,
    Participant,
    Policy,
    Proposal,
    Role,
    weekly_hours,
)

#: The dates of a slot and their neighbours, in any zone.
CALENDAR_MARGIN: Final = timedelta(days=3)
#: What a case calls the values that the engine names otherwise.
CASE_NAMES: Final = {"start_at": "from", "end_at": "until"}

Value = TypeVar("Value")
Choice = TypeVar("Choice", bound=StrEnum)
#: Turns a JSON value into one of the engine's; takes its path as well, for the error.
Reader = Callable[[Any, str], Value]


def parse_case(text: str | bytes) -> tuple[MeetingRequest, tuple[Participant, ...]]:
    """The engine's values for a case.

    Raises:
        InvalidInput: naming the value by its path, as in `participants[0].working_hours.mon[1]`.
    """
    case = _Object(_json(text), "")
    request = case.required("meeting", _meeting)
    ids: set[str] = set()

    def participant(value: Any, path: str) -> Participant:
        person = _participant(_Object(value, path), request)
        if person.id in ids:
            raise InvalidInput(f"{path}.id", f"must differ from those before it, not be {_shown(person.id)} again")
        ids.add(person.id)
        return person

    return request, tuple(case.required("participants", _list_of(participant, at_most=MAX_PARTICIPANTS)))


def result_json(proposal: Proposal) -> dict[str, Any]:
    """The result of a case, ready for `json.dumps`."""
    return {
        "feasible": proposal.feasible,
        "slots": [
            {
                "start": _utc(slot.start_at),
                "end": _utc(slot.end_at),
                "participants": [
                    {
                        "id": person.id,
                        "local_start": person.local_start.isoformat(),
                        "local_end": person.local_end.isoformat(),
                        "band": person.band.value,
                        "cost": person.cost,
                        "load": person.load,
                    }
                    for person in slot.participants
                ],
            }
            for slot in proposal.slots
        ],
        "near_misses": [
            {
                "start": _utc(near_miss.start_at),
                "blockers": [[participant_id, reason.value] for participant_id, reason in near_miss.blockers],
            }
            for near_miss in proposal.near_misses
        ],
    }


def _utc(instant: datetime) -> str:
    return f"{instant:%Y-%m-%dT%H:%M:%S}Z"


def _meeting(value: Any, path: str) -> MeetingRequest:
    meeting = _Object(value, path)
    with _inside(path):
        return MeetingRequest(
            duration_minutes=meeting.required("duration_minutes", _whole),
            start_at=meeting.required("from", _instant),
            end_at=meeting.required("until", _instant),
            step_minutes=meeting.optional("step_minutes", _whole, 15),
            policy=meeting.optional("policy", _one_of(Policy), Policy.CLIENT_FIRST),
            count=meeting.optional("count", _whole, 5),
        )


def _participant(person: "_Object", request: MeetingRequest) -> Participant:
    participant_id = person.required("id", _text)
    zone = person.required("timezone", _zone)
    dates: Reader[list[date]] = _list_of(_date)
    no_dates: list[date] = []

    def calendar_days(value: Any, path: str) -> CalendarDays | None:
        first_date = request.start_at.astimezone(zone).date() - CALENDAR_MARGIN
        last_date = request.end_at.astimezone(zone).date() + CALENDAR_MARGIN
        return _calendar_days(_Object(value, path), first_date, last_date)

    calendar = person.optional("calendar", calendar_days, None, null=True)
    days_off, half_days, extra_workdays = (
        frozenset(person.optional(key, dates, no_dates)) for key in ("days_off", "half_days", "extra_workdays")
    )
    with _inside(person.path):
        return Participant(
            id=participant_id,
            role=person.optional("role", _one_of(Role), Role.STAFF),
            zone=zone,
            working_hours=person.optional("working_hours", weekly_hours, DEFAULT_WORKING_HOURS, null=True),
            preferred_hours=person.optional("preferred_hours", weekly_hours, NO_HOURS, null=True),
            reachable_hours=person.optional("reachable_hours", weekly_hours, DEFAULT_REACHABLE_HOURS, null=True),
            days_off=days_off.union(calendar.holidays) if calendar else days_off,
            half_days=half_days.union(calendar.half_days) if calendar else half_days,
            extra_workdays=extra_workdays.union(calendar.workdays) if calendar else extra_workdays,
            busy=tuple(person.optional("busy", _list_of(_interval), [])),
            buffer_minutes=person.optional("buffer_minutes", _whole, 0),
            burden=person.optional("burden", _number, 0.0),
        )


def _calendar_days(value: "_Object", first_date: date, last_date: date) -> CalendarDays | None:
    country = value.optional("country", _text, None, null=True)
    subdivision = value.optional("subdivision", _text, None, null=True)
    categories = value.optional("categories", _list_of(_text), ["public"])
    if country is None:
        return None
    try:
        return days_between(Calendar(country, subdivision, tuple(categories)), first_date, last_date)
    except UnknownCalendar as error:
        raise InvalidInput(f"{value.path}.{error.field}", error.message) from error
    except UnsupportedYear as error:
        raise InvalidInput(f"{value.path}.country", str(error)) from error


class _Object:
    """A JSON object that knows its path; keys that nobody asks for are welcome."""

    def __init__(self, value: Any, path: str) -> None:
        if not isinstance(value, dict):
            raise InvalidInput(path or "case", "must be a JSON object")
        self.path = path
        self._value = value

    def required(self, key: str, read: Reader[Value]) -> Value:
        if key not in self._value:
            raise InvalidInput(self._path_of(key), "is required")
        return read(self._value[key], self._path_of(key))

    def optional(self, key: str, read: Reader[Value], default: Value, *, null: bool = False) -> Value:
        """The value of a key that may be left out, or be null where `null` is true."""
        if key not in self._value or (null and self._value[key] is None):
            return default
        return read(self._value[key], self._path_of(key))

    def _path_of(self, key: str) -> str:
        return f"{self.path}.{key}" if self.path else key


@contextmanager
def _inside(path: str) -> Iterator[None]:
    """Prefix the fields that the engine refuses; those read from JSON have their whole path already."""
    try:
        yield
    except InvalidInput as error:
        if error.field.startswith(path):
            raise
        field = CASE_NAMES.get(error.field, error.field)
        raise InvalidInput(f"{path}.{field}", error.message) from error


def _json(text: str | bytes) -> Any:
    def refuse(constant: str) -> None:
        raise InvalidInput("case", f"must be JSON, which has no {constant}")

    try:
        return json.loads(text, parse_constant=refuse)
    except InvalidInput:
        raise
    except (ValueError, RecursionError) as error:
        raise InvalidInput("case", f"must be JSON: {error}") from error


def _shown(value: Any) -> str:
    """The value on one line, cut to what a reader needs to find it."""
    text = json.dumps(value)
    return text if len(text) <= 60 else f"{text[:57]}..."


def _text(value: Any, path: str) -> str:
    if not isinstance(value, str) or not value:
        raise InvalidInput(path, f"must be a text, not {_shown(value)}")
    return value


def _whole(value: Any, path: str) -> int:
    number = _number(value, path)
    if number != int(number):
        raise InvalidInput(path, f"must be a whole number, not {_shown(value)}")
    return int(number)


def _number(value: Any, path: str) -> float:
    # 1e999 is JSON, and infinite.
    if isinstance(value, bool) or not isinstance(value, int | float) or value in (float("inf"), float("-inf")):
        raise InvalidInput(path, f"must be a number, not {_shown(value)}")
    return value


def _one_of(choices: type[Choice]) -> Reader[Choice]:
    def read(value: Any, path: str) -> Choice:
        try:
            return choices(value)
        except ValueError as error:
            raise InvalidInput(path, f"must be one of {', '.join(choices)}, not {_shown(value)}") from error

    return read


def _list_of(read: Reader[Value], *, at_most: int | None = None) -> Reader[list[Value]]:
    def read_all(value: Any, path: str) -> list[Value]:
        if not isinstance(value, list):
            raise InvalidInput(path, f"must be a list, not {_shown(value)}")
        if at_most is not None and not 1 <= len(value) <= at_most:
            raise InvalidInput(path, f"must hold 1 to {at_most}, not {len(value)}")
        return [read(item, f"{path}[{position}]") for position, item in enumerate(value)]

    return read_all


def _zone(value: Any, path: str) -> ZoneInfo:
    if _text(value, path) not in _zone_names():
        raise InvalidInput(path, f"must be an IANA time zone such as Europe/Madrid, not {_shown(value)}")
    return ZoneInfo(value)


@cache
def _zone_names() -> frozenset[str]:
    return frozenset(available_timezones())


def _instant(value: Any, path: str) -> datetime:
    text = _text(value, path)
    try:
        instant = datetime.fromisoformat(text)
        if instant.tzinfo is not None:
            return instant.astimezone(UTC)
    except (ValueError, OverflowError):
        pass
    raise InvalidInput(path, f"must be an instant such as 2026-03-23T00:00:00Z, not {_shown(value)}")


def _date(value: Any, path: str) -> date:
    try:
        return date.fromisoformat(_text(value, path))
    except ValueError as error:
        # InvalidInput is a ValueError too, and says much the same.
        raise InvalidInput(path, f"must be a date such as 2026-03-27, not {_shown(value)}") from error


def _interval(value: Any, path: str) -> tuple[datetime, datetime]:
    match value:
        case [start, end]:
            return _instant(start, f"{path}[0]"), _instant(end, f"{path}[1]")
    raise InvalidInput(path, f"must be a start and an end, not {_shown(value)}")
