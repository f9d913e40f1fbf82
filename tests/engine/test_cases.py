"""Cases in JSON: the specification's own example, and every rule by which a case is refused."""

import json
import os
import subprocess
import sys
from bisect import bisect
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import holidays
import pytest
from django.core.management import CommandError, call_command

from scheduling.engine import WEEKDAYS, InvalidInput, Policy, Role, propose
from scheduling.meetings.cases import parse_case, result_json
from tests.engine.people import ALL_WEEK

ROOT = Path(__file__).resolve().parents[2]
EXAMPLE = """
{
  "meeting": {"duration_minutes": 60, "step_minutes": 15, "policy": "client_first", "count": 5,
              "from": "2026-03-23T00:00:00Z", "until": "2026-04-06T00:00:00Z"},
  "participants": [
    {"id": "client-1", "role": "client", "timezone": "America/Bogota",
     "calendar": {"country": "CO", "subdivision": null, "categories": ["public"]},
     "working_hours": {"mon": [["08:00", "12:00"], ["14:00", "18:00"]], "tue": [["08:00", "18:00"]]},
     "preferred_hours": {"mon": [["10:00", "12:00"]]},
     "reachable_hours": {"mon": [["07:00", "21:00"]], "tue": [["07:00", "21:00"]]},
     "days_off": ["2026-03-27"], "half_days": [], "extra_workdays": [],
     "busy": [["2026-03-24T14:00:00Z", "2026-03-24T15:00:00Z"]],
     "buffer_minutes": 10, "burden": 12.5}
  ]
}
"""


def example() -> Any:
    return json.loads(EXAMPLE)


def smallest() -> Any:
    return {
        "meeting": {"duration_minutes": 30, "from": "2026-05-06T00:00:00Z", "until": "2026-05-07T00:00:00Z"},
        "participants": [{"id": "one", "timezone": "UTC"}],
    }


def result_of(case: Any) -> Any:
    return result_json(propose(*parse_case(json.dumps(case))))


def test_the_specifications_example() -> None:
    # Monday 23 March is Saint Joseph's day, so that Tuesday the 24th is a bridge day: 30 points. Monday the 30th has
    # the preferred hours; Tuesday the 31st has none: 10 points. A client weighs five times.
    result = result_of(example())
    alone = [(slot["start"], slot["participants"][0]) for slot in result["slots"]]
    assert [(start, person["cost"], person["load"]) for start, person in alone] == [
        ("2026-03-30T15:00:00Z", 0, 62.5),
        ("2026-03-30T16:00:00Z", 0, 62.5),
        ("2026-03-31T13:00:00Z", 10, 112.5),
        ("2026-03-31T14:00:00Z", 10, 112.5),
        ("2026-03-24T15:15:00Z", 30, 212.5),
    ]  # fmt: skip
    # Seven to nine in the evening have 53 starts; on the 24th, nine of them touch the busy hour and its buffers.
    assert result["feasible"] == 53 + 53 + 44
    assert result["near_misses"] == []
    assert result["slots"][0]["participants"] == [
        {
            "id": "client-1",
            "local_start": "2026-03-30T10:00:00-05:00",
            "local_end": "2026-03-30T11:00:00-05:00",
            "band": "ideal",
            "cost": 0.0,
            "load": 62.5,
        }
    ]


def test_only_five_keys_are_required() -> None:
    request, [participant] = parse_case(json.dumps(smallest()))
    assert (request.step_minutes, request.policy, request.count) == (15, Policy.CLIENT_FIRST, 5)
    assert (participant.role, participant.buffer_minutes, participant.burden) == (Role.STAFF, 0, 0)
    # Nine to five without wishes, and reachable from six to eleven.
    assert result_of(smallest())["slots"][0]["start"] == "2026-05-06T09:00:00Z"
    assert result_of(smallest())["feasible"] == (23 - 6) * 4 - 1


def test_extra_keys_are_welcome() -> None:
    case = smallest() | {"comment": 1}
    case["meeting"]["title"] = "Review"
    case["participants"][0]["email"] = None
    assert result_of(case) == result_of(smallest())


def test_the_years_around_a_horizon_have_their_holidays() -> None:
    # The day after the year's end is a holiday, and the day before its beginning one of its eves.
    case = smallest()
    case["meeting"] |= {"from": "2026-12-31T00:00:00Z", "until": "2027-01-02T00:00:00Z"}
    case["participants"][0] |= {"calendar": {"country": "GR"}, "timezone": "Europe/Athens"}
    slots = result_of(case)["slots"]
    assert {slot["participants"][0]["local_start"][:10] for slot in slots} == {"2026-12-31"}
    assert max(slot["participants"][0]["local_end"][11:16] for slot in slots) <= "13:00"


def test_china_works_on_the_saturdays_around_the_spring_festival() -> None:
    case = {
        "meeting": {
            "duration_minutes": 60, "from": "2026-02-13T16:00:00Z", "until": "2026-02-28T16:00:00Z", "count": 9,
        },
        "participants": [
            {"id": "li", "timezone": "Asia/Shanghai", "calendar": {"country": "CN"},
             "reachable_hours": {weekday: [["09:00", "17:00"]] for weekday in ALL_WEEK}},
        ],
    }  # fmt: skip
    result = result_of(case)
    # Saturdays the 14th and 28th stand in for days of the festival, which lasts from the 15th to the 23rd.
    assert {slot["participants"][0]["local_start"][:10] for slot in result["slots"]} == {
        "2026-02-14", "2026-02-24", "2026-02-25", "2026-02-26", "2026-02-27", "2026-02-28",
    }  # fmt: skip
    assert {slot["participants"][0]["cost"] for slot in result["slots"] if "02-14" not in slot["start"]} == {0}


@pytest.mark.parametrize(("categories", "feasible"), [(["public"], 13), (["public", "half_day"], 0)])
def test_a_half_day_is_off_as_a_whole_where_its_category_is_named(categories: list[str], feasible: int) -> None:
    # In Iceland Christmas Eve is half a day: four hours until 13:00 have 13 starts of one hour.
    case = smallest()
    case["meeting"] |= {"from": "2026-12-24T09:00:00Z", "until": "2026-12-24T17:00:00Z", "duration_minutes": 60}
    hours = {name: [["09:00", "17:00"]] for name in WEEKDAYS}
    case["participants"][0] |= {
        "timezone": "Atlantic/Reykjavik",
        "calendar": {"country": "IS", "categories": categories},
        "working_hours": hours,
        "reachable_hours": hours,
    }
    assert result_of(case)["feasible"] == feasible


def test_holidays_count_as_far_as_they_are_known() -> None:
    # Poya days follow the moon as it is announced: the library knows Sri Lanka's up to 2026.
    for year, holiday in (("2026", "2026-12-23"), ("2002", "2003-01-17")):
        assert date.fromisoformat(holiday) in holidays.country_holidays("LK", years=int(holiday[:4]))
        case = smallest()
        case["meeting"] |= {"from": f"{year}-12-15T00:00:00Z", "until": f"{int(year) + 1}-01-31T00:00:00Z", "count": 99}
        case["participants"][0] |= {
            "timezone": "Asia/Colombo",
            "calendar": {"country": "LK"},
            "reachable_hours": {weekday: [["09:00", "09:30"]] for weekday in ALL_WEEK},
        }
        days = {slot["participants"][0]["local_start"][:10] for slot in result_of(case)["slots"]}
        assert holiday not in days
        assert {f"{year}-12-16", f"{int(year) + 1}-01-29"} <= days
    case["meeting"] |= {"from": "2040-01-02T00:00:00Z", "until": "2040-01-07T00:00:00Z"}
    # Eight hours have 31 starts.
    assert result_of(case)["feasible"] == 5 * 31
    case["participants"][0]["calendar"]["subdivision"] = "XX"
    with pytest.raises(InvalidInput, match="subdivision"):
        result_of(case)


def test_near_misses_have_the_fewest_blockers_and_are_the_earliest_of_those() -> None:
    case = {
        "meeting": {"duration_minutes": 60, "from": "2026-05-02T09:45:00Z", "until": "2026-05-02T12:00:00Z"},
        "participants": [
            {"id": "weekend", "timezone": "UTC"},
            {"id": "busy", "timezone": "UTC", "working_hours": {"sat": [["09:00", "17:00"]]},
             "busy": [["2026-05-02T10:20:00Z", "2026-05-02T10:40:00Z"]]},
        ],
    }  # fmt: skip
    assert result_of(case) == {
        "feasible": 0,
        "slots": [],
        "near_misses": [
            {"start": "2026-05-02T10:45:00Z", "blockers": [["weekend", "day_off"]]},
            {"start": "2026-05-02T11:00:00Z", "blockers": [["weekend", "day_off"]]},
            {"start": "2026-05-02T09:45:00Z", "blockers": [["busy", "busy"], ["weekend", "day_off"]]},
        ],
    }


def test_a_horizon_shorter_than_the_meeting_has_neither_slots_nor_near_misses() -> None:
    case = smallest()
    case["meeting"]["until"] = "2026-05-06T00:15:00Z"
    assert result_of(case) == {"feasible": 0, "slots": [], "near_misses": []}


def meeting(**changes: Any) -> Callable[[Any], None]:
    return lambda case: case["meeting"].update(changes)


def first(**changes: Any) -> Callable[[Any], None]:
    return lambda case: case["participants"][0].update(changes)


def without(*path: Any) -> Callable[[Any], None]:
    def remove(case: Any) -> None:
        for key in path[:-1]:
            case = case[key]
        del case[path[-1]]

    return remove


def people(number: int) -> Callable[[Any], None]:
    return lambda case: case.update(participants=[{"id": f"p{one}", "timezone": "UTC"} for one in range(number)])


def pools(value: Any, **of_the_second: Any) -> Callable[[Any], None]:
    def change(case: Any) -> None:
        case["participants"] += [{"id": name, "timezone": "UTC"} for name in ("one", "two", "three")]
        case["participants"][1] |= of_the_second
        case["pools"] = value

    return change


def twice(case: Any) -> None:
    case["participants"] *= 2


def too_many_teams(case: Any) -> None:
    people(14)(case)
    case["pools"] = [{"of": [f"p{one}" for one in range(14)], "take": 4}]


NO_NUMBERS: list[Any] = [-1, "5", True, None, [], 10**400]
NO_MINUTES: list[Any] = [*NO_NUMBERS, 0, -15, 7, 20, 15.5, 1e308]
BROKEN_RULES: list[tuple[Callable[[Any], None], str]] = [
    # A required key is missing.
    (without("meeting"), "meeting"),
    (without("participants"), "participants"),
    (without("meeting", "duration_minutes"), "meeting.duration_minutes"),
    (without("meeting", "from"), "meeting.from"),
    (without("meeting", "until"), "meeting.until"),
    (without("participants", 0, "id"), "participants[0].id"),
    (without("participants", 0, "timezone"), "participants[0].timezone"),
    # An unknown zone, country, subdivision or category.
    (first(timezone="Europe/Lodnon"), "participants[0].timezone"),
    (first(timezone="europe/london"), "participants[0].timezone"),
    (first(timezone="../etc/passwd"), "participants[0].timezone"),
    (first(timezone="Europe"), "participants[0].timezone"),
    (first(timezone=""), "participants[0].timezone"),
    (first(timezone=None), "participants[0].timezone"),
    (first(timezone="UTC\nUTC"), "participants[0].timezone"),
    (first(calendar={"country": "XX"}), "participants[0].calendar.country"),
    (first(calendar={"country": 5}), "participants[0].calendar.country"),
    (first(calendar="CO"), "participants[0].calendar"),
    (first(calendar={"country": "DE", "subdivision": "XX"}), "participants[0].calendar.subdivision"),
    (first(calendar={"country": "DE", "categories": ["lunar"]}), "participants[0].calendar.categories"),
    (first(calendar={"country": "DE", "categories": "public"}), "participants[0].calendar.categories"),
    # An hour that does not exist.
    (first(working_hours={"mon": [["09:00", "25:00"]]}), "participants[0].working_hours.mon[0]"),
    (first(working_hours={"mon": [["09:00", "17:00"], ["18:00", "24:00"]]}), "participants[0].working_hours.mon[1]"),
    (first(preferred_hours={"tue": [["09:60", "17:00"]]}), "participants[0].preferred_hours.tue[0]"),
    (first(reachable_hours={"wed": [["9:00", "17:00"]]}), "participants[0].reachable_hours.wed[0]"),
    (first(reachable_hours={"wed": [["٠٩:٠٠", "17:00"]]}), "participants[0].reachable_hours.wed[0]"),
    (first(working_hours={"mon": [["09:00"]]}), "participants[0].working_hours.mon[0]"),
    (first(working_hours={"mon": ["09:00", "17:00"]}), "participants[0].working_hours.mon[0]"),
    (first(working_hours={"mon": "09:00-17:00"}), "participants[0].working_hours.mon"),
    (first(working_hours={"mon": [[9, 17]]}), "participants[0].working_hours.mon[0]"),
    (first(working_hours={"monday": []}), "participants[0].working_hours"),
    (first(working_hours=[]), "participants[0].working_hours"),
    # An end that is not after its start.
    (meeting(until="2026-03-23T00:00:00Z"), "meeting.until"),
    (meeting(until="2026-03-22T00:00:00Z"), "meeting.until"),
    (first(busy=[["2026-03-24T15:00:00Z", "2026-03-24T14:00:00Z"]]), "participants[0].busy[0]"),
    (first(busy=[["2026-03-24T15:00:00Z", "2026-03-24T15:00:00Z"]]), "participants[0].busy[0]"),
    (first(busy=[["2026-03-24T15:00:00Z"]]), "participants[0].busy[0]"),
    (first(busy=["2026-03-24T15:00:00Z"]), "participants[0].busy[0]"),
    # An instant or a date that is none.
    (meeting(**{"from": "2026-03-23T00:00:00"}), "meeting.from"),
    (meeting(**{"from": "2026-03-23"}), "meeting.from"),
    (meeting(**{"from": "yesterday"}), "meeting.from"),
    (meeting(**{"from": 1774224000}), "meeting.from"),
    (meeting(**{"from": "0001-01-01T00:00:00+14:00"}), "meeting.from"),
    (meeting(until="2026-02-30T00:00:00Z"), "meeting.until"),
    (first(busy=[["2026-03-24T14:00:00", "2026-03-24T15:00:00Z"]]), "participants[0].busy[0][0]"),
    (first(days_off=["2026-02-30"]), "participants[0].days_off[0]"),
    (first(half_days=["2026-03-27", 7]), "participants[0].half_days[1]"),
    (first(extra_workdays="2026-03-27"), "participants[0].extra_workdays"),
    # A duration or step that is not a positive multiple of 15.
    *[(meeting(duration_minutes=value), "meeting.duration_minutes") for value in NO_MINUTES],
    *[(meeting(step_minutes=value), "meeting.step_minutes") for value in NO_MINUTES],
    # A negative buffer or burden, or one that is no number.
    *[(first(buffer_minutes=value), "participants[0].buffer_minutes") for value in (*NO_NUMBERS, 0.5)],
    *[(first(burden=value), "participants[0].burden") for value in NO_NUMBERS],
    # Who and how many.
    (twice, "participants[1].id"),
    (people(0), "participants"),
    (people(201), "participants"),
    (lambda case: case.update(participants={}), "participants"),
    (lambda case: case.update(participants=["one"]), "participants[0]"),
    (lambda case: case.update(meeting=[]), "meeting"),
    (first(id=7), "participants[0].id"),
    (first(id=""), "participants[0].id"),
    (first(role="boss"), "participants[0].role"),
    (first(role=[]), "participants[0].role"),
    (meeting(policy="unfair"), "meeting.policy"),
    (meeting(count=0), "meeting.count"),
    (meeting(count=2.5), "meeting.count"),
    # Somebody optional, and whom to choose from.
    (first(optional=1), "participants[0].optional"),
    (first(optional=True), "participants"),
    (pools({}), "pools"),
    (pools([["one", "two"]]), "pools[0]"),
    (pools([{"take": 1}]), "pools[0].of"),
    (pools([{"of": "one"}]), "pools[0].of"),
    (pools([{"of": [1, 2]}]), "pools[0].of[0]"),
    (pools([{"of": []}]), "pools[0].of"),
    (pools([{"of": ["one"]}]), "pools[0].of"),
    (pools([{"of": ["one", "two", "one"]}]), "pools[0].of"),
    *[(pools([{"of": ["one", "two"], "take": take}]), "pools[0].take") for take in (*NO_NUMBERS, 0, 2, 1.5)],
    (pools([{"of": ["one", "two"]}, {"of": ["two", "three"]}]), "pools[1]"),
    (pools([{"of": ["one", "two"]}, {"of": ["client-1", "four"]}]), "pools[1]"),
    (pools([{"of": ["one", "two"]}], optional=True), "pools[0]"),
    (too_many_teams, "pools"),
    # A horizon over 366 days.
    (meeting(until="2027-03-24T00:00:01Z"), "meeting.until"),
]  # fmt: skip


@pytest.mark.parametrize(("breaks", "field"), BROKEN_RULES)
def test_a_broken_rule_is_refused_by_the_name_of_its_field(breaks: Callable[[Any], None], field: str) -> None:
    case = example()
    breaks(case)
    with pytest.raises(InvalidInput) as refused:
        parse_case(json.dumps(case))
    assert refused.value.field == field
    assert str(refused.value).isprintable()
    assert len(str(refused.value)) < 1000


@pytest.mark.parametrize(
    "text",
    [b"", b"{", b"[]", b"null", b"\xff\xfe\xfd", b'{"meeting": NaN}', b'{"a": -Infinity}', b"[" * 100_000, b"1" * 5000],
)
def test_what_is_no_json_object_is_refused(text: bytes) -> None:
    with pytest.raises(InvalidInput) as refused:
        parse_case(text)
    assert refused.value.field == "case"
    assert str(refused.value).isprintable()


@pytest.mark.parametrize("key", ["duration_minutes", "policy"])
def test_a_value_is_refused_however_deeply_it_is_nested(key: str) -> None:
    def refused_as(depth: int) -> str:
        case = smallest()
        case["meeting"][key] = "nested"
        with pytest.raises(InvalidInput) as refused:
            parse_case(json.dumps(case).replace('"nested"', "[" * depth + "]" * depth))
        return refused.value.field

    unread = bisect(range(100_000), False, key=lambda depth: refused_as(depth) == "case")
    assert {refused_as(depth) for depth in range(unread - 40, unread)} == {f"meeting.{key}"}


def test_the_limits_themselves_are_within_the_rules() -> None:
    case = smallest()
    people(200)(case)
    meeting(**{"from": "2026-01-01T00:00:00Z", "until": "2026-01-02T00:00:00Z"})(case)
    assert len(parse_case(json.dumps(case))[1]) == 200
    year = smallest()
    meeting(**{"from": "2028-01-01T00:00:00Z", "until": "2029-01-01T00:00:00Z"})(year)
    assert result_of(year)["slots"][0]["start"] == "2028-01-03T09:00:00Z"


def written(directory: Path, name: str, case: Any) -> str:
    path = directory / name
    path.write_text(json.dumps(case))
    return str(path)


def test_the_command_refuses_with_one_line_and_prints_no_other_result(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    broken = smallest()
    meeting(duration_minutes=7)(broken)
    with pytest.raises(CommandError) as refused:
        call_command("propose", written(tmp_path, "good.json", smallest()), written(tmp_path, "bad.json", broken))
    assert refused.value.returncode == 2
    assert "meeting.duration_minutes" in str(refused.value)
    assert capsys.readouterr().out == ""


def run_command(command: str, *files: str) -> subprocess.CompletedProcess[str]:
    nowhere = {"DATABASE_URL": "postgres://nobody@127.0.0.1:1/none", "REDIS_URL": "redis://127.0.0.1:1/0"}
    return subprocess.run(
        [sys.executable, "manage.py", command, *files],
        cwd=ROOT,
        env=os.environ | nowhere,
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_command_prints_a_line_a_case_in_their_order_and_needs_no_database(tmp_path: Path) -> None:
    files = written(tmp_path, "a.json", example()), written(tmp_path, "b.json", smallest())
    done = run_command("propose", *files)
    assert (done.returncode, done.stderr) == (0, "")
    assert [json.loads(line) for line in done.stdout.splitlines()] == [result_of(example()), result_of(smallest())]


def test_the_command_ends_with_status_two_and_one_line_on_standard_error(tmp_path: Path) -> None:
    case = smallest()
    first(timezone="Nowhere")(case)
    done = run_command("propose", written(tmp_path, "bad.json", case))
    assert (done.returncode, done.stdout) == (2, "")
    assert len(done.stderr.splitlines()) == 1
    assert "participants[0].timezone" in done.stderr


def test_the_command_refuses_a_file_that_it_cannot_read(tmp_path: Path) -> None:
    for unreadable in (tmp_path / "missing.json", tmp_path):
        with pytest.raises(CommandError, match="cannot be read") as refused:
            call_command("propose", str(unreadable))
        assert refused.value.returncode == 2
