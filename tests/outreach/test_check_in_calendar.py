"""On which days and at which instants check-ins are due."""

import datetime as dt
import zoneinfo
from importlib import resources
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduling.outreach.check_ins.calendar import (
    CheckIn,
    ContactDays,
    DayOff,
    Frequency,
    Off,
    OnDayOff,
    PlacedStep,
    Step,
    check_ins,
    placed_steps,
)

DAY = dt.timedelta(days=1)
WEEK = dt.timedelta(weeks=1)
MONDAY = dt.date(2026, 10, 5)
WEEKDAYS = frozenset(range(5))
WORKING = ContactDays(WEEKDAYS, {})
STANDARD = (
    Step(0, dt.time(9), "priorities"),
    Step(2, dt.time(10), "approvals"),
    Step(4, dt.time(14), "dates"),
)


def placed(
    steps: tuple[Step, ...],
    days: ContactDays = WORKING,
    *,
    first_date: dt.date = MONDAY,
    last_date: dt.date = MONDAY + 6 * DAY,
    frequency: str = Frequency.WEEKLY,
    first_week_date: dt.date = MONDAY - 52 * WEEK,
) -> list[PlacedStep]:
    return list(
        placed_steps(
            steps,
            frequency=frequency,
            first_week_date=first_week_date,
            days=days,
            first_date=first_date,
            last_date=last_date,
        )
    )


def said(steps: tuple[Step, ...], days: ContactDays = WORKING, **values: object) -> dict[str, str]:
    """The purposes by “weekday date, wall”, from Monday 5 October, for a week or to `last_date`."""
    first_date = values.get("first_date", MONDAY)
    last_date = values.get("last_date", MONDAY + 6 * DAY)
    assert isinstance(first_date, dt.date)
    assert isinstance(last_date, dt.date)
    found = check_ins(placed(steps, days, **values), first_date, last_date)  # type: ignore[arg-type]
    return {f"{one.local_date:%a %-d}, {one.at_wall:%H:%M}": " ".join(one.purposes) for one in found}


def holidays(*dates: dt.date, workdays: frozenset[dt.date] = frozenset()) -> ContactDays:
    return ContactDays(WEEKDAYS, dict.fromkeys(dates, "National Day"), workdays)


def test_each_step_is_said_on_its_weekday() -> None:
    assert said(STANDARD) == {"Mon 5, 09:00": "priorities", "Wed 7, 10:00": "approvals", "Fri 9, 14:00": "dates"}


def test_a_step_goes_from_a_holiday_to_the_next_working_day() -> None:
    assert said(STANDARD[:1], holidays(MONDAY, MONDAY + DAY)) == {"Wed 7, 09:00": "priorities"}


def test_the_reason_of_a_move_is_told() -> None:
    found = next(one for one in placed(STANDARD[:1], holidays(MONDAY)) if one.planned_date == MONDAY)
    assert found.is_moved
    assert found.local_date == MONDAY + DAY
    assert found.day_off == DayOff(MONDAY, Off.HOLIDAY, "National Day")


def test_a_step_goes_to_the_working_day_before_where_it_says_so() -> None:
    steps = (Step(0, dt.time(9), "priorities", OnDayOff.PREVIOUS),)
    assert said(steps, holidays(MONDAY), first_date=MONDAY - 3 * DAY) == {"Fri 2, 09:00": "priorities"}


def test_a_step_is_left_out_where_it_says_so_and_the_reason_is_told() -> None:
    steps = (Step(0, dt.time(9), "priorities", OnDayOff.SKIP),)
    found = [one for one in placed(steps, holidays(MONDAY)) if one.planned_date == MONDAY]
    assert [(one.local_date, one.is_moved) for one in found] == [(None, False)]
    assert found[0].day_off == DayOff(MONDAY, Off.HOLIDAY, "National Day")
    assert said(steps, holidays(MONDAY)) == {}


def test_steps_that_land_on_one_day_are_one_check_in_at_the_earlier_time() -> None:
    steps = (Step(0, dt.time(15), "priorities"), Step(1, dt.time(9), "dates"))
    assert said(steps, holidays(MONDAY)) == {"Tue 6, 09:00": "priorities dates"}


def test_a_purpose_that_lands_twice_is_said_once() -> None:
    steps = (Step(0, dt.time(9), "dates"), Step(1, dt.time(10), "dates"))
    assert said(steps, holidays(MONDAY)) == {"Tue 6, 09:00": "dates"}


def test_what_moves_into_the_next_week_joins_what_is_there() -> None:
    friday = MONDAY + 4 * DAY
    found = said(STANDARD, holidays(friday), last_date=MONDAY + WEEK)
    assert found["Mon 12, 09:00"] == "dates priorities"


def test_a_weekday_that_the_contact_never_works_follows_the_same_rule() -> None:
    steps = (Step(6, dt.time(9), "priorities"),)
    assert said(steps, first_date=MONDAY + 6 * DAY, last_date=MONDAY + WEEK) == {"Mon 12, 09:00": "priorities"}
    assert placed(steps)[0].day_off == DayOff(MONDAY - DAY, Off.NOT_A_WORKDAY)


def test_own_days_off_come_before_holidays_and_substitute_working_days_are_worked() -> None:
    saturday = MONDAY + 5 * DAY
    days = ContactDays(WEEKDAYS, {MONDAY: "National Day"}, frozenset({saturday}), {MONDAY: "Wedding", saturday: ""})
    assert days.off(MONDAY) == DayOff(MONDAY, Off.AWAY, "Wedding")
    assert days.off(saturday) == DayOff(saturday, Off.AWAY)
    assert holidays(workdays=frozenset({saturday})).off(saturday) is None
    assert ContactDays(frozenset(), {}, frozenset({saturday})).off(saturday) is not None


def test_who_is_off_for_longer_than_a_week_is_left_alone_until_then() -> None:
    away = {MONDAY + number * DAY: "Leave" for number in range(12)}
    days = ContactDays(WEEKDAYS, {}, away=away)
    # Monday of the first week is two weeks before the return, Monday of the second one.
    assert said(STANDARD, days, last_date=MONDAY + 2 * WEEK) == {"Mon 19, 09:00": "priorities approvals dates"}
    assert {one.planned_date for one in placed(STANDARD, days) if one.local_date is None} == {
        MONDAY,
        MONDAY + 2 * DAY,
        MONDAY + 4 * DAY,
    }


def test_nothing_is_said_before_the_first_week() -> None:
    steps = (Step(0, dt.time(9), "priorities", OnDayOff.PREVIOUS),)
    assert said(steps, first_week_date=MONDAY + WEEK) == {}
    assert said(steps, holidays(MONDAY), first_week_date=MONDAY, first_date=MONDAY - WEEK) == {}


@pytest.mark.parametrize(
    ("frequency", "weeks"),
    [
        (Frequency.WEEKLY, [5, 12, 19, 26, 2, 9, 16, 23, 30]),
        (Frequency.FORTNIGHTLY, [12, 26, 9, 23]),
        (Frequency.MONTHLY, [5, 2]),
        (Frequency.NONE, []),
    ],
)
def test_the_frequency_says_which_weeks_count(frequency: str, weeks: list[int]) -> None:
    first_week = MONDAY - 51 * WEEK
    last_date = dt.date(2026, 11, 30)
    found = placed(STANDARD[:1], frequency=frequency, first_week_date=first_week, last_date=last_date)
    counted = [one.planned_date.day for one in found if MONDAY <= one.planned_date <= last_date]
    assert counted == weeks


@pytest.mark.parametrize(
    ("zone", "date", "wall", "expected"),
    [
        # The clock jumps from 02:00 to 03:00: by the offset before it, 02:30 is 03:30.
        ("Europe/Berlin", dt.date(2027, 3, 28), dt.time(2, 30), "2027-03-28T01:30Z"),
        # 02:30 occurs twice: the first of them.
        ("Europe/Berlin", dt.date(2026, 10, 25), dt.time(2, 30), "2026-10-25T00:30Z"),
        ("Asia/Kathmandu", MONDAY, dt.time(9), "2026-10-05T03:15Z"),
        ("Pacific/Apia", MONDAY, dt.time(9), "2026-10-04T20:00Z"),
    ],
)
def test_a_check_in_is_due_at_the_contacts_own_wall_time(
    zone: str, date: dt.date, wall: dt.time, expected: str
) -> None:
    assert f"{CheckIn(date, wall, ()).due_at(zone):%Y-%m-%dT%H:%MZ}" == expected


def offsets_by_search(zone: ZoneInfo, wall: dt.datetime) -> list[dt.datetime]:
    """Every instant at which the zone shows that wall time, tried with all offsets in use."""
    quarters = (dt.timedelta(minutes=15) * number for number in range(-14 * 4, 15 * 4))
    instants = ((wall - offset).replace(tzinfo=dt.UTC) for offset in quarters)
    return [at for at in instants if at.astimezone(zone).replace(tzinfo=None) == wall]


def test_w10_every_zone_gets_one_check_in_in_every_local_week() -> None:
    first_date, last_date = dt.date(2026, 1, 5), dt.date(2030, 12, 29)
    weeks = {(first_date + number * WEEK).isocalendar()[:2] for number in range((last_date - first_date).days // 7 + 1)}
    zones = sorted(zoneinfo.available_timezones())
    # Of the names of one set of rules, one.
    by_rules = {resources.files("tzdata.zoneinfo").joinpath(name).read_bytes(): name for name in zones}
    shifted = 0
    for number, name in enumerate(by_rules.values()):
        # Every weekday, and hours in which clocks change among them.
        step = Step(number % 7, dt.time(number % 5, 30), "priorities")
        everyday = ContactDays(frozenset(range(7)), {})
        found = check_ins(placed((step,), everyday, first_date=first_date, last_date=last_date), first_date, last_date)
        zone = ZoneInfo(name)
        local = [one.due_at(name).astimezone(zone) for one in found]
        assert len(local) == len(weeks), name
        assert {wall.isocalendar()[:2] for wall in local} == weeks, name
        for one, wall in zip(found, local, strict=True):
            wanted = dt.datetime.combine(one.local_date, one.at_wall)
            if wall.replace(tzinfo=None) != wanted:
                shifted += 1
                assert not offsets_by_search(zone, wanted), f"{name}: {wanted} exists"
    asked = len(by_rules) * len(weeks)
    print(f"W10: {len(zones)} zones with {len(by_rules)} rules, {asked:,} check-ins, one a week; {shifted} in a gap")
    assert shifted


steps = st.lists(
    st.builds(
        Step,
        st.integers(0, 6),
        st.sampled_from([dt.time(9), dt.time(10), dt.time(14)]),
        st.sampled_from(["priorities", "approvals", "dates"]),
        st.sampled_from(list(OnDayOff)),
    ),
    min_size=1,
    max_size=4,
)
near = st.integers(-10, 30).map(lambda number: MONDAY + number * DAY)


@given(
    steps=steps,
    weekdays=st.frozensets(st.integers(0, 6)),
    off=st.sets(near),
    workdays=st.frozensets(near),
    frequency=st.sampled_from(list(Frequency)),
    weeks_before=st.integers(-2, 3),
)
def test_dates_agree_with_a_search_over_all_days(
    steps: list[Step],
    weekdays: frozenset[int],
    off: set[dt.date],
    workdays: frozenset[dt.date],
    frequency: Frequency,
    weeks_before: int,
) -> None:
    first_week, last_date = MONDAY - weeks_before * WEEK, MONDAY + 20 * DAY
    days = ContactDays(weekdays, dict.fromkeys(off, "Holiday"), workdays)
    everywhere = [MONDAY + number * DAY for number in range(-40, 60)]

    def works(date: dt.date) -> bool:
        return date not in off and (date.weekday() in weekdays or (bool(weekdays) and date in workdays))

    expected: dict[dt.date, set[str]] = {}
    for date in everywhere:
        monday = date - dt.timedelta(days=date.isoweekday() - 1)
        in_rhythm = {
            Frequency.WEEKLY: True,
            Frequency.FORTNIGHTLY: (monday.toordinal() - first_week.toordinal()) % 14 == 0,
            # The first Monday of its month.
            Frequency.MONTHLY: (monday - WEEK).month != monday.month,
            Frequency.NONE: False,
        }[frequency]
        if not in_rhythm or monday < first_week:
            continue
        for step in steps:
            if step.weekday != date.weekday():
                continue
            free = [other for other in everywhere if works(other) and other >= first_week]
            to = {
                OnDayOff.NEXT: min((other for other in free if date < other <= date + WEEK), default=None),
                OnDayOff.PREVIOUS: max((other for other in free if date - WEEK <= other < date), default=None),
                OnDayOff.SKIP: None,
            }[OnDayOff(step.on_day_off)]
            landed = date if works(date) else to
            if landed is not None and MONDAY <= landed <= last_date:
                expected.setdefault(landed, set()).add(step.purpose)
    found = check_ins(
        placed(tuple(steps), days, frequency=frequency, first_week_date=first_week, last_date=last_date),
        MONDAY,
        last_date,
    )
    assert {one.local_date: set(one.purposes) for one in found} == expected
    assert len(found) == len({one.local_date for one in found})
