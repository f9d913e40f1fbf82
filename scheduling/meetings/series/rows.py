"""Every week of a series as a row: when it is for each person, and what is special about it."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from clients.reader import Reader
from scheduling.engine import Band
from scheduling.meetings.proposals.people import Portrait
from scheduling.meetings.proposals.wording import bdi, duration, listing


class Special(StrEnum):
    """What sets a week apart from those around it."""

    CLOCKS = "clocks"
    MOVED = "moved"
    SKIPPED = "skipped"


@dataclass(frozen=True)
class Mark:
    """What is special about a week, in one word and in sentences."""

    special: Special
    word: str
    sentences: tuple[SafeString, ...]


@dataclass(frozen=True)
class Cell:
    """One person's wall time; the day is empty where it is the row's, `was` where the time is the usual one."""

    portrait: Portrait
    time: str
    day: str
    was: str
    band: Band


@dataclass(frozen=True)
class Occasion:
    """When a week's occurrence is and what it is for each person, by key; nobody meets where `start_at` is None."""

    week_date: dt.date
    start_at: dt.datetime | None
    end_at: dt.datetime | None
    bands: Mapping[str, Band]
    #: The place of the regular time among those of the series, from 1; None where it is none of them.
    number: int | None = None


@dataclass(frozen=True)
class Row:
    """One week; a skipped one has no cells."""

    occasion: Occasion
    day: str
    time: str
    cells: tuple[Cell, ...]
    marks: tuple[Mark, ...]

    @property
    def is_skipped(self) -> bool:
        return self.occasion.start_at is None


def rows(
    occasions: Sequence[Occasion],
    marks: Mapping[dt.date, Sequence[Mark]],
    people: Sequence[Portrait],
    reader: Reader,
) -> tuple[Row, ...]:
    """The weeks in order, those marked in which some clocks change and others don't; `marks` holds the other marks."""
    found = []
    usual: dict[tuple[int | None, str], dt.time] = {}
    before: dt.datetime | None = None
    for occasion in occasions:
        start_at, end_at = occasion.start_at, occasion.end_at
        of_week = list(marks.get(occasion.week_date, ()))
        if start_at is None or end_at is None:
            week = _("Week of %(day)s") % {"day": reader.short_day(occasion.week_date)}
            found.append(Row(occasion, week, "", (), tuple(of_week)))
            continue
        if before is not None and (mark := clocks_mark(before, start_at, people, reader)):
            of_week.insert(0, mark)
        before = start_at
        cells = []
        for portrait in people:
            wall = start_at.astimezone(portrait.participant.zone)
            place = occasion.number, portrait.key
            was = usual.get(place) if occasion.number is not None else None
            usual[place] = wall.time()
            other_day = wall.date() != reader.day_of(start_at)
            cells.append(
                Cell(
                    portrait,
                    time=reader.wall_time(wall.time()),
                    day=reader.weekday(wall.date()) if other_day else "",
                    was=reader.wall_time(was) if was is not None and was != wall.time() else "",
                    band=occasion.bands[portrait.key],
                )
            )
        found.append(
            Row(
                occasion,
                day=reader.short_day(reader.day_of(start_at)),
                time=reader.time_range(start_at, end_at),
                cells=tuple(cells),
                marks=tuple(of_week),
            )
        )
    return tuple(found)


def clocks_mark(
    before_at: dt.datetime, start_at: dt.datetime, people: Sequence[Portrait], reader: Reader
) -> Mark | None:
    """Whose clocks changed between two instants against somebody else's; None where all go on alike."""
    changes = {portrait: _offset(portrait, start_at) - _offset(portrait, before_at) for portrait in people}
    if len(set(changes.values())) == 1:
        return None
    sentences = []
    for change in sorted(set(changes.values()) - {dt.timedelta()}):
        changed = [portrait for portrait in people if changes[portrait] == change]
        forward = _("Clocks go forward by {duration} for {names}.")
        back = _("Clocks go back by {duration} for {names}.")
        sentences.append(
            format_html(
                forward if change > dt.timedelta() else back,
                duration=bdi(duration(abs(round(change.total_seconds() / 60)), reader)),
                names=listing((f"{portrait.short_name} ({portrait.city})" for portrait in changed), reader),
            )
        )
    return Mark(Special.CLOCKS, _("clocks change"), tuple(sentences))


def _offset(portrait: Portrait, at: dt.datetime) -> dt.timedelta:
    return at.astimezone(portrait.participant.zone).utcoffset() or dt.timedelta()
