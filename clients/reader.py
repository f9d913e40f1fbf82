"""How one person reads dates and times: language, zone, clock and first day of the week."""

import dataclasses
import datetime as dt
import re
from dataclasses import dataclass
from functools import cached_property
from zoneinfo import ZoneInfo

from babel import Locale
from babel import dates as cldr
from babel.core import negotiate_locale
from django.conf import settings
from django.utils import translation

from clients.models import Person
from clients.zones import city, zone_named

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


@dataclass(frozen=True)
class Reader:
    """A locale with the zone and habits of the person who reads."""

    language: str
    time_zone: str
    clock: str = ""
    week_start: str = ""

    @cached_property
    def locale(self) -> Locale:
        return Locale.parse(self.language, sep="-")

    @cached_property
    def zone(self) -> ZoneInfo:
        return zone_named(self.time_zone)

    @cached_property
    def text_direction(self) -> str:
        return self.locale.text_direction

    @cached_property
    def first_weekday(self) -> int:
        """Monday is 0."""
        return WEEKDAYS.index(self.week_start) if self.week_start else self.locale.first_week_day

    @cached_property
    def is_24_hours(self) -> bool:
        if self.clock:
            return self.clock == "24"
        return "H" in str(self.locale.time_formats["short"].pattern)

    def in_zone(self, time_zone: str) -> "Reader":
        """This reader's habits on somebody else's wall."""
        return dataclasses.replace(self, time_zone=time_zone)

    def wall(self, at: dt.datetime) -> dt.datetime:
        """The instant on this reader's wall, still aware."""
        return at.astimezone(self.zone)

    def time(self, at: dt.datetime) -> str:
        """The wall time of an instant for this reader, such as “14:30” or “2:30 PM”."""
        return self.wall_time(self.wall(at).time())

    def wall_time(self, wall: dt.time) -> str:
        """A naive wall time on this reader's clock."""
        skeleton = "Hm" if self.is_24_hours else "hm"
        return _format_skeleton(skeleton, dt.datetime.combine(dt.date(2000, 1, 1), wall.replace(tzinfo=None)), self)

    def time_range(self, start_at: dt.datetime, end_at: dt.datetime) -> str:
        """“14:30–15:15”; each end on this reader's clock."""
        return self.span(self.time(start_at), self.time(end_at))

    def span(self, first: str, last: str) -> str:
        """“Mon–Fri” or “月～金”: two ends, with what the language puts between them."""
        between = str(self.locale.interval_formats[None]).replace("{0}", "").replace("{1}", "").strip()
        return f"{first}{between}{last}"

    def with_time(self, day: str, time: str) -> str:
        """“Tue 8 Dec, 14:30”: a day and a time, each written already."""
        joined = str(self.locale.datetime_formats["medium"]).replace("'", "")
        return joined.replace("{1}", day).replace("{0}", time)

    def short_day(self, day: dt.date) -> str:
        """“Tue 8 Dec”: weekday, day and month, no year."""
        return _format_skeleton("MMMEd", day, self)

    def long_day(self, day: dt.date) -> str:
        """“Tuesday 8 December”: the same in full."""
        return cldr.format_date(day, _without_year(str(self.locale.date_formats["full"].pattern)), locale=self.locale)

    def full_date(self, day: dt.date) -> str:
        """“Tuesday, 8 December 2026”."""
        return cldr.format_date(day, "full", locale=self.locale)

    def medium_date(self, day: dt.date) -> str:
        """“8 Dec 2026”."""
        return cldr.format_date(day, "medium", locale=self.locale)

    def weekday(self, day: dt.date) -> str:
        """“Tue”."""
        return cldr.format_date(day, "ccc", locale=self.locale)

    def date_range(self, first_date: dt.date, last_date: dt.date) -> str:
        """“30 Nov – 11 Dec 2026”."""
        return cldr.format_interval(first_date, last_date, "yMMMd", locale=self.locale)

    def day_of(self, at: dt.datetime) -> dt.date:
        """The civil date of an instant on this reader's wall."""
        return self.wall(at).date()

    def moment(self, at: dt.datetime) -> str:
        """“Tue 8 Dec, 14:30”."""
        return self.with_time(self.short_day(self.day_of(at)), self.time(at))

    def moment_near(self, at: dt.datetime, now: dt.datetime) -> str:
        """As short as is clear seen from `now`: “14:30” on the same day, “Tue 14:30” within a week, else `moment`."""
        date, today = self.day_of(at), self.day_of(now)
        if date == today:
            return self.time(at)
        if abs((date - today).days) < 7:
            return f"{self.weekday(date)} {self.time(at)}"
        return self.moment(at)


def _without_year(pattern: str) -> str:
    # Many locales, English among them, list no skeleton with the weekday in full and no year.
    without = re.sub(r"[\s,،]*(?:'de'\s+)?y+(?:[年년.]|-?'[^']*'\.?|\('e'\)'ko')?\s*", "", pattern)
    return without.strip(" ,⹁")


def _format_skeleton(skeleton: str, value: dt.date, reader: Reader) -> str:
    # fuzzy: not every locale lists every skeleton; the nearest one it has is what CLDR asks for.
    return cldr.format_skeleton(skeleton, value, fuzzy=True, locale=reader.locale)


def offset_label(time_zone: str, at: dt.datetime) -> str:
    """The zone's offset at an instant, such as “GMT+5:30”; minus is U+2212, as CLDR writes it in running text."""
    offset = at.astimezone(ZoneInfo(time_zone)).utcoffset() or dt.timedelta()
    minutes = round(offset.total_seconds() / 60)
    if not minutes:
        return "GMT"
    hours, rest = divmod(abs(minutes), 60)
    return f"GMT{'+' if minutes > 0 else '−'}{hours}{f':{rest:02}' if rest else ''}"


def zone_label(time_zone: str, at: dt.datetime, language: str) -> str:
    """“London (GMT+1)”: the zone's city in the reader's language and its offset at that instant."""
    return f"{city(time_zone, language)} ({offset_label(time_zone, at)})"


def text_language(language: str) -> str:
    """The language we write that serves a BCP 47 tag best; English where there is none."""
    available = [code.replace("-", "_") for code, _name in settings.LANGUAGES]
    found = negotiate_locale([language.replace("-", "_")], available, sep="_")
    if found is None:
        found = negotiate_locale([language.split("-", maxsplit=1)[0]], available, sep="_")
    return (found or settings.LANGUAGE_CODE).replace("_", "-")


def reader_of(person: Person) -> Reader:
    """How that person reads; the region of their tag is kept where the text's language is theirs."""
    texts = text_language(person.language)
    language = person.language if person.language.split("-")[0] == texts.split("-", maxsplit=1)[0] else texts
    return Reader(language, person.time_zone, person.clock, person.week_start)


def anonymous_reader() -> Reader:
    """How somebody reads who has not signed in: the language chosen by the browser, and UTC."""
    return Reader(translation.get_language() or settings.LANGUAGE_CODE, "UTC")
