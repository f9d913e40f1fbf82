"""Which dates are worked, by whom, and how long; figures worked out by hand."""

import pytest

from scheduling.engine import Band, MeetingRequest, Reason, propose, weekly_hours
from tests.engine.people import ALL_WEEK, ALWAYS, WEEK, at, cell, days, hours, person

# In this week of UTC, Monday is 4 May 2026.
SHIFT = hours("22:00", "06:00")


def test_hours_past_midnight_belong_to_the_day_on_which_they_begin() -> None:
    night_watch = person("UTC", working_hours=SHIFT)
    # Friday's shift runs on into Saturday, which is not worked itself.
    assert cell(night_watch, at("2026-05-09 05:45")).band is Band.IDEAL
    assert cell(night_watch, at("2026-05-09 06:00")).reasons == (Reason.DAY_OFF,)
    # Nobody began on Sunday: Monday at two is twenty hours early.
    assert cell(night_watch, at("2026-05-04 02:00")).reasons == (Reason.UNREACHABLE,)
    always_awake = person("UTC", working_hours=SHIFT, reachable_hours=ALWAYS)
    assert cell(always_awake, at("2026-05-04 02:00")).rate == 10 + 1200**2 / 360


def test_a_day_off_takes_the_shift_that_begins_on_it_and_leaves_the_one_before() -> None:
    night_watch = person("UTC", working_hours=SHIFT, days_off=days("2026-05-06"), reachable_hours=ALWAYS)
    assert cell(night_watch, at("2026-05-06 05:45")).band is Band.IDEAL
    assert cell(night_watch, at("2026-05-06 22:00")).reasons == (Reason.DAY_OFF,)
    assert cell(night_watch, at("2026-05-07 05:45")).reasons == ()
    assert cell(night_watch, at("2026-05-07 05:45")).band is Band.VERY_HARD


def test_a_half_day_ends_at_one() -> None:
    halved = person("UTC", half_days=days("2026-05-06"), reachable_hours=ALWAYS)
    assert cell(halved, at("2026-05-06 12:45")).band is Band.IDEAL
    assert cell(halved, at("2026-05-06 13:00")).reasons == (Reason.DAY_OFF,)
    assert cell(halved, at("2026-05-06 08:45")).band is Band.STRETCH


def test_a_half_day_of_a_night_shift_is_no_working_day() -> None:
    night_watch = person("UTC", working_hours=SHIFT, half_days=days("2026-05-06"), reachable_hours=ALWAYS)
    # Tuesday's shift runs on; Wednesday's is gone, and so is the reachable morning of a working day.
    assert cell(night_watch, at("2026-05-06 05:45")).band is Band.IDEAL
    assert cell(night_watch, at("2026-05-06 06:00")).reasons == (Reason.DAY_OFF,)
    assert cell(night_watch, at("2026-05-06 22:00")).reasons == (Reason.DAY_OFF,)


def test_a_shift_begun_before_a_half_day_is_not_cut_by_it() -> None:
    long_night = person("UTC", working_hours=hours("20:00", "15:00"), half_days=days("2026-05-06"))
    assert cell(long_night, at("2026-05-06 14:45")).band is Band.IDEAL


def test_a_lone_working_day_is_a_bridge_day_and_costs_twenty_an_hour_more() -> None:
    # Thursday is off, so that Friday stands alone before the weekend.
    bridging = person("UTC", days_off=days("2026-05-07"), preferred_hours=hours("10:00", "12:00"))
    friday = [cell(bridging, at(f"2026-05-08 {time}")) for time in ("08:45", "09:00", "10:00", "17:00")]
    assert [(each.band, each.rate) for each in friday] == [
        (Band.STRETCH, 30.625), (Band.GOOD, 30), (Band.IDEAL, 20), (Band.STRETCH, 30.625),
    ]  # fmt: skip
    assert cell(bridging, at("2026-05-06 10:00")).rate == 0


def test_a_bridge_day_reaches_as_far_as_the_shift_that_begins_on_it() -> None:
    bridging = person("UTC", working_hours=SHIFT, days_off=days("2026-05-07"), reachable_hours=ALWAYS)
    # Friday's shift, on Saturday; the shift of Wednesday is none.
    assert cell(bridging, at("2026-05-09 03:00")).rate == 20
    assert cell(bridging, at("2026-05-07 03:00")).rate == 0


def test_a_substitute_working_day_takes_the_hours_of_the_first_weekday_that_has_any() -> None:
    week = {"tue": [["10:00", "12:00"]], "wed": [["09:00", "17:00"]]}
    substitute = person(
        "UTC",
        working_hours=weekly_hours(week),
        extra_workdays=days("2026-05-06", "2026-05-09"),
        reachable_hours=ALWAYS,
    )
    for day in ("2026-05-06", "2026-05-09"):
        assert cell(substitute, at(f"{day} 10:00")).band is Band.IDEAL
        assert cell(substitute, at(f"{day} 09:00")).band is Band.STRETCH


def test_a_substitute_working_day_that_is_a_day_off_is_off() -> None:
    both = person("UTC", extra_workdays=days("2026-05-09"), days_off=days("2026-05-09"))
    assert cell(both, at("2026-05-09 10:00")).reasons == (Reason.DAY_OFF,)


def test_a_substitute_half_day_ends_at_one() -> None:
    both = person("UTC", extra_workdays=days("2026-05-09"), half_days=days("2026-05-09"))
    assert cell(both, at("2026-05-09 12:45")).band is Band.IDEAL
    assert cell(both, at("2026-05-09 13:00")).reasons == (Reason.DAY_OFF,)


@pytest.mark.parametrize(
    ("time", "band", "rate"),
    [
        ("17:00", Band.STRETCH, 10.625),
        ("17:45", Band.STRETCH, 20),
        ("18:00", Band.HARD, 25.625),
        ("19:45", Band.HARD, 100),
        ("20:00", Band.VERY_HARD, 10 + 195**2 / 360),
        ("08:45", Band.STRETCH, 10.625),
        ("08:00", Band.STRETCH, 20),
        ("07:45", Band.HARD, 25.625),
        ("06:00", Band.HARD, 100),
    ],
)
def test_inconvenience_grows_with_the_square_of_the_distance(time: str, band: Band, rate: float) -> None:
    nine_to_five = person("UTC", reachable_hours=ALWAYS)
    far = cell(nine_to_five, at(f"2026-05-06 {time}"))
    assert (far.band, far.rate) == (band, rate)


def test_the_nearest_hours_may_be_those_of_tomorrow_or_yesterday() -> None:
    evening = person(
        "UTC",
        working_hours=weekly_hours({"mon": [["12:00", "13:00"]], "tue": [["00:30", "02:00"]]}),
        reachable_hours=ALWAYS,
    )
    assert cell(evening, at("2026-05-04 23:45")).rate == 10 + 45**2 / 360
    late = person(
        "UTC",
        working_hours=weekly_hours({"mon": [["20:00", "23:30"]], "tue": [["20:00", "23:30"]]}),
        reachable_hours=ALWAYS,
    )
    assert cell(late, at("2026-05-05 00:00")).rate == 10 + 45**2 / 360


def test_hours_off_the_quarter_count_by_a_cells_first_minute() -> None:
    odd = person("UTC", working_hours=hours("09:10", "16:50"))
    assert [cell(odd, at(f"2026-05-06 {time}")).band for time in ("09:00", "09:15", "16:45", "17:00")] == [
        Band.STRETCH, Band.IDEAL, Band.IDEAL, Band.STRETCH,
    ]  # fmt: skip
    # Ten minutes to the opening; 25 from the closing to the far end. Rates are shown with six decimals.
    assert cell(odd, at("2026-05-06 09:00")).rate == 10.277778
    assert cell(odd, at("2026-05-06 17:00")).rate == 11.736111


def test_reachable_hours_begun_yesterday_reach_past_midnight() -> None:
    owl = person("UTC", reachable_hours=hours("18:00", "02:00", ["tue"]))
    assert cell(owl, at("2026-05-06 01:45")).reasons == ()
    assert cell(owl, at("2026-05-06 02:00")).reasons == (Reason.UNREACHABLE,)
    assert cell(owl, at("2026-05-05 17:45")).reasons == (Reason.UNREACHABLE,)


def test_preferred_hours_begun_yesterday_are_preferred_past_midnight() -> None:
    night_watch = person("UTC", working_hours=SHIFT, preferred_hours=hours("23:00", "01:00", ["tue"]))
    assert cell(night_watch, at("2026-05-06 00:45")).band is Band.IDEAL
    assert cell(night_watch, at("2026-05-06 01:00")).band is Band.GOOD
    assert cell(night_watch, at("2026-05-07 00:45")).band is Band.GOOD


def test_every_reason_that_holds_is_kept() -> None:
    busy = ((at("2026-05-09 02:00"), at("2026-05-09 02:01")),)
    assert cell(person("UTC", busy=busy), at("2026-05-09 02:00")).reasons == tuple(Reason)


def test_busy_times_are_widened_by_the_buffer_and_touch_no_cell_they_only_meet() -> None:
    busy = ((at("2026-05-06 10:05"), at("2026-05-06 10:20")),)

    def blocked(buffer_minutes: int) -> list[str]:
        busy_one = person("UTC", busy=busy, buffer_minutes=buffer_minutes)
        times = ("09:30", "09:45", "10:00", "10:15", "10:30", "10:45")
        return [time for time in times if cell(busy_one, at(f"2026-05-06 {time}")).reasons]

    assert blocked(0) == ["10:00", "10:15"]
    assert blocked(5) == ["10:00", "10:15"]
    assert blocked(10) == ["09:45", "10:00", "10:15"]
    assert blocked(11) == ["09:45", "10:00", "10:15", "10:30"]


def test_a_second_past_the_quarter_is_a_busy_quarter() -> None:
    busy = ((at("2026-05-06 09:59:59.999999"), at("2026-05-06 10:15:00.000001")),)
    busy_one = person("UTC", busy=busy)
    reasons = [
        bool(cell(busy_one, at(f"2026-05-06 {time}")).reasons) for time in ("09:30", "09:45", "10:00", "10:15", "10:30")
    ]
    assert reasons == [False, True, True, True, False]


def test_riyadh_and_dubai_share_monday_to_thursday() -> None:
    saudi = person("Asia/Riyadh", name="riyadh", working_hours=hours("09:00", "17:00", ["sun", *WEEK[:4]]))
    emirati = person("Asia/Dubai", name="dubai", working_hours=hours("09:00", "17:00"))
    proposal = propose(MeetingRequest(60, at("2026-05-03"), at("2026-05-10"), count=4), [saudi, emirati])
    assert [slot.start_at.strftime("%a") for slot in proposal.slots] == ["Mon", "Tue", "Wed", "Thu"]
    only_sunday = propose(MeetingRequest(60, at("2026-05-03"), at("2026-05-04")), [saudi, emirati])
    assert only_sunday.feasible == 0
    assert {blocker for miss in only_sunday.near_misses for blocker in miss.blockers} >= {("dubai", Reason.DAY_OFF)}


def test_nobody_works_without_working_hours() -> None:
    idle = person("UTC", working_hours=hours("09:00", "17:00", []), extra_workdays=days("2026-05-06"))
    proposal = propose(MeetingRequest(30, at("2026-05-03"), at("2026-05-10")), [idle])
    assert proposal.feasible == 0
    assert proposal.near_misses[0].blockers == (("somebody", Reason.DAY_OFF),)


def test_hours_from_midnight_to_midnight_are_a_whole_day() -> None:
    around = person("UTC", working_hours=hours("00:00", "00:00", ALL_WEEK))
    assert propose(MeetingRequest(1440, at("2026-05-04"), at("2026-05-05")), [around]).slots[0].total_cost == 0
