"""What public schedulers got wrong, asked of this engine; each test names the report that it is taken from."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest

from scheduling.engine import (
    Band,
    MeetingRequest,
    NearMiss,
    Participant,
    Pool,
    Reason,
    Role,
    Slot,
    assess,
    propose,
    weekly_hours,
)
from tests.engine.people import ALL_WEEK, ALWAYS, at, cells, days, hours, person

DAY = timedelta(days=1)


def only(weekdays: list[str], start: str, end: str) -> dict[str, Any]:
    """Hours at which somebody works, and outside of which nobody reaches them."""
    week = hours(start, end, weekdays)
    return {"working_hours": week, "reachable_hours": week}


def an_hour(start_at: datetime, length_days: int) -> MeetingRequest:
    """An hour in so many days on the wall of the instant given."""
    return MeetingRequest(60, start_at.astimezone(UTC), (start_at + length_days * DAY).astimezone(UTC))


def free_starts(request: MeetingRequest, *people: Participant) -> list[datetime]:
    """Every start at which everybody can meet."""
    assessment = assess(request, people)
    step, last_at = request.step_minutes * 60, request.end_at - timedelta(minutes=request.duration_minutes)
    since_epoch = range(-(-int(request.start_at.timestamp()) // step) * step, int(last_at.timestamp()) + 1, step)
    starts = [datetime.fromtimestamp(second, UTC) for second in since_epoch]
    found = [start for start in starts if isinstance(assessment.slot_at(start), Slot)]
    assert assessment.proposal.feasible == len(found)
    return found


@pytest.mark.parametrize(
    ("time_zone", "weekday", "start", "end", "first_week", "weeks"),
    [
        pytest.param(
            # A call on Sundays from 15:00 to 16:30 was offered at 16:00, on the Sunday of the change alone.
            *("America/Chicago", "sun", "15:00", "16:30", "2025-02-23", 4),
            id="calcom/cal.diy#19589",
        ),
        pytest.param(
            # The occurrences of a series moved back by an hour on the wall from the end of summer time on.
            *("America/Los_Angeles", "mon", "09:00", "10:00", "2022-10-17", 6),
            id="calcom/cal.diy#4400",
        ),
        pytest.param(
            # Hours were kept in UTC, so that they moved on the wall when its clock did.
            *("America/Vancouver", "tue", "08:00", "16:00", "2024-02-27", 4),
            id="thunderbird/appointment#289",
        ),
        pytest.param(
            # A week drawn from dates in summer gave places without summer time hours that were an hour late.
            *("Asia/Kolkata", "wed", "09:00", "17:00", "2026-03-04", 8),
            id="schej-it/timeful.app#208",
        ),
    ],
)
def test_weekly_hours_keep_their_wall_time_over_a_clock_change(
    time_zone: str, weekday: str, start: str, end: str, first_week: str, weeks: int
) -> None:
    somebody = person(time_zone, **only([weekday], start, end))
    open_cells = [
        each.start_at.astimezone(somebody.zone)
        for each in cells(somebody, at(first_week) - DAY, at(first_week) + weeks * 7 * DAY)
        if each.band is Band.IDEAL
    ]
    by_date: dict[date, list[time]] = {}
    for local in open_cells:
        by_date.setdefault(local.date(), []).append(local.time())
    closing = (datetime.combine(date.min, time.fromisoformat(end)) - timedelta(minutes=15)).time()
    assert list(by_date) == [date.fromisoformat(first_week) + week * 7 * DAY for week in range(weeks)]
    assert {(walls[0], walls[-1]) for walls in by_date.values()} == {(time.fromisoformat(start), closing)}


def test_a_week_looked_up_after_a_change_is_busy_at_the_same_wall_time() -> None:
    """schej-it/timeful.app#192: busy times taken over from a week after a clock change lay an hour off."""
    busy = tuple((at(f"{day} {begins}"), at(f"{day} {ends}")) for day, begins, ends in (
        ("2025-10-27", "14:00", "15:00"),  # ten o'clock in summer time
        ("2025-11-03", "15:00", "16:00"),  # and a week later
    ))  # fmt: skip
    montreal = person("America/Toronto", busy=busy, **only(["mon"], "09:00", "12:00"))
    taken = [
        each.start_at.astimezone(montreal.zone)
        for each in cells(montreal, at("2025-10-26"), at("2025-11-05"))
        if each.reasons == (Reason.BUSY,)
    ]
    assert [local.isoformat() for local in taken[::4]] == ["2025-10-27T10:00:00-04:00", "2025-11-03T10:00:00-05:00"]
    assert len(taken) == 8


def test_a_day_shown_as_open_has_slots_and_a_closed_one_has_none() -> None:
    """calcom/cal.diy#3184: for a reader seven hours east, Sunday looked open and was empty, and Saturday had slots."""
    chihuahua = person("America/Chihuahua", name="owner", reachable_hours=hours("09:00", "17:00"))
    belgrade = person("Europe/Belgrade", name="guest", role=Role.CLIENT, working_hours=ALWAYS, reachable_hours=ALWAYS)
    request = MeetingRequest(60, at("2026-07-08 22:00"), at("2026-07-14 22:00"))
    outlooks = {outlook.date: outlook.feasible for outlook in assess(request, [belgrade, chihuahua]).days()}
    starts = [start.astimezone(belgrade.zone).date() for start in free_starts(request, belgrade, chihuahua)]
    assert outlooks == {day: starts.count(day) for day in outlooks}
    # Friday from nine to five in Chihuahua is Friday from 17:00 to one on Saturday morning in Belgrade.
    saturday, sunday = date(2026, 7, 11), date(2026, 7, 12)
    assert outlooks[saturday] > 0
    assert outlooks[sunday] == 0


def test_the_sunday_of_a_clock_change_is_one_day_and_pushes_none_out() -> None:
    """schej-it/timeful.app#218: that Sunday was shown twice and the last day of the range not at all."""
    new_york = person("America/New_York", role=Role.CLIENT)
    for monday in ("2026-03-02", "2026-10-26"):
        start_at = datetime.combine(date.fromisoformat(monday), time(), new_york.zone)
        dates = [outlook.date for outlook in assess(an_hour(start_at, 14), [new_york]).days()]
        assert dates == [date.fromisoformat(monday) + number * DAY for number in range(14)]


def test_the_last_day_of_a_month_is_there_far_east() -> None:
    """calcom/cal.diy#12082: ahead of UTC the last day of a month had no slots, in the months of summer time."""
    sydney = person("Australia/Sydney", role=Role.CLIENT, **only([*ALL_WEEK], "09:00", "17:00"))
    start_at = datetime(2026, 10, 1, tzinfo=sydney.zone)
    outlooks = assess(an_hour(start_at, 31), [sydney]).days()
    assert [outlook.date.day for outlook in outlooks] == list(range(1, 32))
    assert {outlook.feasible for outlook in outlooks} == {29}


def test_a_day_off_is_that_date_on_the_persons_own_wall() -> None:
    """calcom/cal.diy#10200: a date taken out was another one wherever its evening is the next day in UTC."""
    off = days("2026-07-17")
    owl = person("America/Los_Angeles", working_hours=ALWAYS, reachable_hours=ALWAYS, days_off=off)
    blocked = [each.start_at for each in cells(owl, at("2026-07-15"), at("2026-07-20")) if each.reasons]
    # The shift that began on the 16th runs until its midnight; the one of the 17th would have been the day itself.
    assert (blocked[0], blocked[-1]) == (at("2026-07-17 07:00"), at("2026-07-18 06:45"))
    assert len(blocked) == 96


def test_a_whole_day_that_is_busy_does_not_reach_into_the_next() -> None:
    """thunderbird/appointment#580: an event of one day covered the following one too, depending on zones."""
    busy = ((at("2024-07-26 07:00"), at("2024-07-27 07:00")),)
    vancouver = person("America/Vancouver", busy=busy, **only([*ALL_WEEK], "00:00", "00:00"))
    blocked = [each.start_at for each in cells(vancouver, at("2024-07-25"), at("2024-07-29")) if each.reasons]
    assert {start.astimezone(vancouver.zone).date() for start in blocked} == {date(2024, 7, 26)}
    assert len(blocked) == 96


def test_a_busy_time_of_several_days_blocks_each_of_them() -> None:
    """alextselegidis/easyappointments#562: only the first day of a longer absence was closed."""
    busy = ((at("2026-05-05 12:00"), at("2026-05-08 10:00")),)
    somebody = person("UTC", busy=busy, reachable_hours=hours("09:00", "17:00"))
    starts = free_starts(an_hour(at("2026-05-04"), 5), somebody)
    by_date = {day: [start for start in starts if start.day == day] for day in range(4, 9)}
    assert [len(by_date[day]) for day in by_date] == [29, 9, 0, 0, 25]
    assert by_date[8][0] == at("2026-05-08 10:00")


def test_hours_past_midnight_offer_a_meeting_that_runs_over_it() -> None:
    """calcom/cal.diy#6323: with hours from 22:30 to two, an hour's call could not begin at 23:30."""
    owl = person("Asia/Dhaka", **only([*ALL_WEEK], "22:30", "02:00"))
    starts = free_starts(MeetingRequest(60, at("2026-05-04 12:00"), at("2026-05-05 12:00"), step_minutes=30), owl)
    walls = [f"{start.astimezone(owl.zone):%H:%M}" for start in starts]
    assert walls == ["22:30", "23:00", "23:30", "00:00", "00:30", "01:00"]


def test_a_late_hour_is_the_next_date_further_east() -> None:
    """alextselegidis/easyappointments#1432: eleven in the evening vanished for readers for whom it is past midnight."""
    host = person("Europe/London", name="host", **only(["thu"], "23:00", "00:00"))
    for time_zone, local in (
        ("Atlantic/Azores", "2023-10-26T22:00:00+00:00"),
        ("Europe/Berlin", "2023-10-27T00:00:00+02:00"),
        ("Asia/Tokyo", "2023-10-27T07:00:00+09:00"),
    ):
        reader = person(time_zone, name="reader", role=Role.CLIENT, working_hours=ALWAYS, reachable_hours=ALWAYS)
        [slot] = propose(an_hour(at("2023-10-26"), 2), [reader, host]).slots
        assert slot.participants[0].local_start.isoformat() == local


def test_a_free_minute_is_not_enough_where_the_meeting_runs_into_something() -> None:
    """calcom/cal.diy#107: half an hour was offered at 12:30, twenty minutes before another event."""
    busy = ((at("2026-05-04 12:50"), at("2026-05-04 14:00")),)
    somebody = person("UTC", busy=busy, **only(["mon"], "12:00", "15:00"))
    starts = free_starts(MeetingRequest(30, at("2026-05-04"), at("2026-05-05")), somebody)
    assert [f"{start:%H:%M}" for start in starts] == ["12:00", "12:15", "14:00", "14:15", "14:30"]


def test_a_buffer_ends_before_the_meeting_and_the_meeting_within_the_hours() -> None:
    """calcom/cal.diy#2078: with a buffer and small steps, calls were offered that ended after hours."""
    busy = ((at("2026-05-04 12:50"), at("2026-05-04 13:50")),)
    somebody = person("UTC", busy=busy, buffer_minutes=15, **only(["mon"], "13:00", "16:00"))
    starts = free_starts(MeetingRequest(60, at("2026-05-04"), at("2026-05-05")), somebody)
    assert [f"{start:%H:%M}" for start in starts] == ["14:15", "14:30", "14:45", "15:00"]


def test_people_who_open_a_quarter_apart_share_each_start_once() -> None:
    """calcom/cal.diy#6386: hours a quarter out of step gave every slot twice, or none of those both had."""
    early, late = (
        person("UTC", name=name, **only(["mon"], opening, "11:00"))
        for name, opening in (("early", "09:00"), ("late", "09:15"))
    )
    starts = free_starts(MeetingRequest(60, at("2026-05-04"), at("2026-05-05")), early, late)
    assert [f"{start:%H:%M}" for start in starts] == ["09:15", "09:30", "09:45", "10:00"]


def test_people_whose_working_days_hardly_touch_meet_where_they_do() -> None:
    """calcom/cal.diy#3898: days were cut to what all share before they were laid over each other in UTC."""
    pacific = person("America/Los_Angeles", name="pacific", reachable_hours=hours("09:00", "17:00"))
    berlin = person("Europe/Berlin", name="berlin", **only(["mon", "tue"], "10:00", "19:00"))
    starts = free_starts(an_hour(at("2026-05-04"), 2), pacific, berlin)
    # Six in the evening in Berlin is nine in the morning there; it closes at seven.
    assert starts == [at("2026-05-04 16:00"), at("2026-05-05 16:00")]


def test_people_who_share_no_hour_are_not_offered_the_first_ones() -> None:
    """calcom/cal.diy#3746: where nothing was common to all, the first person's free times were shown."""
    morning, evening = (
        person("UTC", name=name, **only(["mon"], opening, closing))
        for name, opening, closing in (("morning", "08:00", "12:00"), ("evening", "14:00", "18:00"))
    )
    assessment = assess(MeetingRequest(60, at("2026-05-04"), at("2026-05-05")), [morning, evening])
    assert (assessment.proposal.feasible, assessment.proposal.slots) == (0, ())
    assert assessment.proposal.near_misses[0].blockers == (("evening", Reason.UNREACHABLE),)
    assert isinstance(assessment.slot_at(at("2026-05-04 09:00")), NearMiss)


def test_whole_hours_where_clocks_are_half_an_hour_off_need_a_smaller_step() -> None:
    """calcom/cal.diy#10136: hourly starts fell on half hours in India.

    So they do here with a step of an hour, which is counted in UTC for everybody; half an hour has the whole ones.
    """
    india = person("Asia/Kolkata", **only(["mon"], "07:30", "12:00"))
    for step, walls in ((60, ["07:30", "08:30", "09:30", "10:30"]), (30, ["07:30", "08:00", "08:30", "09:00"])):
        request = MeetingRequest(60, at("2026-05-03 18:30"), at("2026-05-04 18:30"), step_minutes=step)
        starts = [f"{start.astimezone(india.zone):%H:%M}" for start in free_starts(request, india)]
        assert starts[:4] == walls


def test_working_hours_may_be_two_parts_of_a_day() -> None:
    """calcom/cal.diy#22226: after a break the starts kept to the grid of the morning, and 12:30 was never offered."""
    parts = weekly_hours({"mon": [["08:00", "12:00"], ["12:30", "17:30"]]})
    somebody = person("UTC", working_hours=parts, reachable_hours=parts)
    starts = [
        f"{start:%H:%M}" for start in free_starts(MeetingRequest(60, at("2026-05-04"), at("2026-05-05")), somebody)
    ]
    assert {"11:00", "12:30", "13:30", "16:30"} <= set(starts)
    assert not {"11:15", "12:00", "12:15", "16:45"} & set(starts)


def test_any_of_several_colleagues_can_meet_though_nobody_is_fixed() -> None:
    # Nothing was offered for round robin without a fixed host: calcom/cal.diy#6782, #7226. Adding somebody took away
    # slots of a day: #6773.
    early = person("Europe/Berlin", name="early", **only(["mon"], "09:00", "12:00"))
    late = person("Europe/Berlin", name="late", **only(["mon"], "11:00", "15:00"))
    alone = an_hour(at("2026-03-02 00:00"), 1)
    together = replace(alone, pools=(Pool(("early", "late"), 1),))
    offered = free_starts(together, early, late)
    assert set(offered) == {*free_starts(alone, early), *free_starts(alone, late)}
    assert offered


def test_a_busy_day_of_one_of_several_colleagues_is_theirs_alone_and_counts() -> None:
    # Two of a pool with a busy day each, and all those days were offered: calcom/cal.diy#5539, #11690.
    wednesday = (at("2026-03-03 23:00"), at("2026-03-04 23:00"))
    friday = (at("2026-03-05 23:00"), at("2026-03-06 23:00"))
    first = person("Europe/Berlin", name="first", busy=(wednesday,), **only(["mon", "wed"], "09:00", "17:00"))
    second = person("Europe/Berlin", name="second", busy=(friday,), **only(["fri"], "09:00", "17:00"))
    request = replace(an_hour(at("2026-03-02 00:00"), 7), pools=(Pool(("first", "second"), 1),))
    assert {start.date() for start in free_starts(request, first, second)} == {date(2026, 3, 2)}
