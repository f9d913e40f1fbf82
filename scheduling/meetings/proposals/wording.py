"""Numbers, durations, hours and lists as a reader writes them."""

import datetime as dt
from collections.abc import Iterable
from typing import Literal

from babel import dates as cldr
from babel.lists import format_list
from babel.numbers import format_decimal, format_percent
from babel.units import format_unit, get_unit_name
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from clients.reader import Reader


def points(value: float, reader: Reader) -> str:
    """A cost, load or burden, with at most one decimal: “79.7”."""
    return format_decimal(round(value, 1), "#,##0.#", locale=reader.locale)


def share(value: float, reader: Reader) -> str:
    """A part of a whole: 0.4 is “40%”."""
    return format_percent(value, locale=reader.locale)


def duration(minutes: int, reader: Reader) -> str:
    """“45 minutes”, “2 hours” or “1 hour 30 minutes”."""
    hours, rest = divmod(minutes, 60)
    parts = [(hours, "duration-hour"), (rest, "duration-minute")]
    # In CLDR a language without long forms, such as Japanese, has its short ones there; Babel has nothing.
    length: Literal["long", "short"] = "long" if get_unit_name("duration-minute", "long", reader.locale) else "short"
    # The one unit list that Babel has for every language; of two things it says the second twice in Arabic.
    patterns = reader.locale.list_patterns.get("unit-narrow", {"2": ""})
    style: Literal["unit-narrow", "standard"] = "unit-narrow" if "2" in patterns else "standard"
    return format_list(
        [format_unit(count, unit, length, locale=reader.locale) for count, unit in parts if count],
        style=style,
        locale=reader.locale,
    )


def hour(wall: dt.datetime, reader: Reader) -> str:
    """A full hour on a scale: “09” or “9 AM”."""
    return cldr.format_time(wall.time(), "HH" if reader.is_24_hours else "h a", locale=reader.locale)


def scale_hour(wall: dt.datetime, reader: Reader) -> str:
    """A full hour above a ribbon, where there is more room: “09:00” or “9 AM”."""
    return cldr.format_time(wall.time(), "HH:mm" if reader.is_24_hours else "h a", locale=reader.locale)


def weekday_and_day(date: dt.date, reader: Reader) -> str:
    """“Tue 8”."""
    return cldr.format_skeleton("Ed", date, fuzzy=True, locale=reader.locale)


def day_range(first_date: dt.date, last_date: dt.date, reader: Reader) -> str:
    """“30 Nov – 1 Dec”, or one date alone, without the year."""
    if first_date == last_date:
        return cldr.format_skeleton("MMMd", first_date, fuzzy=True, locale=reader.locale)
    return cldr.format_interval(first_date, last_date, "MMMd", locale=reader.locale)


def bdi(text: str) -> SafeString:
    """A name or time set apart from the direction of the text around it."""
    return format_html("<bdi>{}</bdi>", text)


def listing(items: Iterable[str], reader: Reader) -> SafeString:
    """“Claire, Kenji and Priya”, each one escaped and set apart."""
    return mark_safe(format_list([bdi(item) for item in items], locale=reader.locale))  # noqa: S308  (every item is escaped already)


def plain_listing(items: Iterable[str], reader: Reader) -> str:
    """The same as plain text, for an attribute."""
    return format_list(list(items), locale=reader.locale)


def weekday_name(date: dt.date, reader: Reader) -> str:
    """“Saturday”."""
    return cldr.format_date(date, "cccc", locale=reader.locale)


def signed_points(value: float, reader: Reader) -> str:
    """A change of a burden: “+12.5”, “−3” or “0”."""
    return format_decimal(round(value, 1) + 0.0, "+#,##0.#;-#,##0.#" if round(value, 1) else "0", locale=reader.locale)


def index(value: float, reader: Reader) -> str:
    """A number up to one, with two decimals: “0.86”."""
    return format_decimal(round(value, 2), "0.00", locale=reader.locale)
