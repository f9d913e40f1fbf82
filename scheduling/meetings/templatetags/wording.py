"""Durations, ranges and numbers as the page's reader writes them."""

import datetime as dt
import uuid
from collections.abc import Iterable

from django import template
from django.utils.safestring import SafeString

from clients.reader import Reader
from scheduling.meetings.proposals import wording

register = template.Library()


@register.simple_tag
def duration(minutes: int, reader: Reader) -> str:
    """“45 minutes”."""
    return wording.duration(minutes, reader)


@register.simple_tag
def date_range(first_date: dt.date, last_date: dt.date, reader: Reader) -> str:
    """“30 Nov – 11 Dec 2026”."""
    return reader.date_range(first_date, last_date)


@register.simple_tag
def time_range(start_at: dt.datetime, end_at: dt.datetime, reader: Reader) -> str:
    """“12:00–12:45”."""
    return reader.time_range(start_at, end_at)


@register.filter
def number(value: float, reader: Reader) -> str:
    """“1,214”."""
    return wording.points(value, reader)


@register.filter
def listing(items: Iterable[str], reader: Reader) -> str:
    """“Claire, Kenji and Priya”."""
    return wording.plain_listing(items, reader)


@register.filter
def names(items: Iterable[str], reader: Reader) -> SafeString:
    """The same, each one set apart from the direction of the others."""
    return wording.listing(items, reader)


@register.simple_tag
def new_key() -> str:
    """An idempotency key, for one of several forms on a page."""
    return str(uuid.uuid4())
