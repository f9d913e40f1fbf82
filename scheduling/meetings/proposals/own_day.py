"""A contact's own day as a strip, with the times that their page is about."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from clients.reader import Reader
from scheduling.engine import MeetingRequest, Participant, assess
from scheduling.meetings.proposals.sky import Bar, CivilDay, Mark, Scale, Stretch, bars, hours
from scheduling.meetings.proposals.wording import scale_hour

MINUTE = dt.timedelta(minutes=1)
#: Nearer than that, as a fraction of the strip's width, numbers would stand on each other.
NEAREST_PINS = 0.08


@dataclass(frozen=True)
class Pin:
    """The numbers of the times that begin at one hour of the day."""

    x: float
    label: str


@dataclass(frozen=True)
class OwnDay:
    """The hours of one date, busy or not, with the times on it and their numbers below."""

    date: dt.date
    bars: tuple[Bar, ...]
    hours: tuple[Mark, ...]
    slots: tuple[Stretch, ...]
    pins: tuple[Pin, ...]


def own_day(
    participant: Participant, numbers: Mapping[dt.datetime, str], duration: dt.timedelta, reader: Reader
) -> OwnDay:
    """The date of the first time on the reader's wall; times of other dates stand on it at their hours.

    `numbers` has a number for each start, or nothing where there is no other to tell it from.
    """
    day = CivilDay.of(reader.day_of(next(iter(numbers))), reader.zone)
    scale = Scale(day, mirrored=reader.text_direction == "rtl")
    request = MeetingRequest(duration_minutes=15, start_at=day.start_at, end_at=day.end_at)
    free = assess(request, [replace(participant, busy=(), busy_seconds=())])
    slots: list[Stretch] = []
    by_x: dict[float, list[str]] = {}
    for start_at, number in numbers.items():
        on_day_at = _on_day(start_at, day, reader)
        if place := scale.stretch(on_day_at, on_day_at + duration):
            slots.append(place)
            by_x.setdefault(round(place.middle, 3), []).append(number)
    return OwnDay(
        date=day.date,
        bars=bars(free.cells(participant.id, day.start_at, day.end_at), scale),
        hours=hours(reader.zone, scale, reader, label=scale_hour),
        slots=tuple(dict.fromkeys(slots)),
        pins=_pins(by_x, is_mirrored=scale.mirrored) if any(numbers.values()) else (),
    )


def _on_day(at: dt.datetime, day: CivilDay, reader: Reader) -> dt.datetime:
    """The instant itself where it falls on the day, else the one at which as much of the day has passed."""
    if day.start_at <= at < day.end_at:
        return at
    wall = reader.wall(at)
    return day.start_at + (wall.hour * 60 + wall.minute) * MINUTE


def _pins(by_x: Mapping[float, Sequence[str]], *, is_mirrored: bool) -> tuple[Pin, ...]:
    """The numbers under the strip, in the order of the hours; those too near for two labels share one."""
    groups: list[list[float]] = []
    for x in sorted(by_x, reverse=is_mirrored):
        if groups and abs(x - groups[-1][0]) < NEAREST_PINS:
            groups[-1].append(x)
        else:
            groups.append([x])
    return tuple(
        Pin(sum(group) / len(group), " · ".join(number for x in group for number in by_x[x])) for group in groups
    )
