"""Time zones by name: which one is meant, where it lies and what its city is called."""

import datetime as dt
import zoneinfo
from collections import defaultdict
from collections.abc import Mapping
from functools import cache, lru_cache
from types import MappingProxyType
from typing import Final

from babel import Locale
from babel.core import get_global

UTC = "UTC"
#: Far enough to see clocks change.
WEEKS_AHEAD = 27
#: The zone that almost everybody in a country with several of them keeps.
#: Source: CLDR, metaZones/primaryZones.
PRIMARY_ZONES: Final = MappingProxyType(
    {
        "CL": "America/Santiago",
        "CN": "Asia/Shanghai",
        "DE": "Europe/Berlin",
        "EC": "America/Guayaquil",
        "ES": "Europe/Madrid",
        "MH": "Pacific/Majuro",
        "MY": "Asia/Kuala_Lumpur",
        "NZ": "Pacific/Auckland",
        "PT": "Europe/Lisbon",
        "UZ": "Asia/Tashkent",
    }
)
_NOT_PLACES = frozenset({"localtime", "posixrules", "Factory"})


@lru_cache(maxsize=1024)
def zone_named(name: str) -> zoneinfo.ZoneInfo:
    """The zone of that IANA name, read once: zoneinfo itself keeps eight, and to read one takes as long as a query."""
    return zoneinfo.ZoneInfo(name)


@cache
def known_zones() -> frozenset[str]:
    """Every IANA zone name that may be stored, old spellings included."""
    return frozenset(zoneinfo.available_timezones() - _NOT_PLACES)


def canonical_zone(name: str) -> str | None:
    """The name in use today of a zone, whatever its letter case or age: “Asia/Calcutta” is Asia/Kolkata.

    None where there is no such zone.
    """
    spelled = _by_lower_case().get(name.strip().lower())
    if spelled is None:
        return None
    current: str = get_global("zone_aliases").get(spelled, spelled)
    # CLDR files UTC under Etc/; everybody writes it without.
    return UTC if current in {"Etc/UTC", "Etc/GMT"} else current


@cache
def canonical_zones() -> tuple[str, ...]:
    """The zones to choose from: each place once, under the name in use today, and UTC."""
    current = {canonical_zone(name) or name for name in known_zones()}
    return tuple(sorted(name for name in current if name == UTC or not name.startswith("Etc/")))


def zones_of_country(country: str) -> tuple[str, ...]:
    """The zones of an ISO 3166-1 country, sorted; none where CLDR knows of none."""
    return _zones_by_country().get(country, ())


def zone_of_country(country: str, city_name: str = "") -> str | None:
    """The zone that a place most likely keeps: that of its city, else the country's only or primary one.

    None where the country's name alone does not say.
    """
    zones = zones_of_country(country)
    named = [zone for zone in zones if city(zone, "en").casefold() == city_name.strip().casefold()]
    if named:
        return named[0]
    return zones[0] if len(zones) == 1 else PRIMARY_ZONES.get(country)


@lru_cache(maxsize=4096)
def city(time_zone: str, language: str) -> str:
    """The zone's exemplar city in the language (BCP 47), such as “東京” for Asia/Tokyo.

    Source: CLDR, timeZoneNames/zone/exemplarCity; where a language has none, the last part of the zone's name.
    """
    current = canonical_zone(time_zone) or time_zone
    if current.startswith("Etc/GMT"):
        # These count westwards, as POSIX does.
        return current.replace("Etc/GMT", "UTC").translate({ord("+"): "−", ord("-"): "+"})
    names = Locale.parse(language, sep="-").time_zones
    # CLDR keeps a city under the oldest name of its zone, IANA's tables under the newest.
    for name in (current, *_older_names().get(current, ())):
        if found := names.get(name, {}).get("city"):
            return str(found)
    return current.rpartition("/")[2].replace("_", " ")


def offsets_agree(time_zone: str, other: str, now: dt.datetime) -> bool:
    """Whether clocks in both zones show the same, now and each week for half a year."""
    zones = zoneinfo.ZoneInfo(time_zone), zoneinfo.ZoneInfo(other)
    instants = [now + dt.timedelta(weeks=week) for week in range(WEEKS_AHEAD)]
    return all(at.astimezone(zones[0]).utcoffset() == at.astimezone(zones[1]).utcoffset() for at in instants)


@cache
def _by_lower_case() -> Mapping[str, str]:
    return MappingProxyType({name.lower(): name for name in known_zones()})


@cache
def _older_names() -> Mapping[str, tuple[str, ...]]:
    older: dict[str, list[str]] = defaultdict(list)
    for old, current in get_global("zone_aliases").items():
        older[current].append(old)
    return MappingProxyType({current: tuple(names) for current, names in older.items()})


@cache
def _zones_by_country() -> Mapping[str, tuple[str, ...]]:
    zones: dict[str, list[str]] = defaultdict(list)
    for zone, country in get_global("zone_territories").items():
        if zone in known_zones():
            zones[country].append(zone)
    return MappingProxyType({country: tuple(sorted(names)) for country, names in zones.items()})
