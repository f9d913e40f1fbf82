"""Burdens over time as lines, in SVG's terms: a plot that stretches with the page, and names that don't."""

import datetime as dt
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from babel.dates import format_skeleton

from clients.reader import Reader
from scheduling.meetings.proposals.wording import points

WEEKS = 26
# More lines than this can't be followed; each has a pattern of its own.
MOST_LINES = 8
PLOT_WIDTH, GROUND, TOP = 1000, 212, 14  # units, pixels, pixels
NAME_GAP = 16
NAME_LENGTH = 14
NEAT_STEPS = (1, 2, 5, 10)
MOST_STEPS = 4


@dataclass(frozen=True)
class Line:
    """One line with its name beside its end; `number` is that of its pattern and colour, from 1."""

    number: int
    name: str
    points: str
    end_y: float
    name_y: float


@dataclass(frozen=True)
class Level:
    """A line across, and the points that it stands for."""

    y: float
    label: str


@dataclass(frozen=True)
class Month:
    """Where a month begins, as a part of the plot's width."""

    x: float
    label: str


@dataclass(frozen=True)
class Chart:
    """Lines from the oldest week to now; mirrored where the reader's language runs from right to left."""

    lines: tuple[Line, ...]
    levels: tuple[Level, ...]
    months: tuple[Month, ...]
    is_mirrored: bool


def instants_until(now: dt.datetime) -> tuple[dt.datetime, ...]:
    """A week apart, the last one now."""
    return tuple(now - dt.timedelta(weeks=week) for week in range(WEEKS, -1, -1))


Course = Sequence[tuple[dt.datetime, float]]


def chart(named: Sequence[tuple[str, Course]], reader: Reader) -> Chart:
    """The first lines of those given: what each is called, and its values from the same instant to the same other."""
    drawn = named[:MOST_LINES]
    step, top = _scale(max(value for _name, course in drawn for _at, value in course))
    is_mirrored = reader.text_direction == "rtl"
    (start_at, _value), (end_at, _value) = drawn[0][1][0], drawn[0][1][-1]

    def across(at: dt.datetime) -> float:
        part = (at - start_at) / (end_at - start_at)
        return 1 - part if is_mirrored else part

    def y(value: float) -> float:
        return GROUND - (GROUND - TOP) * value / top

    ends = [y(course[-1][1]) for _name, course in drawn]
    names = _apart(ends)
    return Chart(
        lines=tuple(
            Line(
                number=number,
                name=name if len(name) <= NAME_LENGTH else f"{name[: NAME_LENGTH - 1]}…",
                points=" ".join(f"{PLOT_WIDTH * across(at):.1f},{y(value):.1f}" for at, value in course),
                end_y=end,
                name_y=name_y,
            )
            for number, ((name, course), end, name_y) in enumerate(zip(drawn, ends, names, strict=True), start=1)
        ),
        levels=tuple(Level(y(step * count), points(step * count, reader)) for count in range(round(top / step) + 1)),
        months=tuple(Month(across(begins_at), name) for begins_at, name in _months(start_at, end_at, reader)),
        is_mirrored=is_mirrored,
    )


def _scale(highest: float) -> tuple[float, float]:
    """A neat step, and the first multiple of it that nothing is above, one point at least."""
    highest = max(highest, 1.0)
    size = 10.0 ** math.floor(math.log10(highest / MOST_STEPS))
    step = next(neat * size for neat in NEAT_STEPS if neat * size * MOST_STEPS >= highest)
    return step, step * math.ceil(highest / step)


def _apart(ends: Sequence[float]) -> list[float]:
    """Heights as near to those given as names can stand without touching, between top and ground."""
    order = sorted(range(len(ends)), key=lambda place: ends[place])
    placed: dict[int, float] = {}
    lowest = float(GROUND)
    # From the ground upwards each stands at its end, or as far above the one below as it must.
    for place in reversed(order):
        placed[place] = lowest = min(ends[place], lowest)
        lowest -= NAME_GAP
    highest = float(TOP)
    for place in order:
        placed[place] = highest = max(placed[place], highest)
        highest += NAME_GAP
    return [placed[place] for place in range(len(ends))]


def _months(start_at: dt.datetime, end_at: dt.datetime, reader: Reader) -> Iterator[tuple[dt.datetime, str]]:
    """When the months between two instants begin on the reader's wall, and what they are called."""
    day, last = reader.day_of(start_at), reader.day_of(end_at)
    while (day := (day.replace(day=1) + dt.timedelta(days=32)).replace(day=1)) <= last:
        yield dt.datetime.combine(day, dt.time(), reader.zone), format_skeleton("MMM", day, locale=reader.locale)
