"""What the engine is asked: who meets, for how long, and within which horizon."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from math import comb, prod
from operator import lt
from zoneinfo import ZoneInfo

MAX_PARTICIPANTS = 200
MAX_HORIZON_DAYS = 366
MAX_TEAMS = 1_000
# Loads stay below 2**53 micropoints, so that a float can show all six decimals.
MAX_BURDEN = 1_000_000_000
MAX_MINUTES = MAX_HORIZON_DAYS * 1440
EARLIEST_AT = datetime(1900, 1, 1, tzinfo=UTC)
LATEST_AT = datetime(2200, 1, 1, tzinfo=UTC)

DAY_MINUTES = 1440
CELL_MINUTES = 15
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")

#: Minutes since the midnight that begins the day: start, and end (past 1440 where hours run past midnight).
DayHours = tuple[tuple[int, int], ...]
#: Monday to Sunday.
WeeklyHours = tuple[DayHours, DayHours, DayHours, DayHours, DayHours, DayHours, DayHours]

_NINE_TO_FIVE: DayHours = ((9 * 60, 17 * 60),)
_WAKING: DayHours = ((6 * 60, 23 * 60),)
NO_HOURS: WeeklyHours = ((), (), (), (), (), (), ())
DEFAULT_WORKING_HOURS: WeeklyHours = (
    _NINE_TO_FIVE, _NINE_TO_FIVE, _NINE_TO_FIVE, _NINE_TO_FIVE, _NINE_TO_FIVE, (), (),
)  # fmt: skip
DEFAULT_REACHABLE_HOURS: WeeklyHours = (_WAKING, _WAKING, _WAKING, _WAKING, _WAKING, _WAKING, _WAKING)


class InvalidInput(ValueError):
    """A value that breaks a rule: `field` names it, `message` says what would be right."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(f"{field}: {message}")
        self.field = field
        self.message = message


class Role(StrEnum):
    CLIENT = "client"
    STAFF = "staff"


class Policy(StrEnum):
    """Whose inconvenience weighs how much, and whether the worst-off or the total counts first."""

    CLIENT_FIRST = "client_first"
    SHARED = "shared"
    LEAST_TOTAL = "least_total"


_CLOCK_TIME = re.compile(r"([01][0-9]|2[0-3]):([0-5][0-9])")


def weekly_hours(hours: Mapping[str, Iterable[Iterable[str]]], field: str = "hours") -> WeeklyHours:
    """Hours per weekday from pairs such as `{"mon": [["09:00", "17:00"]]}`; weekdays left out have none.

    Raises:
        InvalidInput: naming the pair, as in `hours.mon[0]`.
    """
    if not isinstance(hours, Mapping):
        raise InvalidInput(field, 'must map weekdays to pairs, as in {"mon": [["09:00", "17:00"]]}')
    for name in hours:
        if name not in WEEKDAYS:
            raise InvalidInput(field, f"has an unknown weekday; use {', '.join(WEEKDAYS)}")
    monday, tuesday, wednesday, thursday, friday, saturday, sunday = (
        _day_hours(hours.get(name, ()), f"{field}.{name}") for name in WEEKDAYS
    )
    return monday, tuesday, wednesday, thursday, friday, saturday, sunday


def _day_hours(pairs: Iterable[Iterable[str]], field: str) -> DayHours:
    if not isinstance(pairs, list | tuple):
        raise InvalidInput(field, 'must be a list of pairs, as in [["09:00", "17:00"]]')
    return tuple(_pair(pair, f"{field}[{position}]") for position, pair in enumerate(pairs))


def _pair(pair: Iterable[str], field: str) -> tuple[int, int]:
    if not isinstance(pair, list | tuple) or len(pair) != 2:
        raise InvalidInput(field, 'must be a start and an end, as in ["09:00", "17:00"]')
    start, end = (_minute(text, field) for text in pair)
    return (start, end) if end > start else (start, end + DAY_MINUTES)


def _minute(text: object, field: str) -> int:
    match = _CLOCK_TIME.fullmatch(text) if isinstance(text, str) else None
    if match is None:
        raise InvalidInput(field, "must hold times from 00:00 to 23:59 as HH:MM; write midnight as 00:00")
    return int(match[1]) * 60 + int(match[2])


@dataclass(frozen=True, slots=True)
class Participant:
    """One person in the meeting, who need not come where `optional`.

    `days_off` holds own days off and the calendar's holidays together; `busy` holds half-open intervals, and
    `busy_seconds` more of them as seconds since 1970, starts and ends in turn, which are quicker to read.
    """

    id: str
    role: Role
    zone: ZoneInfo
    working_hours: WeeklyHours = DEFAULT_WORKING_HOURS
    preferred_hours: WeeklyHours = NO_HOURS
    reachable_hours: WeeklyHours = DEFAULT_REACHABLE_HOURS
    days_off: frozenset[date] = frozenset()
    half_days: frozenset[date] = frozenset()
    extra_workdays: frozenset[date] = frozenset()
    busy: tuple[tuple[datetime, datetime], ...] = ()
    busy_seconds: tuple[float, ...] = ()
    buffer_minutes: int = 0
    burden: float = 0.0
    optional: bool = False

    def __post_init__(self) -> None:
        for name in ("working_hours", "preferred_hours", "reachable_hours"):
            _check_weekly_hours(getattr(self, name), name)
        for position, (start_at, end_at) in enumerate(self.busy):
            if start_at.tzinfo is None or end_at.tzinfo is None:
                raise InvalidInput(f"busy[{position}]", "must have a time zone or offset")
            if end_at <= start_at:
                raise InvalidInput(f"busy[{position}]", "must end after it starts")
        starts, ends = self.busy_seconds[::2], self.busy_seconds[1::2]
        if len(starts) != len(ends) or not all(map(lt, starts, ends)):
            raise InvalidInput("busy_seconds", "must hold starts and ends in turn, each end after its start")
        if not 0 <= self.buffer_minutes <= MAX_MINUTES:
            raise InvalidInput("buffer_minutes", f"must be a number from 0 to {MAX_MINUTES:,}")
        # Not a number compares with nothing, so that it is refused as well.
        if not 0 <= self.burden <= MAX_BURDEN:
            raise InvalidInput("burden", f"must be a number from 0 to {MAX_BURDEN:,}")


def _check_weekly_hours(hours: WeeklyHours, field: str) -> None:
    if len(hours) != len(WEEKDAYS):
        raise InvalidInput(field, "must have seven days, Monday to Sunday")
    for name, pairs in zip(WEEKDAYS, hours, strict=True):
        for position, (start, end) in enumerate(pairs):
            if not 0 <= start < DAY_MINUTES or not start < end <= start + DAY_MINUTES:
                raise InvalidInput(f"{field}.{name}[{position}]", "must start on its day and end within 24 hours")


@dataclass(frozen=True, slots=True)
class Pool:
    """Participants of whom only so many come, as in "any one of these" or "two of these three"."""

    ids: tuple[str, ...]
    take: int = 1

    def __post_init__(self) -> None:
        if len(self.ids) < 2:
            raise InvalidInput("ids", "must hold at least two people to choose from")
        if len(set(self.ids)) < len(self.ids):
            raise InvalidInput("ids", "must not hold anybody twice")
        if not 1 <= self.take < len(self.ids):
            raise InvalidInput("take", f"must be at least 1 and leave somebody out: at most {len(self.ids) - 1}")


@dataclass(frozen=True, slots=True)
class MeetingRequest:
    """What is looked for: a meeting that starts at or after `start_at` and ends by `end_at`.

    Everybody comes who is in none of the `pools` and not optional, and so many of each pool as it takes.
    """

    duration_minutes: int
    start_at: datetime
    end_at: datetime
    step_minutes: int = 15
    policy: Policy = Policy.CLIENT_FIRST
    count: int = 5
    pools: tuple[Pool, ...] = ()

    def __post_init__(self) -> None:
        for name in ("duration_minutes", "step_minutes"):
            minutes = getattr(self, name)
            if not 0 < minutes <= MAX_MINUTES or minutes % CELL_MINUTES:
                raise InvalidInput(name, f"must be a multiple of {CELL_MINUTES} from {CELL_MINUTES} to {MAX_MINUTES:,}")
        check_horizon(self.start_at, self.end_at)
        if self.count < 1:
            raise InvalidInput("count", "must be at least 1")
        if self.pools:
            _check_teams(self.pools)


def _check_teams(pools: tuple[Pool, ...]) -> None:
    seen: set[str] = set()
    for position, pool in enumerate(pools):
        if not seen.isdisjoint(pool.ids):
            raise InvalidInput(f"pools[{position}]", "must not hold anybody of the pools before it")
        seen.update(pool.ids)
    if prod(comb(len(pool.ids), pool.take) for pool in pools) > MAX_TEAMS:
        raise InvalidInput("pools", f"must leave at most {MAX_TEAMS:,} teams to choose from")


def check_horizon(start_at: datetime, end_at: datetime) -> None:
    """Check the time that is looked at.

    Raises:
        InvalidInput: an instant without zone or far from today, an end not after the start, or too long a time.
    """
    for name, instant in (("start_at", start_at), ("end_at", end_at)):
        if instant.tzinfo is None:
            raise InvalidInput(name, "must have a time zone or offset")
        if not EARLIEST_AT <= instant <= LATEST_AT:
            raise InvalidInput(name, f"must lie between {EARLIEST_AT:%Y} and {LATEST_AT:%Y}")
    if end_at <= start_at:
        raise InvalidInput("end_at", "must be after the start of the horizon")
    # In UTC, because the difference of two times of one zone counts wall time.
    if end_at.astimezone(UTC) - start_at.astimezone(UTC) > timedelta(days=MAX_HORIZON_DAYS):
        raise InvalidInput("end_at", f"must be at most {MAX_HORIZON_DAYS} days after the start of the horizon")


def check_participants(participants: tuple[Participant, ...]) -> None:
    """Check the rules that hold between participants.

    Raises:
        InvalidInput: none, too many, two with one id, or only optional ones.
    """
    if not 1 <= len(participants) <= MAX_PARTICIPANTS:
        raise InvalidInput("participants", f"must hold 1 to {MAX_PARTICIPANTS} people")
    seen: set[str] = set()
    for position, participant in enumerate(participants):
        if participant.id in seen:
            raise InvalidInput(f"participants[{position}].id", "must differ from those before it")
        seen.add(participant.id)
    if all(participant.optional for participant in participants):
        raise InvalidInput("participants", "must hold somebody who is not optional")


def check_pools(pools: tuple[Pool, ...], participants: Sequence[Participant]) -> None:
    """Check that whoever is in a pool is a participant, and not optional.

    Raises:
        InvalidInput: naming the pool by its place, as in `pools[0]`.
    """
    optional = {person.id: person.optional for person in participants}
    for position, pool in enumerate(pools):
        for participant_id in pool.ids:
            if participant_id not in optional:
                raise InvalidInput(f"pools[{position}]", f"must hold participants, unlike {participant_id[:40]!r}")
            if optional[participant_id]:
                raise InvalidInput(f"pools[{position}]", f"must hold nobody optional, like {participant_id[:40]!r}")
