"""What the desk's pages draw: weekly hours in words, somebody's day as a sky strip, and who is off client by client."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Any

from babel import Locale
from babel.lists import format_list
from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from clients.day import Holiday, PersonDay, Stretch
from clients.languages import endonym
from clients.models import Client
from clients.reader import WEEKDAYS, Reader
from holidays_app.absences import Absence
from holidays_app.chart import Bar, Scale, absence_chart
from holidays_app.year import span_label
from scheduling.desk.selectors.absences import Group, Somebody
from scheduling.engine import Band, MeetingRequest, assess
from scheduling.meetings.proposals import sky
from scheduling.meetings.proposals.wording import plain_listing

register = template.Library()


@dataclass(frozen=True)
class HoursLine:
    """Weekdays in a row with the same hours, such as “Mon–Thu” with “09:00–12:30” and “14:00–18:00”."""

    days: str
    hours: SafeString


@register.simple_tag
def hours_lines(hours: Mapping[str, Sequence[Sequence[str]]], reader: Reader) -> list[HoursLine]:
    """Weekly hours in words, from the reader's first day of the week on; days without hours are left out."""
    names = reader.locale.days["format"]["abbreviated"]
    of_day = [hours.get(weekday) or [] for weekday in WEEKDAYS]
    lines = []
    for spans, group in groupby(_week_from(reader.first_weekday, of_day), of_day.__getitem__):
        weekdays = list(group)
        if spans:
            first, last = names[weekdays[0]], names[weekdays[-1]]
            days = first if len(weekdays) == 1 else reader.span(first, last)
            items = [format_html('<bdi class="num nb">{}</bdi>', _span(start, end, reader)) for start, end in spans]
            # Every item is escaped already.
            lines.append(HoursLine(days, mark_safe(format_list(items, locale=reader.locale))))  # noqa: S308
    return lines


def _week_from(first_weekday: int, of_day: Sequence[object]) -> list[int]:
    """The weekdays in order, from the first one on, or from one before it where the same hours run on over it."""
    if all(spans == of_day[0] for spans in of_day):
        return [(first_weekday + step) % 7 for step in range(7)]
    while of_day[first_weekday] and of_day[first_weekday] == of_day[first_weekday - 1]:
        first_weekday = (first_weekday - 1) % 7
    return [(first_weekday + step) % 7 for step in range(7)]


def _span(start: str, end: str, reader: Reader) -> str:
    start_wall, end_wall = dt.time.fromisoformat(start), dt.time.fromisoformat(end)
    text = reader.span(reader.wall_time(start_wall), reader.wall_time(end_wall))
    return text if end_wall > start_wall else f"{text} +1"


@register.inclusion_tag("desk/_strip.html")
def day_strip(day: PersonDay, reader: Reader, *, is_own: bool = False) -> dict[str, Any]:
    """Somebody's hours over the reader's day, or over the next one with any, with a mark at the instant of `day`."""
    civil_day = sky.CivilDay.of(reader.day_of(day.at), reader.zone)
    if day.changes_at and not _working_stretches(day, civil_day):
        civil_day = sky.CivilDay.of(reader.day_of(day.changes_at), reader.zone)
    scale = sky.Scale(civil_day, mirrored=reader.text_direction == "rtl")
    request = MeetingRequest(duration_minutes=15, start_at=civil_day.start_at, end_at=civil_day.end_at)
    cells = assess(request, [day.participant]).cells(day.participant.id, civil_day.start_at, civil_day.end_at)
    zone = day.participant.zone
    strip = sky.Strip(
        bars=sky.bars(cells, scale),
        hours=sky.hours(zone, scale, reader),
        midnights=sky.midnights(zone, scale, reader),
        notes=(),
        slot=None,
        sentence=_hours_sentence(day, civil_day, reader),
    )
    is_today = civil_day.start_at <= day.at < civil_day.end_at
    return {
        "strip": strip,
        "date": civil_day.date,
        "now_x": scale.point(day.at) if is_today else None,
        "is_own": is_own,
        "reader": reader,
    }


def _working_stretches(day: PersonDay, civil_day: sky.CivilDay) -> list[Stretch]:
    stretches = day.stretches(civil_day.start_at, civil_day.end_at)
    return [stretch for stretch in stretches if stretch.band in {Band.IDEAL, Band.GOOD}]


def _hours_sentence(day: PersonDay, civil_day: sky.CivilDay, reader: Reader) -> str:
    working = _working_stretches(day, civil_day)
    if not working:
        return _("No working hours on this day.")
    theirs = reader.in_zone(day.person.time_zone)
    return _("Works %(theirs)s local time, which is %(yours)s for you.") % {
        "theirs": plain_listing((theirs.time_range(each.start_at, each.end_at) for each in working), reader),
        "yours": plain_listing((reader.time_range(each.start_at, each.end_at) for each in working), reader),
    }


@dataclass(frozen=True)
class ChartGroup:
    """A client, or None for the colleagues, and the strips of those who are off at some time."""

    client: Client | None
    rows: tuple[tuple[Somebody, Sequence[Bar]], ...]


@register.inclusion_tag("desk/_off_chart.html", takes_context=True)
def off_chart(
    context: dict[str, Any],
    groups: Sequence[Group],
    absences: Sequence[Absence[Somebody]],
    first_date: dt.date,
    last_date: dt.date,
) -> dict[str, Any]:
    """One strip per person who is off at some time, client by client."""
    reader = context["reader"]
    scale = Scale(first_date, last_date, is_mirrored=reader.text_direction == "rtl")
    chart = absence_chart(absences, scale, reader.locale)
    drawn = [
        ChartGroup(group.client, tuple((each, chart.rows[each]) for each in group.people if each in chart.rows))
        for group in groups
    ]
    return {"chart": chart, "groups": [group for group in drawn if group.rows], "reader": reader}


@register.simple_tag
def day_part(now: dt.datetime, reader: Reader) -> str:
    """“morning”, “afternoon” or “evening” on the reader's wall, for a greeting."""
    hour = reader.wall(now).hour
    return "morning" if 4 <= hour < 12 else "afternoon" if 12 <= hour < 18 else "evening"


@register.filter
def language_name(tag: str) -> str:
    """What speakers of a BCP 47 language call it."""
    return endonym(tag)


@register.simple_tag
def fallback_language(tag: str, reader: Reader) -> str:
    """What a BCP 47 language calls itself, where the reader's is another one; empty where it is the reader's."""
    return "" if Locale.parse(tag, sep="-").language == reader.locale.language else endonym(tag)


@dataclass(frozen=True)
class Holidays:
    """Dates in a row on which one holiday falls, labelled in the reader's language."""

    label: str
    first: Holiday


@register.simple_tag
def holidays_in_a_row(holidays: Sequence[Holiday], reader: Reader, count: int) -> list[Holidays]:
    """The first `count` holidays, those that last for several days as one."""
    rows: list[list[Holiday]] = []
    for holiday in holidays:
        last = rows[-1][-1] if rows else None
        if last and holiday == replace(last, date=last.date + dt.timedelta(days=1)):
            rows[-1].append(holiday)
        else:
            rows.append([holiday])
    return [Holidays(date_span(row[0].date, row[-1].date, reader), row[0]) for row in rows[:count]]


@register.simple_tag
def date_span(first_date: dt.date, last_date: dt.date, reader: Reader) -> str:
    """“Tue 17 Feb”, or “Tue 17 – Thu 19 Feb” for more than a day."""
    return span_label(first_date, last_date, reader.locale)
