"""Figures with their intervals as a chart, in SVG's terms: places across in parts of the width, heights in pixels."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from clients.reader import Reader
from scheduling.outreach.surveys.statistics import Estimate

GROUND, TOP = 196, 12  # pixels
# Of a phone's chart, and of a letter below it.
NARROWEST, LETTER = 300, 5  # pixels


@dataclass(frozen=True)
class Bar:
    """One figure: a dot on the line from the low to the high end of its interval; hollow where answers are few."""

    x: float
    y: float
    low_y: float
    high_y: float
    is_few: bool


@dataclass(frozen=True)
class Level:
    """A line across, and what it stands for."""

    y: float
    label: str


@dataclass(frozen=True)
class Chart:
    """Figures side by side, with labels of their places; mirrored for readers from right to left."""

    bars: tuple[Bar, ...]
    labels: tuple[tuple[float, str], ...]
    levels: tuple[Level, ...]
    is_mirrored: bool


def chart(
    figures: Sequence[tuple[str, Estimate | None]],
    *,
    lowest: float,
    levels: Sequence[float],
    written: Callable[[float], str],
    reader: Reader,
) -> Chart:
    """The figures by their labels, at equal distances; where there is none, its place stays empty.

    They lie between `lowest` and 1; `written` gives the words of a level.
    """
    is_mirrored = reader.text_direction == "rtl"

    def across(place: int) -> float:
        part = (place + 0.5) / len(figures)
        return 1 - part if is_mirrored else part

    def y(value: float) -> float:
        return GROUND - (GROUND - TOP) * (value - lowest) / (1 - lowest)

    return Chart(
        bars=tuple(
            Bar(across(place), y(one.value), y(one.low), y(one.high), one.is_few)
            for place, (_label, one) in enumerate(figures)
            if one is not None
        ),
        labels=tuple(
            (across(place), label)
            for place, (label, _one) in enumerate(figures)
            if (len(figures) - 1 - place) % _stride([label for label, _one in figures]) == 0
        ),
        levels=tuple(Level(y(level), written(level)) for level in levels),
        is_mirrored=is_mirrored,
    )


def _stride(labels: Sequence[str]) -> int:
    """Every so many places there is room for a label, the last place being one of them."""
    return math.ceil(len(labels) * (max(map(len, labels)) + 1) * LETTER / NARROWEST)
