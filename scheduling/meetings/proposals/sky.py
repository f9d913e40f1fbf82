"""The sky strip: where a person's hours stand on it, as fractions of its width."""

import datetime as dt
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from zoneinfo import ZoneInfo

from clients.reader import Reader
from scheduling.engine import Band, Cell, Reason
from scheduling.meetings.proposals.wording import hour, weekday_and_day

QUARTER = dt.timedelta(minutes=15)
NOTE_PIXELS = 5.6  # a letter of a note, on the narrowest strip
NARROWEST_PIXELS = 330

TALLEST = 31.0
GROUND = 40.0
LABEL_PIXELS = 5.0
LABEL_ROOM = 0.74
# Nearer to a strip's end than these fractions, the label of an hour is cut off: on any screen, and on phones.
EDGE, PHONE_EDGE = 0.03, 0.08
HEIGHTS = {Band.IDEAL: 1.0, Band.GOOD: 0.86, Band.STRETCH: 0.64, Band.HARD: 0.44, Band.VERY_HARD: 0.26}
LEVELS = {Band.IDEAL: "b0", Band.GOOD: "b1", Band.STRETCH: "b2", Band.HARD: "b3", Band.VERY_HARD: "b4"}
BLOCKED, BUSY = "bz", "bx"
_ORDER = list(Band)


@dataclass(frozen=True)
class Stretch:
    """A part of a strip: its left edge and its width, as fractions of the strip's width."""

    x: float
    width: float

    @property
    def end(self) -> float:
        return self.x + self.width

    @property
    def middle(self) -> float:
        return self.x + self.width / 2


@dataclass(frozen=True)
class CivilDay:
    """A date on one zone's wall: 23, 24 or 25 hours, or another number, between two midnights."""

    date: dt.date
    start_at: dt.datetime
    end_at: dt.datetime

    @classmethod
    def of(cls, date: dt.date, zone: ZoneInfo) -> "CivilDay":
        """The date as it passes in that zone; where midnight is skipped it begins at the first time after it."""
        start_at, end_at = (
            dt.datetime.combine(day, dt.time(), zone).astimezone(dt.UTC) for day in (date, date + dt.timedelta(days=1))
        )
        return cls(date, start_at, end_at)

    @property
    def quarters(self) -> tuple[dt.datetime, ...]:
        """The instants of the day whose minutes are 0, 15, 30 or 45."""
        return tuple(self.start_at + QUARTER * number for number in range((self.end_at - self.start_at) // QUARTER))


@dataclass(frozen=True)
class Scale:
    """Instants of a day as fractions of a strip's width, from the right where the reader's text runs that way."""

    day: CivilDay
    mirrored: bool = False

    def point(self, at: dt.datetime) -> float:
        """Where an instant stands: 0 is the left edge, 1 the right one."""
        fraction = (at - self.day.start_at) / (self.day.end_at - self.day.start_at)
        return 1 - fraction if self.mirrored else fraction

    def stretch(self, start_at: dt.datetime, end_at: dt.datetime) -> Stretch | None:
        """The part of the day between two instants, None where they do not touch it."""
        start_at, end_at = max(start_at, self.day.start_at), min(end_at, self.day.end_at)
        if start_at >= end_at:
            return None
        left, right = sorted((self.point(start_at), self.point(end_at)))
        return Stretch(left, right - left)


@dataclass(frozen=True)
class Bar:
    """Half an hour: its place, its CSS class and its height in pixels."""

    place: Stretch
    level: str
    height: float

    @property
    def top(self) -> float:
        return GROUND - self.height


@dataclass(frozen=True)
class Mark:
    """An hour or a midnight of somebody's own clock; a minor one is left out on phones."""

    x: float
    label: str
    is_minor: bool = False


@dataclass(frozen=True)
class Midnight:
    """Where another date begins on somebody's wall; its label stands before the line where none fits after it."""

    x: float
    label: str
    label_pixels: float
    is_before: bool


@dataclass(frozen=True)
class Strip:
    """One person's hours over the reader's day; `sentence` says the same in words."""

    bars: tuple[Bar, ...]
    hours: tuple[Mark, ...]
    midnights: tuple[Midnight, ...]
    notes: tuple[Mark, ...]
    slot: Stretch | None
    sentence: str


def bars(cells: Sequence[Cell], scale: Scale) -> tuple[Bar, ...]:
    """The half hours of a day, in order of time, each as its worse quarter; heights flow into their neighbours'."""
    pairs = [cells[first : first + 2] for first in range(0, len(cells), 2)]
    levels = [_level(pair) for pair in pairs]
    heights = [_height(pair) for pair in pairs]
    placed = []
    for position, (pair, level) in enumerate(zip(pairs, levels, strict=True)):
        whole = scale.stretch(pair[0].start_at, pair[-1].start_at + QUARTER)
        if whole is None:
            continue
        if level == BLOCKED:
            # A dot on the ground, in the middle of its half hour.
            place, height = Stretch(whole.middle - 0.096 * whole.width, 0.192 * whole.width), 2.0
        else:
            place = Stretch(whole.x + 0.0872 * whole.width, 0.8256 * whole.width)
            height = heights[position] if level == BUSY else _smoothed(heights, levels, position)
        placed.append(Bar(place, level, height))
    return tuple(placed)


def _smoothed(heights: Sequence[float], levels: Sequence[str], position: int) -> float:
    def neighbour(other: int) -> float:
        if not 0 <= other < len(heights) or levels[other] == BUSY:
            return heights[position]
        return heights[other]

    return (neighbour(position - 1) + 2 * heights[position] + neighbour(position + 1)) / 4


def _level(pair: Sequence[Cell]) -> str:
    if all(cell.band is not None for cell in pair):
        return LEVELS[_worst(pair)]
    reasons = {reason for cell in pair for reason in cell.reasons}
    return BUSY if reasons == {Reason.BUSY} else BLOCKED


def _height(pair: Sequence[Cell]) -> float:
    level = _level(pair)
    if level == BUSY:
        return TALLEST / 3
    return 0.0 if level == BLOCKED else TALLEST * HEIGHTS[_worst(pair)]


def _worst(pair: Sequence[Cell]) -> Band:
    return max((cell.band for cell in pair if cell.band is not None), key=_ORDER.index)


def hours(
    zone: ZoneInfo,
    scale: Scale,
    reader: Reader,
    *,
    every: int = 3,
    label: Callable[[dt.datetime, Reader], str] = hour,
) -> tuple[Mark, ...]:
    """The full hours of a zone's clock that `every` divides, as they pass on that day; none at the very edges."""
    marks = []
    for at, wall in _walls(zone, scale.day):
        x = scale.point(at)
        if wall.minute == 0 and wall.hour % every == 0 and EDGE < x < 1 - EDGE:
            is_minor = wall.hour % 6 != 0 or not PHONE_EDGE < x < 1 - PHONE_EDGE
            marks.append(Mark(x, label(wall, reader), is_minor=is_minor))
    return tuple(marks)


def midnights(zone: ZoneInfo, scale: Scale, reader: Reader) -> tuple[Midnight, ...]:
    """Where another date begins in a zone during that day, with its weekday and number."""
    walls = list(_walls(zone, scale.day))
    found = []
    for (_, before), (at, wall) in pairwise(walls):
        if wall.date() > before.date():
            x = scale.point(at)
            is_before = (x < 1 - LABEL_ROOM) if scale.mirrored else (x > LABEL_ROOM)
            towards_right = is_before == scale.mirrored
            label = weekday_and_day(wall.date(), reader)
            found.append(Midnight(x, label, LABEL_PIXELS if towards_right else -LABEL_PIXELS, is_before))
    return tuple(found)


def fits(text: str, width: float) -> bool:
    """Whether a note can be written on that fraction of the narrowest strip."""
    return len(text) * NOTE_PIXELS < width * NARROWEST_PIXELS


def _walls(zone: ZoneInfo, day: CivilDay) -> Iterator[tuple[dt.datetime, dt.datetime]]:
    for at in day.quarters:
        yield at, at.astimezone(zone)
