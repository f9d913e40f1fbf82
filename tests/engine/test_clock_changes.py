"""Days on walls whose clocks change, or stand where few people expect them; figures worked out by hand."""

from datetime import UTC, date, datetime, timedelta
from importlib.resources import files
from zoneinfo import ZoneInfo

import pytest

from scheduling.engine import Band, MeetingRequest, NearMiss, Reason, Role, Slot, assess, propose
from scheduling.engine.clock import QUARTER, instant_of, quarter_at, stretches
from tests.engine.generated import FIRST_YEAR, LAST_YEAR, ZONES, clock_changes
from tests.engine.people import ALL_WEEK, ALWAYS, at, cell, cells, hours, person

OFFICE = hours("09:00", "17:00")


def first_working_cell(time_zone: str, day: str) -> datetime:
    """The first instant of a day in UTC on which a nine-to-five office is open."""
    open_only = person(time_zone, working_hours=OFFICE, reachable_hours=OFFICE)
    start_at = at(day)
    return next(each.start_at for each in cells(open_only, start_at, start_at + timedelta(days=1)) if each.band)


@pytest.mark.parametrize(
    ("day", "first", "last"),
    [
        ("2026-03-06", "14:00", "16:00"),  # five hours apart
        ("2026-03-09", "13:00", "16:00"),  # America has changed: four
        ("2026-03-27", "13:00", "16:00"),
        ("2026-03-30", "13:00", "15:00"),  # Europe has followed
        ("2026-10-23", "13:00", "15:00"),
        ("2026-10-26", "13:00", "16:00"),  # Europe goes first in autumn
        ("2026-11-02", "14:00", "16:00"),
    ],
)
def test_new_york_and_london_share_an_hour_more_between_their_clock_changes(day: str, first: str, last: str) -> None:
    both = [
        person("America/New_York", name="new york", reachable_hours=OFFICE),
        person("Europe/London", name="london", reachable_hours=OFFICE),
    ]
    request = MeetingRequest(60, at(day), at(day) + timedelta(days=1), count=99)
    assessment = assess(request, both)
    starts = [at(day) + number * QUARTER for number in range(92)]
    free = [start for start in starts if isinstance(assessment.slot_at(start), Slot)]
    assert (free[0], free[-1]) == (at(f"{day} {first}"), at(f"{day} {last}"))
    assert assessment.proposal.feasible == len(free) == (free[-1] - free[0]) // QUARTER + 1


@pytest.mark.parametrize(
    ("time_zone", "spring", "autumn", "usual", "shift"),
    [
        ("Europe/London", "2026-03-29", "2026-10-25", 12, 4),
        ("Australia/Lord_Howe", "2026-10-04", "2026-04-05", 12, 2),
    ],
)
def test_a_gap_takes_cells_away_and_both_passes_of_a_fold_are_worked(
    time_zone: str, spring: str, autumn: str, usual: int, shift: int
) -> None:
    night = person(
        time_zone,
        working_hours=hours("00:00", "03:00", ["sun"]),
        reachable_hours=hours("00:00", "03:00", ["sun"]),
    )

    def worked(day: str) -> int:
        around = cells(night, at(day) - timedelta(days=1), at(day) + timedelta(days=1))
        return sum(each.band is Band.IDEAL for each in around)

    assert worked(spring) == usual - shift
    assert worked(autumn) == usual + shift


def test_slots_in_both_passes_of_a_fold_have_the_same_wall_time_and_another_offset() -> None:
    sunday = hours("00:00", "03:00", ["sun"])
    night = person("Europe/London", working_hours=sunday, reachable_hours=sunday)
    assessment = assess(MeetingRequest(30, at("2026-10-24"), at("2026-10-26")), [night])
    first, second = assessment.slot_at(at("2026-10-25 00:30")), assessment.slot_at(at("2026-10-25 01:30"))
    assert isinstance(first, Slot)
    assert isinstance(second, Slot)
    assert first.participants[0].local_start.isoformat() == "2026-10-25T01:30:00+01:00"
    assert second.participants[0].local_start.isoformat() == "2026-10-25T01:30:00+00:00"


def test_a_slot_over_a_gap_ends_an_hour_later_on_the_wall() -> None:
    night = person("Europe/London", working_hours=hours("00:00", "03:00", ["sun"]), reachable_hours=ALWAYS)
    slot = assess(MeetingRequest(30, at("2026-03-29"), at("2026-03-30")), [night]).slot_at(at("2026-03-29 00:45"))
    assert isinstance(slot, Slot)
    assert slot.participants[0].local_start.isoformat() == "2026-03-29T00:45:00+00:00"
    assert slot.participants[0].local_end.isoformat() == "2026-03-29T02:15:00+01:00"
    assert slot.participants[0].band is Band.IDEAL


def test_distance_over_a_gap_is_counted_on_the_wall() -> None:
    # From 00:45 to an opening at 03:00 the clock shows 135 minutes; 75 of them happen.
    early = person("Europe/London", working_hours=hours("03:00", "09:00", ["sun"]), reachable_hours=ALWAYS)
    assert cell(early, at("2026-03-29 00:45")).rate == 10 + 135**2 / 360 + 20


def test_nepal_opens_at_a_quarter_past() -> None:
    assert first_working_cell("Asia/Kathmandu", "2026-05-05") == at("2026-05-05 03:15")
    quarter_before = cell(person("Asia/Kathmandu"), at("2026-05-05 03:00"))
    assert (quarter_before.band, quarter_before.rate) == (Band.STRETCH, 10.625)


def test_the_chatham_islands_keep_their_three_quarters_when_the_clock_changes() -> None:
    assert first_working_cell("Pacific/Chatham", "2026-03-29") == at("2026-03-29 19:15")
    assert first_working_cell("Pacific/Chatham", "2026-04-05") == at("2026-04-05 20:15")


def test_casablanca_opens_an_hour_later_in_ramadan() -> None:
    assert first_working_cell("Africa/Casablanca", "2026-02-09") == at("2026-02-09 08:00")
    assert first_working_cell("Africa/Casablanca", "2026-02-16") == at("2026-02-16 09:00")
    assert first_working_cell("Africa/Casablanca", "2026-03-23") == at("2026-03-23 08:00")


def test_kiritimati_and_pago_pago_meet_on_different_dates() -> None:
    # 25 hours apart: ten in the morning on Tuesday is nine on Monday.
    kiritimati = person("Pacific/Kiritimati", name="kiritimati", role=Role.CLIENT)
    pago_pago = person("Pacific/Pago_Pago", name="pago pago")
    proposal = propose(MeetingRequest(60, at("2026-05-03"), at("2026-05-10")), [pago_pago, kiritimati])
    first = proposal.slots[0]
    assert first.start_at == at("2026-05-04 20:00")
    assert [one.local_start.isoformat() for one in first.participants] == [
        "2026-05-04T09:00:00-11:00",
        "2026-05-05T10:00:00+14:00",
    ]
    # Four dates have both at work; the fifth slot is the second of its date.
    assert [slot.total_cost for slot in proposal.slots] == [0] * 5
    assert [slot.participants[1].local_start.date().isoformat() for slot in proposal.slots] == [
        "2026-05-05", "2026-05-05", "2026-05-06", "2026-05-07", "2026-05-08",
    ]  # fmt: skip
    assessment = assess(MeetingRequest(60, at("2026-05-03"), at("2026-05-10")), [pago_pago, kiritimati])
    monday_there = assessment.slot_at(at("2026-05-03 20:00"))
    friday_here = assessment.slot_at(at("2026-05-08 20:00"))
    assert isinstance(monday_there, NearMiss)
    assert monday_there.blockers == (("pago pago", Reason.DAY_OFF),)
    assert isinstance(friday_here, NearMiss)
    assert friday_here.blockers == (("kiritimati", Reason.DAY_OFF),)


def one_name_of_each() -> list[str]:
    """One name for each set of rules; many zones are other names of one."""
    return list({(files("tzdata") / "zoneinfo" / name).read_bytes(): name for name in ZONES}.values())


def test_an_office_in_any_zone_opens_at_nine_before_and_after_its_clock_changes() -> None:
    wrong = []
    for name in one_name_of_each():
        always_open = hours("09:00", "17:00", ALL_WEEK)
        office = person(name, working_hours=always_open, reachable_hours=always_open)
        for change in clock_changes(name)[:3] or [date(FIRST_YEAR, 7, 1)]:
            start_at = at(f"{change}") - timedelta(days=3)
            first_of_days = propose(MeetingRequest(15, start_at, start_at + timedelta(days=7), count=6), [office]).slots
            walls = [slot.start_at.astimezone(office.zone) for slot in first_of_days]
            # The horizon cuts into the first date of some.
            openings = {f"{wall:%H:%M}" for wall in sorted(walls)[1:]}
            if openings != {"09:00"} or len({wall.date() for wall in walls}) != 6:
                wrong.append((name, change, openings))
    assert wrong == []


def test_every_zone_changes_its_offset_where_its_clock_does() -> None:
    first, last = (quarter_at(datetime(year, 1, 1, tzinfo=UTC)) for year in (FIRST_YEAR, LAST_YEAR + 1))
    wrong = []
    for name in one_name_of_each():
        zone = ZoneInfo(name)
        cut = stretches(zone, first, last)
        shown = [
            (quarter, offset * QUARTER)
            for start, end, offset in cut
            for quarter in (start, end - 1)
            if instant_of(quarter).astimezone(zone).utcoffset() != offset * QUARTER
        ]
        if shown or len(cut) != len(clock_changes(name)) + 1 or (cut[0][0], cut[-1][1]) != (first, last):
            wrong.append((name, shown))
    assert wrong == []
