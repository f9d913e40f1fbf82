"""Wall times and the instants they mean, around every clock change."""

import datetime as dt
import zoneinfo
from collections.abc import Iterator
from importlib.resources import files

import pytest

from scheduling.meetings.walltime import WallTime, wall_time_of

QUARTER = dt.timedelta(minutes=15)
FIRST_AT = dt.datetime(2024, 1, 1, tzinfo=dt.UTC)
LAST_AT = dt.datetime(2031, 1, 1, tzinfo=dt.UTC)


def transitions(zone: zoneinfo.ZoneInfo) -> Iterator[dt.datetime]:
    """The quarters of an hour from which the zone's offset is another one, found by asking each week, then closer."""
    step = dt.timedelta(days=7)
    at = FIRST_AT
    while at < LAST_AT:
        low, high = at, at + step
        if low.astimezone(zone).utcoffset() != high.astimezone(zone).utcoffset():
            while high - low > QUARTER:
                middle = low + (high - low) // 2 // QUARTER * QUARTER
                if middle.astimezone(zone).utcoffset() == low.astimezone(zone).utcoffset():
                    low = middle
                else:
                    high = middle
            yield high
        at += step


def test_every_instant_around_every_clock_change_comes_back_from_its_wall_time() -> None:
    """Row T3: 24 hours around each change of 2024 to 2030, by quarters of an hour."""
    checked = 0
    # Many zones are other names of one.
    names = {(files("tzdata") / "zoneinfo" / name).read_bytes(): name for name in zoneinfo.available_timezones()}
    for name in sorted(names.values()):
        for change_at in transitions(zoneinfo.ZoneInfo(name)):
            for quarters in range(-48, 48):
                at = change_at + quarters * QUARTER
                assert wall_time_of(at, name).instant == at, (name, at)
                checked += 1
    assert checked > 100_000


@pytest.mark.parametrize(
    ("time_zone", "date", "wall", "instant"),
    [
        # Gap: 02:30 does not exist; the offset before it (−5) puts it at 03:30 daylight time.
        ("America/New_York", dt.date(2026, 3, 8), dt.time(2, 30), "2026-03-08T07:30:00+00:00"),
        # Gap of half an hour.
        ("Australia/Lord_Howe", dt.date(2026, 10, 4), dt.time(2, 15), "2026-10-03T15:45:00+00:00"),
        # Fold: the first pass (still daylight time).
        ("America/New_York", dt.date(2026, 11, 1), dt.time(1, 30), "2026-11-01T05:30:00+00:00"),
        ("Asia/Kathmandu", dt.date(2026, 3, 3), dt.time(17, 45), "2026-03-03T12:00:00+00:00"),
        ("Pacific/Kiritimati", dt.date(2026, 3, 3), dt.time(9, 0), "2026-03-02T19:00:00+00:00"),
        # Morocco leaves its daylight time for Ramadan.
        ("Africa/Casablanca", dt.date(2026, 3, 3), dt.time(9, 0), "2026-03-03T09:00:00+00:00"),
        ("Africa/Casablanca", dt.date(2026, 4, 3), dt.time(9, 0), "2026-04-03T08:00:00+00:00"),
    ],
)
def test_a_wall_time_means_the_instant_of_rfc_5545(time_zone: str, date: dt.date, wall: dt.time, instant: str) -> None:
    assert WallTime(date, wall, 0, time_zone).instant.isoformat() == instant


def test_the_second_pass_of_a_fold_is_kept_apart_from_the_first() -> None:
    second = dt.datetime(2026, 11, 1, 6, 30, tzinfo=dt.UTC)
    wall = wall_time_of(second, "America/New_York")
    assert (wall.start_wall, wall.fold, wall.utc_offset_minutes) == (dt.time(1, 30), 1, -300)
