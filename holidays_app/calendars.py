"""Which days are off where, and what they are called: the one door to the `holidays` library.

A `Calendar` says whose days; `days_between` says which. Every year of a calendar is built once per
process and language and shared from then on, so that a lookup stays under a microsecond.
"""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, time, timedelta
from functools import cache, lru_cache
from types import MappingProxyType
from typing import Final, Literal

import holidays
from babel import Locale, UnknownLocaleError
from holidays import HolidayBase

PUBLIC: Final = "public"
HALF_DAY: Final = "half_day"
HALF_DAY_END: Final = time(13)
WEEKDAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")

Field = Literal["country", "subdivision", "categories"]


@dataclass(frozen=True)
class Calendar:
    """Whose days: an ISO 3166-1 alpha-2 country, maybe a subdivision of it, and the kinds of holiday kept."""

    country: str
    subdivision: str | None = None
    categories: tuple[str, ...] = (PUBLIC,)


@dataclass(frozen=True)
class CalendarDays:
    """The days of a calendar that are unlike the others, over some range of dates.

    `holidays`, `half_days` and `workdays` (substitute working days) are sorted by date where they have an
    order, and no date is in two of them. `estimated` dates wait for a sighting of the moon or a decree.
    `language` is the BCP 47 tag of the names, which need not be the one that was asked for.
    """

    holidays: Mapping[date, str]
    half_days: Mapping[date, str]
    workdays: frozenset[date]
    estimated: frozenset[date]
    language: str


class CalendarError(ValueError):
    """What no calendar can be made of."""


class UnknownCalendar(CalendarError):
    """A country, subdivision or category that does not exist; `field` says which of the three."""

    def __init__(self, field: Field, message: str) -> None:
        super().__init__(message)
        self.field = field
        self.message = message


class UnsupportedYear(CalendarError):
    """A year for which the holidays of a country are not known."""

    def __init__(self, country: str, year: int, known: range) -> None:
        super().__init__(f"{country}: holidays are known from {known[0]} to {known[-1]}, not for {year}")
        self.country = country
        self.year = year
        self.known = known


def days_between(calendar: Calendar, first_date: date, last_date: date, language: str | None = None) -> CalendarDays:
    """The special days of `calendar` from `first_date` to `last_date`, both included.

    Names are in `language` (BCP 47) or the nearest the country has (see `names_language`).

    Raises: UnknownCalendar, UnsupportedYear; ValueError where the last date is before the first.
    """
    if last_date < first_date:
        raise ValueError(f"last_date {last_date} is before first_date {first_date}")
    years = [year_days(calendar, year, language) for year in range(first_date.year, last_date.year + 1)]
    if first_date == date(first_date.year, 1, 1) and last_date == date(first_date.year, 12, 31):
        return years[0]

    def within(dates: Collection[date]) -> list[date]:
        return [day for day in dates if first_date <= day <= last_date]

    return CalendarDays(
        holidays={day: days.holidays[day] for days in years for day in within(days.holidays)},
        half_days={day: days.half_days[day] for days in years for day in within(days.half_days)},
        workdays=frozenset(day for days in years for day in within(days.workdays)),
        estimated=frozenset(day for days in years for day in within(days.estimated)),
        language=years[0].language,
    )


def is_off(calendar: Calendar, day: date) -> bool:
    """Whether `day` is a (full) holiday of `calendar`.

    Raises: UnknownCalendar, UnsupportedYear.
    """
    # As in `year_days`: another call on the way to the table would be a sixth of the lookup.
    return day in _year_days(calendar.country, calendar.subdivision, calendar.categories, day.year, None).holidays


def year_days(calendar: Calendar, year: int, language: str | None = None) -> CalendarDays:
    """The special days of `calendar` in `year`: one shared, unchangeable table.

    Raises: UnknownCalendar, UnsupportedYear.
    """
    # Plain arguments, because hashing a dataclass would take longer than the rest of the lookup.
    return _year_days(calendar.country, calendar.subdivision, calendar.categories, year, language)


def validate(calendar: Calendar) -> None:
    """Nothing, where the country, the subdivision and the categories exist.

    Raises: UnknownCalendar.
    """
    entity = _entity(calendar.country)
    if calendar.subdivision is not None and calendar.subdivision not in {
        *entity.subdivisions,
        *entity.subdivisions_aliases,
    }:
        has = ", ".join(entity.subdivisions)
        raise UnknownCalendar(
            "subdivision",
            f"{calendar.country} has no subdivision {calendar.subdivision!r}; "
            + (f"choose one of {has}" if has else "its holidays are the same everywhere"),
        )
    if not calendar.categories:
        raise UnknownCalendar("categories", f"none given; choose from {', '.join(categories(calendar.country))}")
    for category in calendar.categories:
        if category not in entity.supported_categories:
            has = ", ".join(categories(calendar.country))
            raise UnknownCalendar("categories", f"{calendar.country} has no category {category!r}; choose from {has}")


def countries() -> tuple[str, ...]:
    """The ISO 3166-1 alpha-2 codes of all countries with a calendar, sorted."""
    return tuple(sorted(holidays.list_supported_countries(include_aliases=False)))


def subdivisions(country: str) -> tuple[str, ...]:
    """The codes of the subdivisions that have holidays of their own, in the library's order; often none."""
    return tuple(_entity(country).subdivisions)


def categories(country: str) -> tuple[str, ...]:
    """The kinds of holiday a country has: the default one first, then sorted."""
    entity = _entity(country)
    return tuple(sorted(entity.supported_categories, key=lambda name: (name != entity.default_category, name)))


def languages(country: str) -> tuple[str, ...]:
    """The BCP 47 tags of the languages a country's holidays are named in: its own first, then sorted."""
    own, *others = _library_languages(country)
    return (_tag(own), *sorted(_tag(name) for name in others))


def supported_years(country: str) -> range:
    """The years for which a country's holidays are known.

    Raises: UnknownCalendar.
    """
    entity = _entity(country)
    return _YEARS_OF_DATA.get(entity.country, range(entity.start_year, entity.end_year + 1))


def known_until(country: str) -> date:
    """The last date for which a country's holidays are known: for Sri Lanka, within the year.

    Raises: UnknownCalendar.
    """
    return date(supported_years(country)[-1], 12, 31)


def weekend(country: str, subdivision: str | None = None, on_date: date | None = None) -> frozenset[int]:
    """The weekdays (Monday is 0) on which a country, or a subdivision of it, rests: on a date, or nowadays.

    Raises: UnknownCalendar.
    """
    validate(Calendar(country, subdivision))
    entity = _entity(country)
    # Weekends have moved (Saudi Arabia 2013, Emirates 2022, Johor 2025): the last year has the rule in force.
    first = on_date or date(entity.end_year, 12, 1)
    week = [first + timedelta(days) for days in range(7)]
    rest = frozenset(day.weekday() for day in week if _rules(entity, subdivision).is_weekend(day))
    customary = _customary_weekend(entity.country)
    # Where the library knows of one day only (Hong Kong, Venezuela), it is the one that moves holidays;
    # offices rest on the other as well where CLDR says so.
    is_half_said = rest < customary
    # Where it says nothing of a country (Libya), it takes Saturday and Sunday for granted.
    is_unsaid = entity.weekend is HolidayBase.weekend and rest == entity.weekend and len(customary) > 1
    return customary if is_half_said or is_unsaid else rest


def default_working_hours(country: str, subdivision: str | None = None) -> dict[str, list[list[str]]]:
    """Nine to five on every weekday outside the country's weekend, as {"mon": [["09:00", "17:00"]], …}.

    Raises: UnknownCalendar.
    """
    rest = weekend(country, subdivision)
    return {name: [["09:00", "17:00"]] for weekday, name in enumerate(WEEKDAYS) if weekday not in rest}


def country_name(country: str, language: str) -> str:
    """A country's name in `language` (BCP 47), in English where that is unknown.

    Source: CLDR territories.
    """
    code = _entity(country).country
    return _territories(language).get(code) or _territories("en").get(code, code)


def subdivision_name(country: str, subdivision: str) -> str:
    """A subdivision's name as the country writes it, or its code where none is known."""
    names: list[str] = _entity(country).get_subdivision_aliases().get(subdivision, [])
    # Abbreviations are among the aliases, before or after the name ("GP, GUA, Guadeloupe").
    return next((name for name in names if not name.isupper()), subdivision)


def names_language(country: str, requested: str | None) -> str:
    """The BCP 47 tag of the language in which a country's holidays are named for a reader of `requested`.

    The nearest variety of the same language, else English, else the country's own; None asks for its own.
    """
    own, *_ = supported = _library_languages(country)
    if requested is None:
        return _tag(own)
    return _tag(_nearest(requested, supported) or _nearest("en-US", supported) or own)


# Countries whose data ends before the library's own range does: it warns there instead of refusing.
# Source: holidays.countries.india, "available only from 2001 to 2035".
_YEARS_OF_DATA: Final = {"IN": range(2001, 2036)}


@cache
def _entity(country: str) -> type[HolidayBase]:
    """The library's class for a country code or one of its aliases (UK, DEU)."""
    if country not in holidays.list_supported_countries():
        raise UnknownCalendar("country", f"{country!r} is not an ISO 3166-1 alpha-2 country code, such as ES, MX or JP")
    return type(holidays.country_holidays(country))


@lru_cache(maxsize=1024)
def _rules(entity: type[HolidayBase], subdivision: str | None) -> HolidayBase:
    """The country's rules without any year's holidays."""
    return entity(subdiv=subdivision, expand=False)


# Room for every country and subdivision over three years; whoever walks through more only builds again.
@lru_cache(maxsize=4096)
def _year_days(
    country: str, subdivision: str | None, kinds: tuple[str, ...], year: int, language: str | None
) -> CalendarDays:
    named_in = names_language(country, language)
    if named_in != language:
        return _year_days(country, subdivision, kinds, year, named_in)
    calendar = Calendar(country, subdivision, kinds)
    validate(calendar)
    entity = _entity(country)
    known = supported_years(country)
    if year not in known:
        raise UnsupportedYear(country, year, known)
    full = _library_table(entity, calendar, year, set(kinds) - {HALF_DAY}, named_in)
    half = _library_table(entity, calendar, year, {HALF_DAY}.intersection(categories(country)), named_in)
    half_days = {day: name for day, name in half.names.items() if day not in full.names}
    return CalendarDays(
        holidays=MappingProxyType(full.names),
        half_days=MappingProxyType(half_days),
        workdays=full.workdays.difference(full.names, half_days),
        estimated=full.estimated | half.estimated.intersection(half_days),
        language=named_in,
    )


@dataclass(frozen=True)
class _Table:
    names: dict[date, str]
    workdays: frozenset[date]
    estimated: frozenset[date]


def _library_table(entity: type[HolidayBase], calendar: Calendar, year: int, kinds: set[str], language: str) -> _Table:
    """What the library knows of a year, with the names sorted by date."""
    if not kinds:
        return _Table({}, frozenset(), frozenset())

    def built(edition: type[HolidayBase]) -> HolidayBase:
        return edition(
            years=year,
            expand=False,
            subdiv=calendar.subdivision,
            language=language.replace("-", "_"),
            categories=kinds,
        )

    plain = built(_unlabelled(entity))
    labelled = built(entity) if hasattr(entity, "estimated_label") else plain
    return _Table(
        names={day: _readable(plain[day], language) for day in sorted(plain)},
        workdays=frozenset(day for day in plain.weekend_workdays if day.year == year),
        estimated=frozenset(day for day in plain if labelled[day] != plain[day]),
    )


def _readable(name: str, language: str) -> str:
    """The name, its month-first dates made unmistakable: American English serves readers everywhere."""
    return _MONTH_FIRST.sub(r"\3-\1-\2", name) if language == "en-US" else name


_MONTH_FIRST: Final = re.compile(r"\b(\d\d)/(\d\d)/(\d{4})\b")


@cache
def _unlabelled(entity: type[HolidayBase]) -> type[HolidayBase]:
    """The same country without its word for "estimated", which differs by country and by language."""
    return type(entity.__name__, (entity,), {"estimated_label": "%s"})


def _library_languages(country: str) -> list[str]:
    """The library's names of a country's languages, its own first."""
    entity = _entity(country)
    # A country without a default language has no translations: its names are written in English.
    own = entity.default_language or "en"
    return [own, *(name for name in entity.supported_languages if name != own)]


def _tag(name: str) -> str:
    return name.replace("_", "-")


def _nearest(requested: str, supported: Collection[str]) -> str | None:
    """The supported variety of the requested language that its readers read most easily, or None."""
    wanted = _subtags(requested)
    same = [name for name in supported if _subtags(name)[0] == wanted[0]]
    order = {name: place for place, name in enumerate(supported)}

    def distance(name: str) -> tuple[bool, bool, bool, int]:
        _, script, region = _subtags(name)
        return script != wanted[1], region != wanted[2], name != "en_US", order[name]

    return min(same, key=distance, default=None)


def _subtags(tag: str) -> tuple[str, str, str]:
    """Language, script (where it tells Chinese apart) and region of a BCP 47 tag or a library name."""
    language, *rest = tag.replace("_", "-").split("-")
    region = next((part.upper() for part in rest if len(part) == 2), "")
    scripts = {part.title() for part in rest if len(part) == 4}
    traditional = scripts == {"Hant"} or (not scripts and region in {"TW", "HK", "MO"})
    script = "Hant" if language.lower() == "zh" and traditional else ""
    return _SAME_LANGUAGE.get(language.lower(), language.lower()), script, region


# The library names Norwegian by its macrolanguage and Filipino by its ISO 639-2 code.
# Source: IANA language subtag registry.
_SAME_LANGUAGE: Final = {"nb": "no", "nn": "no", "tl": "fil", "iw": "he", "in": "id"}


@cache
def _territories(language: str) -> Mapping[str, str]:
    try:
        return MappingProxyType(dict(Locale.parse(language, sep="-").territories))
    except (UnknownLocaleError, ValueError):
        return MappingProxyType({})


def _customary_weekend(country: str) -> frozenset[int]:
    """Source: CLDR weekData, weekendStart to weekendEnd."""
    try:
        locale = Locale.parse(f"und_{country}")
    except UnknownLocaleError:
        # Antarctica and a few islands.
        return frozenset()
    length = (locale.weekend_end - locale.weekend_start) % 7 + 1
    return frozenset((locale.weekend_start + step) % 7 for step in range(length))
