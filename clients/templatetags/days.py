"""Somebody's day in words, and as a small sky strip beside them."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from babel.lists import format_list
from django import template

from clients.day import PersonDay
from clients.hours import spans
from clients.reader import Reader
from scheduling.engine import Band

register = template.Library()

#: Any Monday.
MONDAY = dt.date(2024, 1, 1)
BASE = 21.0
#: Colour class and bar height, the best band first.
LOOKS = {
    Band.IDEAL: ("b0", 17.0),
    Band.GOOD: ("b1", 14.5),
    Band.STRETCH: ("b2", 11.0),
    Band.HARD: ("b3", 7.5),
    Band.VERY_HARD: ("b4", 4.5),
}


@dataclass(frozen=True)
class Bar:
    """A rectangle in SVG's numbers; x and width in percent of the strip, so that it stretches without a script."""

    css: str
    x: str
    width: str
    y: str
    height: str


@register.inclusion_tag("clients/_now.html")
def person_now(day: PersonDay, reader: Reader) -> dict[str, Any]:
    """The person's local time, their state, and when it changes, as the reader writes times."""
    theirs = reader.in_zone(day.person.time_zone)
    today = theirs.day_of(day.at)
    return {
        "day": day,
        "time": theirs.time(day.at),
        "weekday": "" if today == reader.day_of(day.at) else theirs.weekday(today),
        "change": theirs.moment_near(day.changes_at, day.at) if day.changes_at is not None else "",
    }


@register.simple_tag
def week_hours(hours: Mapping[str, Any], reader: Reader) -> str:
    """“Mon–Fri 09:00–12:00 and 13:30–17:00 · Sat 10:00–14:00” as the reader writes it; empty for no hours."""
    spoken = []
    for first, last, pairs in spans(hours, reader.first_weekday):
        names = [reader.weekday(MONDAY + dt.timedelta(weekday)) for weekday in (first, last)]
        days = names[0] if first == last else reader.span(*names)
        walls = [[reader.wall_time(dt.time.fromisoformat(wall)) for wall in pair] for pair in pairs]
        times = format_list([reader.span(opens, closes) for opens, closes in walls], locale=reader.locale)
        spoken.append(f"{days} {times}")
    return " · ".join(spoken)


@register.inclusion_tag("clients/_strip.html")
def small_strip(
    day: PersonDay, start_at: dt.datetime, end_at: dt.datetime, now: dt.datetime, reader: Reader
) -> dict[str, Any]:
    """The comfort of a person from `start_at` to `end_at`, with a mark at `now`; mirrored for right-to-left."""
    whole = (end_at - start_at).total_seconds()

    def percent(seconds: float, width: float = 0.0) -> str:
        share = 100 * seconds / whole
        return f"{100 - share - width if reader.text_direction == 'rtl' else share:.3f}%"

    bars = []
    for stretch in day.stretches(start_at, end_at):
        if stretch.band is None:
            continue
        css, height = LOOKS[stretch.band]
        width = 100 * (stretch.end_at - stretch.start_at).total_seconds() / whole
        x = percent((stretch.start_at - start_at).total_seconds(), width)
        bars.append(Bar(css, x, f"{max(width - 0.25, 0.1):.3f}%", f"{BASE - height:g}", f"{height:g}"))
    is_now = start_at <= now < end_at
    return {"bars": bars, "now_x": percent((now - start_at).total_seconds()) if is_now else ""}
