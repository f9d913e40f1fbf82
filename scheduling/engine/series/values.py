"""The words of a series: what is asked for, and the plan that comes back."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, time
from enum import StrEnum

from scheduling.engine.answers import Slot
from scheduling.engine.values import (
    CELL_MINUTES,
    DAY_MINUTES,
    EARLIEST_AT,
    LATEST_AT,
    MAX_MINUTES,
    WEEKDAYS,
    InvalidInput,
    Participant,
    Policy,
    check_participants,
)

MAX_WEEKS = 104
# The longest series, and the longest meeting of it, stay inside the years that the engine knows.
FIRST_YEAR = EARLIEST_AT.year + 1
LAST_YEAR = LATEST_AT.year - 5


class OccurrenceKind(StrEnum):
    """Whether a week keeps a regular time, takes another because none of them is feasible, or has no meeting."""

    REGULAR = "regular"
    MOVED = "moved"
    SKIPPED = "skipped"


@dataclass(frozen=True, slots=True)
class SeriesRequest:
    """What is looked for: one meeting a week, from the week of `start_date` on, at one of a few times.

    `weekdays` counts from 0 for Monday, and is sorted.
    """

    duration_minutes: int
    weeks: int
    start_date: date
    weekdays: tuple[int, ...] = (0, 1, 2, 3, 4)
    step_minutes: int = 30
    max_times: int = 3
    policy: Policy = Policy.CLIENT_FIRST

    def __post_init__(self) -> None:
        _check_minutes("duration_minutes", self.duration_minutes, MAX_MINUTES)
        _check_minutes("step_minutes", self.step_minutes, DAY_MINUTES)
        if not 1 <= self.weeks <= MAX_WEEKS:
            raise InvalidInput("weeks", f"must be a number from 1 to {MAX_WEEKS}")
        if not FIRST_YEAR <= self.start_date.year <= LAST_YEAR:
            raise InvalidInput("start_date", f"must lie in the years {FIRST_YEAR} to {LAST_YEAR}")
        if not self.weekdays or list(self.weekdays) != sorted(set(self.weekdays) & set(range(len(WEEKDAYS)))):
            raise InvalidInput("weekdays", "must name at least one weekday, each once, from Monday on")
        if self.max_times < 1:
            raise InvalidInput("max_times", "must be at least 1")


def check_series_participants(participants: tuple[Participant, ...]) -> None:
    """Check the rules that hold between the participants of a series.

    Raises:
        InvalidInput: none, too many, two with one id, or somebody optional.
    """
    check_participants(participants)
    for position, participant in enumerate(participants):
        if participant.optional:
            raise InvalidInput(f"participants[{position}].optional", "must not be true: a series is planned for all")


def _check_minutes(field: str, minutes: int, most: int) -> None:
    if not 0 < minutes <= most or minutes % CELL_MINUTES:
        raise InvalidInput(field, f"must be a multiple of {CELL_MINUTES} from {CELL_MINUTES} to {most:,}")


@dataclass(frozen=True, slots=True, order=True)
class WeeklyTime:
    """A weekday, 0 for Monday, and a naive time on the anchor's wall."""

    weekday: int
    wall: time


@dataclass(frozen=True, slots=True)
class Occurrence:
    """What becomes of one week; a skipped one has neither time nor slot."""

    week_start_date: date
    kind: OccurrenceKind
    time: WeeklyTime | None
    slot: Slot | None


@dataclass(frozen=True, slots=True)
class FixedPlan:
    """The best plan with one time; `time` is None where nothing is feasible in any week."""

    time: WeeklyTime | None
    occurrences: tuple[Occurrence, ...]
    loads: Mapping[str, float]
    max_load: float

    @property
    def moved(self) -> int:
        """How many weeks leave the one time."""
        return sum(occurrence.kind is OccurrenceKind.MOVED for occurrence in self.occurrences)


@dataclass(frozen=True, slots=True)
class SeriesPlan:
    """The regular times from Monday on, one occurrence a week, and what they add up to.

    `loads` holds everybody's weight × (burden + all costs) in points. No plan with as few moved weeks has a highest
    load below `lower_bound`; None says that this could not be proven in time.
    """

    times: tuple[WeeklyTime, ...]
    occurrences: tuple[Occurrence, ...]
    loads: Mapping[str, float]
    max_load: float
    lower_bound: float | None
    fixed: FixedPlan

    @property
    def moved(self) -> int:
        """How many weeks leave the regular times."""
        return sum(occurrence.kind is OccurrenceKind.MOVED for occurrence in self.occurrences)

    @property
    def gap(self) -> float | None:
        """By what share of it the highest load may at most be lowered."""
        if self.lower_bound is None:
            return None
        return (self.max_load - self.lower_bound) / self.max_load if self.max_load else 0.0
