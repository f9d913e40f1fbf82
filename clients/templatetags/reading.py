"""Filters that show instants and dates as the page's reader reads them: {{ meeting.start_at|time:reader }}."""

import datetime as dt
import re

from django import template
from django.conf import settings
from django.utils.translation import pgettext

from clients import reader as reading
from clients import zones
from clients.models import Person
from clients.reader import Reader
from holidays_app.calendars import country_name

register = template.Library()


@register.simple_tag
def languages() -> list[tuple[str, str]]:
    """Those that our pages are in, each with its name in itself."""
    return list(settings.LANGUAGES)


@register.filter
def time(at: dt.datetime, reader: Reader) -> str:
    return reader.time(at)


@register.filter
def moment(at: dt.datetime, reader: Reader) -> str:
    return reader.moment(at)


@register.filter(is_safe=True)
def one_full_stop(sentence: str) -> str:
    """The sentence, whose own full stop is left out after a time that ends with one, such as “11:00 a.m.”."""
    return re.sub(r"\.(</bdi>)?\.(?!\.)", r".\1", sentence)


@register.filter
def spoken_to(person: Person) -> str:
    """The name by which a page speaks to somebody: as they wish, else with what their language adds to full names."""
    if person.address_as:
        return person.address_as
    return pgettext("somebody spoken to", "%(name)s") % {"name": person.full_name}


@register.filter
def day(at: dt.datetime, reader: Reader) -> dt.date:
    return reader.day_of(at)


@register.filter
def short_day(date: dt.date, reader: Reader) -> str:
    return reader.short_day(date)


@register.filter
def long_day(date: dt.date, reader: Reader) -> str:
    return reader.long_day(date)


@register.filter
def full_date(date: dt.date, reader: Reader) -> str:
    return reader.full_date(date)


@register.filter
def medium_date(date: dt.date, reader: Reader) -> str:
    return reader.medium_date(date)


@register.filter
def city(time_zone: str, reader: Reader) -> str:
    return zones.city(time_zone, reader.language)


@register.filter
def country(code: str, reader: Reader) -> str:
    """The name of an ISO 3166-1 country in the reader's language."""
    return country_name(code, reader.language)


@register.simple_tag
def zone_label(time_zone: str, at: dt.datetime, reader: Reader) -> str:
    return reading.zone_label(time_zone, at, reader.language)


@register.simple_tag
def moment_there(at: dt.datetime, time_zone: str, reader: Reader) -> str:
    """The instant on another zone's wall, as the reader writes it."""
    return reader.in_zone(time_zone).moment(at)


@register.filter
def initials(name: str) -> str:
    """Up to two capitals for an avatar: of the first and the last word."""
    words = name.split()
    return (words[0][0] + (words[-1][0] if len(words) > 1 else "")).upper() if words else ""


@register.filter
def wall_time(wall: dt.time, reader: Reader) -> str:
    return reader.wall_time(wall)
