"""Values out of JSON, each refused by its path where it breaks a rule."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from enum import StrEnum
from functools import cache
from typing import Any, Final, TypeVar
from zoneinfo import ZoneInfo, available_timezones

from scheduling.engine import InvalidInput

#: What a case calls the values that the engine names otherwise.
CASE_NAMES: Final = {"start_at": "from", "end_at": "until", "weekdays": "days", "ids": "of"}

Value = TypeVar("Value")
Choice = TypeVar("Choice", bound=StrEnum)
#: Turns a JSON value into one of the engine's; takes its path as well, for the error.
Reader = Callable[[Any, str], Value]


class JsonObject:
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
def inside(path: str, **elsewhere: str) -> Iterator[None]:
    """Prefix the fields that the engine refuses; those read from JSON have their whole path already.

    `elsewhere` gives the whole path of fields that lie in another object.
    """
    try:
        yield
    except InvalidInput as error:
        if error.field.startswith(path):
            raise
        field = elsewhere.get(error.field, f"{path}.{CASE_NAMES.get(error.field, error.field)}")
        raise InvalidInput(field, error.message) from error


def json_value(text: str | bytes) -> Any:
    def refuse(constant: str) -> None:
        raise InvalidInput("case", f"must be JSON, which has no {constant}")

    try:
        return json.loads(text, parse_constant=refuse)
    except InvalidInput:
        raise
    except (ValueError, RecursionError) as error:
        raise InvalidInput("case", f"must be JSON: {error}") from error


def shown(value: Any) -> str:
    """The value on one line, cut to what a reader needs to find it."""
    try:
        text = json.dumps(value)
    except RecursionError:
        # It could only just be read.
        return "something nested so deeply"
    return text if len(text) <= 60 else f"{text[:57]}..."


def nonempty_text(value: Any, path: str) -> str:
    if not isinstance(value, str) or not value:
        raise InvalidInput(path, f"must be a text, not {shown(value)}")
    return value


def whole_number(value: Any, path: str) -> int:
    if (found := number(value, path)) != int(found):
        raise InvalidInput(path, f"must be a whole number, not {shown(value)}")
    return int(found)


def flag(value: Any, path: str) -> bool:
    if not isinstance(value, bool):
        raise InvalidInput(path, f"must be true or false, not {shown(value)}")
    return value


def number(value: Any, path: str) -> float:
    # 1e999 is JSON, and infinite.
    if isinstance(value, bool) or not isinstance(value, int | float) or value in (float("inf"), float("-inf")):
        raise InvalidInput(path, f"must be a number, not {shown(value)}")
    return value


def one_of(choices: type[Choice]) -> Reader[Choice]:
    def read(value: Any, path: str) -> Choice:
        try:
            return choices(value)
        except (ValueError, RecursionError) as error:
            # The enumeration writes the value into its own error, which fails for one nested deeply.
            raise InvalidInput(path, f"must be one of {', '.join(choices)}, not {shown(value)}") from error

    return read


def list_of(read: Reader[Value], *, at_most: int | None = None) -> Reader[list[Value]]:
    def read_all(value: Any, path: str) -> list[Value]:
        if not isinstance(value, list):
            raise InvalidInput(path, f"must be a list, not {shown(value)}")
        if at_most is not None and not 1 <= len(value) <= at_most:
            raise InvalidInput(path, f"must hold 1 to {at_most}, not {len(value)}")
        return [read(item, f"{path}[{position}]") for position, item in enumerate(value)]

    return read_all


def time_zone(value: Any, path: str) -> ZoneInfo:
    if nonempty_text(value, path) not in _zone_names():
        raise InvalidInput(path, f"must be an IANA time zone such as Europe/Madrid, not {shown(value)}")
    return ZoneInfo(value)


@cache
def _zone_names() -> frozenset[str]:
    return frozenset(available_timezones())


def instant(value: Any, path: str) -> datetime:
    text = nonempty_text(value, path)
    try:
        found = datetime.fromisoformat(text)
        if found.tzinfo is not None:
            return found.astimezone(UTC)
    except (ValueError, OverflowError):
        pass
    raise InvalidInput(path, f"must be an instant such as 2026-03-23T00:00:00Z, not {shown(value)}")


def civil_date(value: Any, path: str) -> date:
    try:
        return date.fromisoformat(nonempty_text(value, path))
    except ValueError as error:
        # InvalidInput is a ValueError too, and says much the same.
        raise InvalidInput(path, f"must be a date such as 2026-03-27, not {shown(value)}") from error


def interval(value: Any, path: str) -> tuple[datetime, datetime]:
    match value:
        case [start, end]:
            return instant(start, f"{path}[0]"), instant(end, f"{path}[1]")
    raise InvalidInput(path, f"must be a start and an end, not {shown(value)}")


def utc(instant: datetime) -> str:
    """How JSON shows an instant."""
    return f"{instant:%Y-%m-%dT%H:%M:%S}Z"
