"""Random cases: people in every zone of the tzdata wheel, around clock changes, with every kind of day."""

from datetime import UTC, date, datetime, timedelta
from functools import cache
from importlib.resources import files
from typing import Any
from zoneinfo import ZoneInfo

import holidays
from hypothesis import strategies as st

WEEKDAYS = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
DAY, HOUR = timedelta(days=1), timedelta(hours=1)
ZONES = sorted((files("tzdata") / "zones").read_text().split())
# Odd offsets, changes of half an hour, the ends of the earth, two changes a year around Ramadan.
REMARKABLE_ZONES = [
    "Africa/Casablanca", "America/New_York", "America/St_Johns", "Antarctica/Troll", "Asia/Gaza",
    "Asia/Kathmandu", "Australia/Lord_Howe", "Europe/Dublin", "Europe/London", "Pacific/Chatham",
    "Pacific/Kiritimati", "Pacific/Pago_Pago",
]  # fmt: skip
# With half days, substitute working days, weekends of their own, many holidays.
REMARKABLE_COUNTRIES = ["AE", "CN", "EE", "GR", "HU", "IL", "LV", "NP", "SA", "TR", "UA", "VN"]
COUNTRIES = sorted(holidays.list_supported_countries(include_aliases=False))
FIRST_YEAR, LAST_YEAR = 2024, 2030


@cache
def clock_changes(zone_name: str) -> list[date]:
    """The dates in UTC on which a zone changes its offset."""
    zone = ZoneInfo(zone_name)

    def offset(day: datetime) -> timedelta | None:
        return day.astimezone(zone).utcoffset()

    def days_from(start: datetime) -> list[datetime]:
        return [start + number * DAY for number in range(7)]

    changes = []
    # Two changes are weeks apart everywhere.
    start, end = datetime(FIRST_YEAR, 1, 1, tzinfo=UTC), datetime(LAST_YEAR + 1, 1, 1, tzinfo=UTC)
    while start < end:
        week = min(start + timedelta(days=7), end)
        if offset(start) != offset(week):
            changes += [day for day in days_from(start) if offset(day) != offset(day + DAY)]
        start = week
    return [change.date() for change in changes]


@cache
def calendars_of(country: str) -> tuple[tuple[str | None, ...], tuple[str, ...]]:
    """The subdivisions and categories of a country."""
    calendar = holidays.country_holidays(country)
    return (None, *calendar.subdivisions), tuple(sorted(calendar.supported_categories))


countries = st.sampled_from(REMARKABLE_COUNTRIES) | st.sampled_from(COUNTRIES)
zones = st.sampled_from(ZONES) | st.sampled_from(REMARKABLE_ZONES)


@st.composite
def clock_times(draw: st.DrawFn) -> str:
    minute = draw(
        st.integers(0, 23).map(lambda hour: hour * 60)
        | st.integers(0, 95).map(lambda quarter: quarter * 15)
        | st.integers(0, 1439)
    )
    return f"{minute // 60:02}:{minute % 60:02}"


OFFICE_DAYS = [WEEKDAYS[:5], [*WEEKDAYS[:4], "sun"], WEEKDAYS[:6], ["mon", "wed", "fri"], WEEKDAYS]
OFFICE_HOURS = [
    [["09:00", "17:00"]],
    [["08:00", "12:00"], ["14:00", "18:00"]],
    [["09:10", "17:50"]],
    [["10:00", "19:30"]],
    [["14:00", "22:00"]],
    [["20:00", "00:00"]],
    [["22:00", "06:00"]],
    [["23:45", "13:30"]],
]
# What people have, and what they could have.
office_weeks = st.builds(dict.fromkeys, st.sampled_from(OFFICE_DAYS), st.sampled_from(OFFICE_HOURS))
odd_weeks = st.dictionaries(
    st.sampled_from(WEEKDAYS), st.lists(st.tuples(clock_times(), clock_times()).map(list), max_size=3)
)
always = st.just({weekday: [["00:00", "00:00"]] for weekday in WEEKDAYS})


@st.composite
def calendars(draw: st.DrawFn) -> dict[str, Any]:
    country = draw(countries)
    subdivisions, categories = calendars_of(country)
    return {
        "country": country,
        "subdivision": draw(st.sampled_from(subdivisions)),
        "categories": draw(st.just(["public"]) | st.lists(st.sampled_from(categories), min_size=1, unique=True)),
    }


# How long somebody is busy, in seconds.
lengths = st.sampled_from([1, 60, 1800, 3600, 86_400]) | st.integers(1, 20_000)


@st.composite
def busy_seconds(draw: st.DrawFn, days: int) -> tuple[int, int]:
    """A start and an end, in seconds after the horizon's start, from the day before it to the day after it."""
    begins = draw(st.integers(-86_400, (days + 2) * 86_400))
    length = draw(lengths)
    if draw(st.booleans()):
        begins, length = begins // 900 * 900, -(-length // 900) * 900
    return begins, begins + length


@cache
def habits(days: int) -> st.SearchStrategy[dict[str, Any]]:
    """Some of the optional keys, for a horizon of so many days, with all its times counted from its start.

    Kept, because making the strategies takes longer than drawing from them.
    """
    some_days = st.lists(st.integers(-2, days + 2), max_size=4)
    return st.fixed_dictionaries(
        {},
        optional={
            "role": st.sampled_from(["client", "staff"]),
            "calendar": calendars(),
            "working_hours": office_weeks | odd_weeks,
            "preferred_hours": office_weeks | odd_weeks,
            "reachable_hours": always | odd_weeks,
            "days_off": some_days,
            "half_days": some_days,
            "extra_workdays": some_days,
            "busy": st.lists(busy_seconds(days), max_size=6),
            "buffer_minutes": st.sampled_from([0, 5, 10, 15, 30, 61]),
            "burden": st.sampled_from([0, 12.5, 40]) | st.integers(0, 400) | st.floats(0, 400, allow_subnormal=False),
        },
    )


@st.composite
def participants(draw: st.DrawFn, name: str, zone: str, start: datetime, end: datetime) -> dict[str, Any]:
    """One person with some of the optional keys."""
    person = {"id": name, "timezone": zone, **draw(habits((end - start).days))}
    for key in person.keys() & {"days_off", "half_days", "extra_workdays"}:
        person[key] = [(start + timedelta(days=day)).date().isoformat() for day in person[key]]
    if "busy" in person:
        person["busy"] = [
            [(start + timedelta(seconds=second)).isoformat() for second in edges] for edges in person["busy"]
        ]
    return person


meetings = st.fixed_dictionaries(
    {"duration_minutes": st.sampled_from([15, 30, 45, 60, 60, 90, 120, 480])},
    optional={
        "step_minutes": st.sampled_from([15, 30, 45, 60, 105, 1440]),
        "policy": st.sampled_from(["client_first", "shared", "least_total"]),
        "count": st.integers(1, 30),
    },
)
some_day = st.dates(date(FIRST_YEAR, 1, 1), date(LAST_YEAR, 12, 31))
horizon_seconds = st.integers(1, 6).map(lambda hours: hours * 3600) | st.integers(1, 8 * 86_400) | st.just(604_800)
seconds_past_the_hour = st.just(0) | st.integers(0, 3600)


@st.composite
def cases(draw: st.DrawFn, most_people: int = 4) -> dict[str, Any]:
    """A case, most of them in a week in which a clock changes."""
    people_zones = draw(st.lists(zones, min_size=1, max_size=most_people))
    changes = sorted({day for zone in people_zones for day in clock_changes(zone)})
    day = draw(st.sampled_from(changes) | some_day if changes else some_day)
    start = datetime.combine(day, datetime.min.time(), UTC) - timedelta(
        hours=draw(st.integers(-24, 72)), seconds=draw(seconds_past_the_hour)
    )
    end = start + timedelta(seconds=draw(horizon_seconds))
    meeting = {**draw(meetings), "from": start.isoformat(), "until": end.isoformat()}
    people = [draw(participants(f"p{place}", zone, start, end)) for place, zone in enumerate(people_zones)]
    return {"meeting": meeting, "participants": people}


@st.composite
def near_cases(draw: st.DrawFn) -> dict[str, Any]:
    """Colleagues of like hours, on few days: much that fits, and much that ties."""
    start = datetime.combine(draw(st.dates(date(2026, 3, 20), date(2026, 3, 31))), datetime.min.time(), UTC)
    end = start + timedelta(hours=draw(st.integers(8, 60)))
    hours = st.integers(0, 59).map(lambda hour: start + timedelta(hours=hour))
    busy = hours.flatmap(
        lambda begin: st.integers(1, 8).map(lambda length: [begin.isoformat(), (begin + length * HOUR).isoformat()])
    )
    people = [
        draw(
            st.fixed_dictionaries(
                {
                    "id": st.just(f"p{place}"),
                    "timezone": st.sampled_from(["Europe/London", "Europe/London", "Asia/Kolkata", "America/New_York"]),
                    "burden": st.sampled_from([0, 0, 2.5, 12.5, 40]),
                    "role": st.sampled_from(["staff", "staff", "client"]),
                },
                optional={"busy": st.lists(busy, max_size=3), "preferred_hours": office_weeks},
            )
        )
        for place in range(draw(st.integers(3, 6)))
    ]
    policy = draw(st.sampled_from(["client_first", "shared", "least_total"]))
    times = {"from": start.isoformat(), "until": end.isoformat()}
    return {
        "meeting": {
            "duration_minutes": draw(st.sampled_from([30, 60, 120])), "step_minutes": 30, "policy": policy, **times,
        },
        "participants": people,
    }  # fmt: skip


@st.composite
def cases_with_teams(draw: st.DrawFn) -> dict[str, Any]:
    """A case with optional people, pools, or both."""
    case = draw(near_cases() | near_cases() | cases(most_people=5))
    first, *others = case["participants"]
    members = draw(st.permutations([first, *[one for one in others if draw(st.integers(0, 3))]]))
    for person in case["participants"]:
        if person not in members:
            person["optional"] = True
    ids = [person["id"] for person in members]
    case["pools"] = []
    while len(ids) >= 2 and draw(st.integers(0, 4)):
        size = draw(st.integers(2, min(4, len(ids))))
        case["pools"].append({"of": ids[:size], "take": draw(st.integers(1, size - 1))})
        ids = ids[size:]
    return case
