"""Series: weeks, times and plans, one rule at a time."""

import json
import random
from datetime import date, time, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from scheduling import engine
from scheduling.engine import (
    MAX_WEEKS,
    InvalidInput,
    Occurrence,
    OccurrenceKind,
    Participant,
    Policy,
    Role,
    SeriesRequest,
    WeeklyTime,
    series_horizon,
)
from scheduling.meetings.cases import parse_series_case, plan_json
from tests.engine.people import ALWAYS, at, days, hours, person
from tests.engine.test_cases import run_command, written

REGULAR, MOVED, SKIPPED = OccurrenceKind.REGULAR, OccurrenceKind.MOVED, OccurrenceKind.SKIPPED
NINE_TO_TEN = hours("09:00", "10:00")
# As long as it takes, however busy the machine is.
plan_series = partial(engine.plan_series, seconds=60)


def request(weeks: int, start: str, **details: Any) -> SeriesRequest:
    return SeriesRequest(60, weeks, date.fromisoformat(start), **details)


def starts(occurrences: tuple[Occurrence, ...]) -> list[str | None]:
    return [f"{each.slot.start_at:%Y-%m-%d %H:%M}" if each.slot else None for each in occurrences]


def kinds(occurrences: tuple[Occurrence, ...]) -> list[OccurrenceKind]:
    return [each.kind for each in occurrences]


def only_at(start: str, end: str, time_zone: str = "UTC", *weekdays: str, **details: Any) -> Participant:
    """A person who can meet then and at no other time."""
    open_hours = hours(start, end, weekdays or ("mon",))
    return person(time_zone, working_hours=open_hours, reachable_hours=open_hours, **details)


def test_weeks_run_from_monday_on_also_where_the_first_date_is_a_sunday() -> None:
    plan = plan_series(request(2, "2026-09-13"), [only_at("09:00", "10:00")])
    assert [each.week_start_date for each in plan.occurrences] == [date(2026, 9, 7), date(2026, 9, 14)]
    assert starts(plan.occurrences) == ["2026-09-07 09:00", "2026-09-14 09:00"]
    assert plan.times == (WeeklyTime(0, time(9)),)


def test_the_time_is_on_the_wall_of_the_first_client() -> None:
    staff = person("Asia/Tokyo", name="staff", reachable_hours=ALWAYS)
    client = only_at("09:00", "10:00", "America/New_York", name="client", role=Role.CLIENT)
    plan = plan_series(request(1, "2026-09-07"), [staff, client])
    assert plan.times == (WeeklyTime(0, time(9)),)
    assert starts(plan.occurrences) == ["2026-09-07 13:00"]


def test_a_time_stays_on_the_wall_while_clocks_change_around_it() -> None:
    # America changes on 8 March and Europe on the 29th.
    client = only_at("09:00", "10:00", "America/New_York", role=Role.CLIENT)
    london = person("Europe/London", name="london")
    plan = plan_series(request(5, "2026-03-02"), [london, client])
    assert [each.slot.start_at.hour for each in plan.occurrences if each.slot] == [14, 13, 13, 13, 13]
    walls = [each.slot.participants[0].local_start.hour for each in plan.occurrences if each.slot]
    assert walls == [14, 13, 13, 13, 14]
    assert kinds(plan.occurrences) == [REGULAR] * 5


def test_in_a_gap_a_time_has_the_offset_before_it() -> None:
    # Sundays at 01:30; on the 29th London goes from 01:00 to 02:00.
    sundays = hours("01:00", "04:00", ["sun"])
    night = person("Europe/London", working_hours=sundays, reachable_hours=sundays)
    half_past = request(1, "2026-03-29", weekdays=(6,), step_minutes=90, max_times=9)
    plan = plan_series(half_past, [night])
    # 01:30 with the offset before the gap is 02:30 on the new wall; 03:00 is free as well, and later.
    assert plan.times == (WeeklyTime(6, time(1, 30)),)
    assert starts(plan.occurrences) == ["2026-03-29 01:30"]
    assert plan.occurrences[0].slot is not None
    assert plan.occurrences[0].slot.participants[0].local_start.isoformat() == "2026-03-29T02:30:00+01:00"


def test_in_a_fold_a_time_is_the_first_pass() -> None:
    sundays = hours("01:00", "02:30", ["sun"])
    night = person("Europe/London", working_hours=sundays, reachable_hours=sundays)
    plan = plan_series(request(1, "2026-10-25", weekdays=(6,), step_minutes=90), [night])
    assert starts(plan.occurrences) == ["2026-10-25 00:30"]


def test_a_holiday_moves_its_week_alone() -> None:
    monday_or_tuesday = only_at("09:00", "10:00", "UTC", "mon", "tue", days_off=days("2026-09-14"))
    on_mondays = person("UTC", name="boss", busy=tuple(
        (at(f"{day} 00:00"), at(f"{day} 23:00")) for day in ("2026-09-08", "2026-09-22")
    ))  # fmt: skip
    plan = plan_series(request(3, "2026-09-07", max_times=1), [monday_or_tuesday, on_mondays])
    assert plan.times == (WeeklyTime(0, time(9)),)
    assert kinds(plan.occurrences) == [REGULAR, MOVED, REGULAR]
    assert starts(plan.occurrences) == ["2026-09-07 09:00", "2026-09-15 09:00", "2026-09-21 09:00"]
    assert plan.occurrences[1].time == WeeklyTime(1, time(9))
    assert plan.moved == plan.fixed.moved == 1


def test_a_second_time_makes_that_week_regular() -> None:
    monday_or_tuesday = only_at("09:00", "10:00", "UTC", "mon", "tue", days_off=days("2026-09-14"))
    plan = plan_series(request(3, "2026-09-07", max_times=2), [monday_or_tuesday])
    assert kinds(plan.occurrences) == [REGULAR] * 3
    assert plan.moved == 0


def test_a_week_without_any_time_is_skipped_and_costs_nothing() -> None:
    away = only_at("09:00", "10:00", days_off=days("2026-09-14"), burden=7)
    plan = plan_series(request(2, "2026-09-07"), [away])
    assert kinds(plan.occurrences) == [REGULAR, SKIPPED]
    skipped = plan.occurrences[1]
    assert (skipped.week_start_date, skipped.time, skipped.slot) == (date(2026, 9, 14), None, None)
    # One Monday between two days off is a bridge day, at 20 points.
    assert plan.max_load == plan.lower_bound == 27


def test_where_nothing_ever_fits_all_weeks_are_skipped() -> None:
    strangers = [only_at("09:00", "10:00", name="one", burden=4), only_at("10:00", "11:00", name="other")]
    plan = plan_series(request(2, "2026-09-07"), strangers)
    assert (plan.times, kinds(plan.occurrences)) == ((), [SKIPPED, SKIPPED])
    assert (plan.loads, plan.max_load, plan.lower_bound, plan.gap) == ({"one": 4.0, "other": 0.0}, 4.0, 4.0, 0.0)
    assert (plan.fixed.time, plan.fixed.moved, plan.fixed.max_load) == (None, 0, 4.0)


def test_friday_and_saturday_are_a_weekend_where_they_are() -> None:
    sunday_to_thursday = hours("09:00", "17:00", ["sun", "mon", "tue", "wed", "thu"])
    dubai = person("Asia/Dubai", role=Role.CLIENT, working_hours=sunday_to_thursday, reachable_hours=sunday_to_thursday)
    weekend = plan_series(request(2, "2026-09-07", weekdays=(4, 5)), [dubai])
    assert kinds(weekend.occurrences) == [SKIPPED, SKIPPED]
    sunday = plan_series(request(2, "2026-09-07", weekdays=(4, 5, 6)), [dubai])
    assert {each.weekday for each in sunday.times} == {6}


def test_two_who_cannot_both_be_spared_take_turns() -> None:
    # Each has a wish that hurts the other; one time alone would burden one person for ever.
    early = person("UTC", name="early", working_hours=hours("09:00", "10:00"), reachable_hours=ALWAYS)
    late = person("UTC", name="late", working_hours=hours("14:00", "15:00"), reachable_hours=ALWAYS)
    plan = plan_series(request(8, "2026-09-07", weekdays=(0,), step_minutes=60, max_times=2), [early, late])
    assert plan.max_load < plan.fixed.max_load
    assert len(plan.times) == 2
    # They change places rather than serve one after the other.
    taken = [each.time for each in plan.occurrences]
    assert all(taken[week : week + 3] != [taken[week]] * 3 for week in range(6))


def test_a_client_weighs_five_times_under_client_first_alone() -> None:
    people = [
        person("UTC", name="client", role=Role.CLIENT, working_hours=NINE_TO_TEN, reachable_hours=ALWAYS),
        person("UTC", name="staff", working_hours=hours("12:00", "13:00"), reachable_hours=ALWAYS),
    ]
    plans = [plan_series(request(4, "2026-09-07", policy=policy), people) for policy in Policy]
    for policy, plan in zip(Policy, plans, strict=True):
        costs = {"client": 0.0, "staff": 0.0}
        for each in plan.occurrences:
            for one in each.slot.participants if each.slot else ():
                costs[one.id] += one.cost
        weight = 5 if policy is Policy.CLIENT_FIRST else 1
        assert plan.loads == {"client": pytest.approx(weight * costs["client"]), "staff": pytest.approx(costs["staff"])}
        assert (policy is Policy.CLIENT_FIRST) == (costs["client"] < costs["staff"] / 4)


def test_where_loads_are_equal_everybodys_costs_count_alike() -> None:
    # Whatever the time, the boss has the highest load. At 10:00 the weighted costs would be lower than at 11:00.
    noon = hours("12:00", "13:00")
    people = [
        person("UTC", name="boss", working_hours=ALWAYS, reachable_hours=ALWAYS, burden=10_000),
        person("UTC", name="client", role=Role.CLIENT, working_hours=NINE_TO_TEN, reachable_hours=ALWAYS),
        person("UTC", name="one", working_hours=noon, reachable_hours=ALWAYS),
        person("UTC", name="other", working_hours=noon, reachable_hours=ALWAYS),
    ]
    plan = plan_series(request(2, "2026-09-07", weekdays=(0,), step_minutes=60), people)
    assert plan.max_load == 10_000
    assert plan.times == (WeeklyTime(0, time(11)),)


def wide_case(count: int, weeks: int) -> tuple[SeriesRequest, list[Participant]]:
    """People around the world, reachable at all hours, with days off of their own."""
    chance = random.Random(7)
    monday = date(2026, 9, 7)
    zones = ["America/Toronto", "Europe/London", "Asia/Kolkata", "Asia/Tokyo", "Australia/Sydney"]
    people = [
        person(
            zones[place % 5],
            name=f"p{place}",
            role=Role.CLIENT if place == 1 else Role.STAFF,
            reachable_hours=ALWAYS,
            days_off=frozenset(monday + timedelta(days=chance.randrange(7 * weeks)) for _ in range(3)),
            burden=chance.randrange(60),
        )
        for place in range(count)
    ]
    return request(weeks, "2026-09-07", step_minutes=60), people


def test_the_order_of_people_changes_nothing_but_their_order() -> None:
    series, people = wide_case(5, 6)
    plan = plan_series(series, people, seconds=60)
    again = plan_series(series, people[::-1], seconds=60)
    assert (again.times, again.loads, again.lower_bound) == (plan.times, plan.loads, plan.lower_bound)
    assert starts(again.occurrences) == starts(plan.occurrences)


@pytest.mark.parametrize("max_times", [1, 2, 4, 300])
def test_any_number_of_times_is_planned_and_more_are_never_worse(max_times: int) -> None:
    series, people = wide_case(3, 3)
    few = SeriesRequest(60, 3, series.start_date, step_minutes=180, max_times=max_times)
    more = SeriesRequest(60, 3, series.start_date, step_minutes=180, max_times=max_times + 1)
    plan, better = (plan_series(one, people, seconds=60) for one in (few, more))
    assert plan.lower_bound is not None
    assert better.lower_bound is not None
    assert better.lower_bound <= plan.max_load
    assert (plan.gap or 0, better.gap or 0) < (0.0101, 0.0101)
    assert len(plan.times) <= max_times


def test_without_time_a_good_plan_comes_with_an_honest_bound() -> None:
    series, people = wide_case(5, 6)
    hasty, searched = plan_series(series, people, seconds=0), plan_series(series, people, seconds=60)
    assert hasty.lower_bound is not None
    assert searched.lower_bound is not None
    assert hasty.lower_bound <= searched.max_load <= hasty.max_load * 1.01
    assert hasty.max_load <= 1.3 * searched.max_load


def test_everything_lies_in_the_horizon() -> None:
    series, people = wide_case(5, 6)
    start_at, end_at = series_horizon(series, people[1].zone)
    slots = [each.slot for each in plan_series(series, people).occurrences if each.slot]
    assert all(start_at <= slot.start_at < slot.end_at <= end_at for slot in slots)


@pytest.mark.parametrize(
    ("field", "values"),
    [
        ("weeks", [0, -1, MAX_WEEKS + 1, 600]),
        ("start_date", [date(1, 1, 1), date(1900, 12, 31), date(2196, 1, 1), date(9999, 12, 31)]),
        ("weekdays", [(), (7,), (-1,), (1, 0), (0, 0)]),
        ("step_minutes", [0, -15, 7, 20, 1455]),
        ("max_times", [0, -1]),
        ("duration_minutes", [0, -15, 50]),
    ],
)
def test_a_request_that_breaks_a_rule_names_the_field(field: str, values: list[Any]) -> None:
    good: dict[str, Any] = {"duration_minutes": 60, "weeks": 1, "start_date": date(2026, 9, 7)}
    for value in values:
        with pytest.raises(InvalidInput) as refused:
            SeriesRequest(**(good | {field: value}))
        assert refused.value.field == field


def case() -> Any:
    return {
        "meeting": {"duration_minutes": 60},
        "series": {"weeks": 3, "start_date": "2026-12-14"},
        "participants": [
            {"id": "client", "role": "client", "timezone": "Europe/Berlin", "calendar": {"country": "DE"}},
            {"id": "staff", "timezone": "America/New_York"},
        ],
    }


def test_a_plan_as_json() -> None:
    one_time = case()
    one_time["series"] |= {"days": ["fri"], "step_minutes": 60, "max_times": 1}
    plan = plan_json(plan_series(*parse_series_case(json.dumps(one_time))))
    assert json.loads(json.dumps(plan)) == plan
    assert plan["times"] == [{"weekday": "fri", "wall_time": "15:00"}]
    # Christmas Day is a Friday; New Year's Day, which no Monday to Friday of the series has, would be the next.
    assert [week["kind"] for week in plan["weeks"]] == ["regular", "skipped", "skipped"]
    assert plan["weeks"][1] == {"week_start": "2026-12-21", "kind": "skipped"}
    first = plan["weeks"][0]
    assert (first["week_start"], first["start"], first["end"]) == (
        "2026-12-14", "2026-12-18T14:00:00Z", "2026-12-18T15:00:00Z",
    )  # fmt: skip
    assert first["participants"][0] == {
        "id": "client",
        "local_start": "2026-12-18T15:00:00+01:00",
        "local_end": "2026-12-18T16:00:00+01:00",
        "band": "ideal",
        "cost": 0.0,
        "load": 0.0,
    }
    assert plan["loads"] == {"client": 0.0, "staff": 0.0}
    assert (plan["max_load"], plan["lower_bound"]) == (0.0, 0.0)
    assert plan["fixed"] == {"time": plan["times"][0], "moved": 0, "max_load": 0.0}


def test_a_case_without_days_step_and_number_of_times_has_the_defaults() -> None:
    series, _ = parse_series_case(json.dumps(case()))
    assert (series.weekdays, series.step_minutes, series.max_times) == ((0, 1, 2, 3, 4), 30, 3)
    assert series.policy is Policy.CLIENT_FIRST


NOT_THE_DAYS: list[Any] = [[], "mon", None, 3]
NO_WEEKS: list[Any] = [0, 600, 105, -1, 2.5, "5", None, True]
NO_DAYS: list[Any] = ["noday", "Mon", 0, None, []]
BROKEN_RULES: list[tuple[str, dict[str, Any], str]] = [
    *[("series", {"weeks": value}, "series.weeks") for value in NO_WEEKS],
    *[("series", {"max_times": value}, "series.max_times") for value in (0, -1, "3", 1.5)],
    *[("series", {"step_minutes": value}, "series.step_minutes") for value in (0, -30, 20, 1455, 10**400)],
    *[("series", {"days": value}, "series.days") for value in NOT_THE_DAYS],
    *[("series", {"days": ["mon", value]}, "series.days[1]") for value in NO_DAYS],
    *[
        ("series", {"start_date": value}, "series.start_date")
        for value in ("2026-02-30", "soon", None, 20260907, "0001-01-01", "9999-12-31")
    ],
    *[("meeting", {"duration_minutes": value}, "meeting.duration_minutes") for value in (0, 50, -15, "60")],
    ("meeting", {"policy": "unfair"}, "meeting.policy"),
]


@pytest.mark.parametrize(("part", "changes", "field"), BROKEN_RULES)
def test_a_case_that_breaks_a_rule_is_refused_by_the_name_of_its_field(
    part: str, changes: dict[str, Any], field: str
) -> None:
    broken = case()
    broken[part] |= changes
    with pytest.raises(InvalidInput) as refused:
        parse_series_case(json.dumps(broken))
    assert refused.value.field == field
    assert str(refused.value).isprintable()


def test_a_series_is_planned_for_all() -> None:
    optional, chosen = case(), case()
    optional["participants"][1]["optional"] = True
    chosen["pools"] = [{"of": ["client", "staff"], "take": 1}]
    for refused_case, field in ((optional, "participants[1].optional"), (chosen, "pools")):
        with pytest.raises(InvalidInput) as refused:
            parse_series_case(json.dumps(refused_case))
        assert refused.value.field == field
    with pytest.raises(InvalidInput, match="optional"):
        plan_series(SeriesRequest(60, 1, date(2026, 9, 7)), [person("UTC"), person("UTC", name="two", optional=True)])


@pytest.mark.parametrize(
    "path", ["meeting", "series", "participants", "meeting.duration_minutes", "series.weeks", "series.start_date"]
)
def test_a_case_without_a_required_key_is_refused(path: str) -> None:
    broken = case()
    *above, key = path.split(".")
    del (broken[above[0]] if above else broken)[key]
    with pytest.raises(InvalidInput) as refused:
        parse_series_case(json.dumps(broken))
    assert (refused.value.field, refused.value.message) == (path, "is required")


def test_the_command_prints_a_line_a_case_and_needs_no_database(tmp_path: Path) -> None:
    small = case()
    small["series"] |= {"weeks": 1, "days": ["tue"]}
    files = written(tmp_path, "a.json", small), written(tmp_path, "b.json", case())
    done = run_command("plan_series", *files)
    assert (done.returncode, done.stderr) == (0, "")
    assert [len(json.loads(line)["weeks"]) for line in done.stdout.splitlines()] == [1, 3]


def test_the_command_refuses_with_one_line_and_status_two(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    broken = case()
    broken["series"]["weeks"] = 600
    with pytest.raises(CommandError) as refused:
        call_command("plan_series", written(tmp_path, "good.json", case()), written(tmp_path, "bad.json", broken))
    assert refused.value.returncode == 2
    assert str(refused.value).endswith("bad.json: series.weeks: must be a number from 1 to 104")
    assert capsys.readouterr().out == ""
