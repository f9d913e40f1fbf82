"""What the pages read from an assessment; figures worked out by hand."""

import tracemalloc
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from scheduling.engine import (
    Absence,
    Band,
    Cell,
    InvalidInput,
    MeetingRequest,
    Participant,
    Position,
    Reason,
    Role,
    assess,
    explain,
    propose,
    weekly_hours,
)
from tests.engine.people import ALL_WEEK, ALWAYS, at, days, hours, person

# Monday 4 May to Sunday 10 May 2026.
WEEK_REQUEST = MeetingRequest(60, at("2026-05-04"), at("2026-05-11"))


def wall(text: str) -> datetime:
    return datetime.fromisoformat(text)


def test_days_tell_what_each_has_to_offer_and_who_is_away() -> None:
    office = hours("09:00", "11:00")
    one = person("UTC", name="one", working_hours=office, reachable_hours=office, days_off=days("2026-05-05"))
    busy = ((at("2026-05-06 08:00"), at("2026-05-06 10:30")),)
    other = person("UTC", name="other", working_hours=office, reachable_hours=office, busy=busy)
    outlooks = {outlook.date.day: outlook for outlook in assess(WEEK_REQUEST, [one, other]).days()}
    assert sorted(outlooks) == [4, 5, 6, 7, 8, 9, 10]
    # Starts from nine to ten.
    assert outlooks[4].feasible == 5
    assert outlooks[4].fairest is not None
    assert outlooks[4].fairest.start_at == at("2026-05-04 09:00")
    assert outlooks[4].absences == ()
    assert (outlooks[5].feasible, outlooks[5].fairest) == (0, None)
    assert [absence.id for absence in outlooks[5].absences] == ["one"]
    # The 93 starts of a day off are all off; most of them are out of reach as well.
    assert outlooks[5].absences[0].reasons == (Reason.DAY_OFF, Reason.UNREACHABLE)
    # Nights are out of reach, and the day is busy.
    assert outlooks[6].absences == (Absence("other", (Reason.UNREACHABLE, Reason.BUSY)),)
    assert [absence.id for absence in outlooks[9].absences] == ["one", "other"]


def test_days_can_be_those_of_another_wall() -> None:
    early = hours("00:00", "02:00", ALL_WEEK)
    owl = person("UTC", working_hours=early, reachable_hours=early)
    assessment = assess(MeetingRequest(60, at("2026-05-04"), at("2026-05-05")), [owl])
    assert [outlook.date for outlook in assessment.days()] == [date(2026, 5, 4)]
    there = assessment.days(ZoneInfo("America/New_York"))
    assert [(outlook.date, outlook.feasible) for outlook in there] == [(date(2026, 5, 3), 5), (date(2026, 5, 4), 0)]


def test_cells_cover_any_stretch_of_time_inside_the_horizon_or_not() -> None:
    assessment = assess(WEEK_REQUEST, [person("UTC")])
    cells = assessment.cells("somebody", at("2026-06-01 16:50"), at("2026-06-01 17:20"))
    assert cells == (
        Cell(at("2026-06-01 16:45"), Band.IDEAL, 0, ()),
        Cell(at("2026-06-01 17:00"), Band.STRETCH, 10.625, ()),
        Cell(at("2026-06-01 17:15"), Band.STRETCH, 12.5, ()),
    )
    night = assessment.cells("somebody", at("2026-06-01 05:45"), at("2026-06-01 06:00"))
    assert night == (Cell(at("2026-06-01 05:45"), None, None, (Reason.UNREACHABLE,)),)
    assert assessment.cells("somebody", at("2026-06-01"), at("2026-06-01")) == ()
    with pytest.raises(KeyError):
        assessment.cells("nobody", at("2026-06-01"), at("2026-06-02"))


@pytest.mark.parametrize("start", ["2026-05-03 23:45", "2026-05-10 23:15", "2026-05-06 09:10", "2027-05-06 09:00"])
def test_an_instant_outside_the_horizon_or_off_the_quarter_is_refused(start: str) -> None:
    with pytest.raises(InvalidInput, match="start_at"):
        assess(WEEK_REQUEST, [person("UTC")]).slot_at(at(start))


def explained(participant: Participant, start: str, minutes: int = 60) -> tuple[Position | None, int]:
    why = explain(participant, at(start), at(start) + timedelta(minutes=minutes))
    return why.position, why.minutes_outside


def test_where_a_time_lies_in_somebodys_day() -> None:
    wishing = person("UTC", preferred_hours=hours("10:00", "12:00"))
    assert explained(wishing, "2026-05-06 10:00") == (Position.PREFERRED, 0)
    assert explained(wishing, "2026-05-06 11:15") == (Position.WORKING, 0)
    assert explained(person("UTC"), "2026-05-06 10:00") == (Position.WORKING, 0)
    assert explained(wishing, "2026-05-06 07:00") == (Position.BEFORE_HOURS, 120)
    assert explained(wishing, "2026-05-06 16:30") == (Position.AFTER_HOURS, 30)
    assert explained(wishing, "2026-05-06 20:00") == (Position.AFTER_HOURS, 240)


def test_an_explanation_names_the_hours_it_is_measured_from() -> None:
    split = person("America/Bogota", working_hours=weekly_hours({"wed": [["08:00", "12:00"], ["14:00", "18:00"]]}))
    why = explain(split, at("2026-05-06 17:00"), at("2026-05-06 17:30"))
    assert (why.position, why.minutes_outside) == (Position.AFTER_HOURS, 30)
    assert why.working_wall == (wall("2026-05-06 08:00"), wall("2026-05-06 12:00"))
    assert why.reachable_wall == (wall("2026-05-06 06:00"), wall("2026-05-06 23:00"))
    # Wednesday alone is worked: a bridge day.
    assert why.bridge_day
    assert (why.band, why.cost) == (Band.STRETCH, (30.625 + 32.5) / 4)
    assert (why.reasons, why.day_off_date) == ((), None)


def test_an_explanation_of_a_night_shift_names_the_evening_on_which_it_began() -> None:
    night_watch = person("UTC", working_hours=hours("22:00", "06:00"))
    why = explain(night_watch, at("2026-05-09 02:00"), at("2026-05-09 03:00"))
    assert why.position is Position.WORKING
    assert why.working_wall == (wall("2026-05-08 22:00"), wall("2026-05-09 06:00"))


def test_an_explanation_of_a_blocked_time_keeps_every_reason() -> None:
    busy = ((at("2026-05-08 21:30"), at("2026-05-08 22:00")),)
    tired = person("UTC", busy=busy, days_off=days("2026-05-08"))
    why = explain(tired, at("2026-05-08 21:30"), at("2026-05-08 23:30"))
    assert why.reasons == (Reason.BUSY, Reason.DAY_OFF, Reason.UNREACHABLE)
    assert (why.band, why.cost, why.bridge_day) == (None, None, False)
    assert why.day_off_date == date(2026, 5, 8)
    assert why.reachable_wall == (wall("2026-05-08 06:00"), wall("2026-05-08 23:00"))
    # Thursday's hours are the nearest that there are.
    assert why.working_wall == (wall("2026-05-07 09:00"), wall("2026-05-07 17:00"))


def test_who_never_works_is_explained_without_hours() -> None:
    idle = person("UTC", working_hours=hours("09:00", "17:00", []), reachable_hours=hours("09:00", "17:00", []))
    why = explain(idle, at("2026-05-06 10:00"), at("2026-05-06 11:00"))
    assert (why.position, why.minutes_outside, why.working_wall, why.reachable_wall) == (None, 0, None, None)
    assert why.reasons == (Reason.DAY_OFF, Reason.UNREACHABLE)


@pytest.mark.parametrize(
    ("details", "field"),
    [
        ({"burden": float("nan")}, "burden"),
        ({"burden": float("inf")}, "burden"),
        ({"burden": -1}, "burden"),
        ({"buffer_minutes": -1}, "buffer_minutes"),
        ({"busy": ((datetime(2026, 5, 6), datetime(2026, 5, 7)),)}, "busy[0]"),  # noqa: DTZ001
        ({"busy": ((at("2026-05-06"), at("2026-05-05")),)}, "busy[0]"),
        ({"working_hours": ((),)}, "working_hours"),
        ({"working_hours": (((540, 540),), (), (), (), (), (), ())}, "working_hours.mon[0]"),
        ({"reachable_hours": ((), ((1440, 1500),), (), (), (), (), ())}, "reachable_hours.tue[0]"),
        ({"preferred_hours": ((), (), ((60, 1501),), (), (), (), ())}, "preferred_hours.wed[0]"),
    ],
)
def test_a_participant_that_cannot_be_is_refused(details: dict[str, Any], field: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        person("UTC", **details)
    assert refused.value.field == field


@pytest.mark.parametrize(
    ("start_at", "end_at", "field"),
    [
        (datetime(2026, 5, 6), at("2026-05-07"), "start_at"),  # noqa: DTZ001
        (at("2026-05-06"), datetime(2026, 5, 7), "end_at"),  # noqa: DTZ001
        (at("1899-05-06"), at("1899-05-07"), "start_at"),
        (at("2199-12-31"), at("2200-01-02"), "end_at"),
        (at("2026-05-06"), at("2026-05-06"), "end_at"),
    ],
)
def test_a_horizon_that_cannot_be_is_refused(start_at: datetime, end_at: datetime, field: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        MeetingRequest(60, start_at, end_at)
    assert refused.value.field == field


def test_nobody_too_many_and_the_same_one_twice_are_refused() -> None:
    for everybody in ([], [person("UTC", name=str(number)) for number in range(201)]):
        with pytest.raises(InvalidInput, match="participants: must hold 1 to 200"):
            propose(WEEK_REQUEST, everybody)
    with pytest.raises(InvalidInput) as refused:
        propose(WEEK_REQUEST, [person("UTC"), person("UTC", role=Role.CLIENT)])
    assert refused.value.field == "participants[1].id"


def test_weekly_hours_run_past_midnight_where_the_end_is_not_after_the_start() -> None:
    assert weekly_hours({"mon": [["22:00", "06:00"]], "sun": [["09:00", "09:00"]]}) == (
        ((1320, 1800),), (), (), (), (), (), ((540, 1980),),
    )  # fmt: skip
    with pytest.raises(InvalidInput) as refused:
        weekly_hours({"fri": [["09:00", "17:00"], ["18:00", "24:00"]]}, "working_hours")
    assert refused.value.field == "working_hours.fri[1]"


def test_two_hundred_people_over_a_year_fit_into_memory() -> None:
    zones = ("America/Bogota", "Europe/London", "Asia/Kolkata", "Asia/Tokyo")
    many = [person(zones[n % 4], name=str(n), reachable_hours=ALWAYS) for n in range(200)]
    tracemalloc.start()
    try:
        propose(MeetingRequest(60, at("2026-01-01"), at("2027-01-02")), many)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 150_000_000
