"""A meeting's time on somebody else's wall, written as the page's reader reads times."""

import dataclasses
import datetime as dt

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from clients.models import Person
from clients.reader import Reader, zone_label
from scheduling.meetings.models import Meeting

register = template.Library()


@register.simple_tag
def moment_there(at: dt.datetime, person: Person, reader: Reader) -> str:
    """“Tue 8 Dec, 07:00” on that person's wall, as the page's reader writes it."""
    return reader.in_zone(person.time_zone).moment(at)


@register.simple_tag
def local_time(meeting: Meeting, person: Person, reader: Reader) -> SafeString:
    """“07:00–07:45 Toronto (GMT−5)”, with the weekday where the date is another one than the reader's."""
    theirs = dataclasses.replace(reader, time_zone=person.time_zone)
    date = theirs.day_of(meeting.start_at)
    day = "" if date == reader.day_of(meeting.start_at) else f"{theirs.short_day(date)}, "
    return format_html(
        '<time datetime="{}"><bdi class="num">{}{}</bdi></time> <span class="hint nb"><bdi>{}</bdi></span>',
        meeting.start_at.isoformat(),
        day,
        theirs.time_range(meeting.start_at, meeting.end_at),
        zone_label(person.time_zone, meeting.start_at, reader.language),
    )
