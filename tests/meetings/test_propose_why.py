"""Why any time is what it is, what rules days out, what would help, and who gains by another time."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from django.utils import translation
from django.utils.html import strip_tags
from hypothesis import given, settings
from hypothesis import strategies as st

from clients.reader import Reader
from holidays_app.models import HolidayCalendar
from scheduling.engine import Policy
from scheduling.meetings.proposals.comparison import Comparison
from scheduling.meetings.selectors import Attendee
from tests.meetings.people_at_work import SPANIARD, colleague, contact, page

TUESDAY = dt.date(2026, 12, 8)
FRIDAY = dt.date(2026, 12, 11)
HOUR = dt.timedelta(hours=1)
QUARTER = HOUR / 4
OPENS, CLOSES = dt.time(9), dt.time(17)
UTC_READER = Reader("en-GB", "UTC")


def plain(text: str) -> str:
    return " ".join(strip_tags(text).split())


def at(hour: int, minute: int = 0, date: dt.date = TUESDAY) -> dt.datetime:
    return dt.datetime(date.year, date.month, date.day, hour, minute, tzinfo=dt.UTC)


ZONES = ("America/Toronto", "Europe/London", "Asia/Dubai", "Asia/Kolkata", "Asia/Tokyo")


@st.composite
def groups(draw: st.DrawFn) -> list[Attendee]:
    people = []
    for number in range(1, draw(st.integers(1, 4)) + 1):
        busy_at = at(0) + draw(st.integers(0, 95)) * QUARTER
        people.append(
            contact(
                number,
                f"Person{number} Example",
                draw(st.sampled_from(ZONES)),
                away={TUESDAY: "fair"} if draw(st.booleans()) else {},
                busy=((busy_at, busy_at + HOUR),) if draw(st.booleans()) else (),
            )
        )
    return people


def expected_for(one: Attendee, start_at: dt.datetime, quarters: int) -> tuple[float | None, set[str]]:
    """What a time costs one person, or the words of what blocks it: told cell by cell by the specification."""
    zone = ZoneInfo(one.person.time_zone)
    cost, words = 0.0, set()
    for number in range(quarters):
        cell_at = start_at + number * QUARTER
        wall = cell_at.astimezone(zone).replace(tzinfo=None)
        busy = any(begins < cell_at + QUARTER and cell_at < ends for begins, ends in one.participant.busy)
        if busy:
            words.add("Has another meeting")
        near = [wall.date() + dt.timedelta(days) for days in (-1, 0, 1)]
        works = [day for day in near if day.weekday() < 5 and day not in one.away]
        if works == near[1:2]:
            cost += 20 / 4
        inside = wall.date() in works and OPENS <= wall.time() < CLOSES
        if not inside:
            if wall.date() not in works:
                words.add("Away: fair")
            if not dt.time(6) <= wall.time() < dt.time(23):
                words.add("Can be reached only 06:00–23:00")
            distances = [
                max(dt.datetime.combine(day, OPENS) - wall, wall + QUARTER - dt.datetime.combine(day, CLOSES))
                for day in works
            ]
            if distances:
                minutes = min(distances) / dt.timedelta(minutes=1)
                cost += (10 + minutes**2 / 360) / 4
    return (None if words else cost), words


def is_bridge(one: Attendee, start_at: dt.datetime, quarters: int) -> bool:
    """Whether a part of the time is on a working day between two that are off; the weekend is far away."""
    zone = ZoneInfo(one.person.time_zone)
    dates = {(start_at + number * QUARTER).astimezone(zone).date() for number in range(quarters)}
    return bool(one.away) and dt.date(2026, 12, 7) in dates


@settings(max_examples=30, deadline=None)
@given(groups(), st.integers(0, 95), st.integers(1, 4))
def test_any_time_says_of_everybody_what_it_costs_or_what_blocks_it(
    people: list[Attendee], quarter: int, quarters: int
) -> None:
    start_at = at(0) + quarter * QUARTER
    horizon = TUESDAY, TUESDAY + dt.timedelta(days=2)
    proposal = page(people, *horizon, duration_minutes=15 * quarters, at=start_at, reader=UTC_READER)
    assert proposal.moment is not None
    assert proposal.moment.start_at == start_at
    rows = {row.portrait.key: row for row in proposal.why}
    readings = {row.portrait.key: row.reading for row in proposal.ribbon.rows}
    blocked = set()
    for one in people:
        cost, words = expected_for(one, start_at, quarters)
        row, reading = rows[one.key], readings[one.key]
        assert reading is not None
        assert row.is_blocked == bool(words) == (reading.band is None)
        assert row.local_time == start_at.astimezone(ZoneInfo(one.person.time_zone)).strftime("%H:%M")
        if words:
            blocked.add(one.key)
            said = set(plain(row.reason).split("; "))
            # A meeting over midnight that meets both sides of a night names one of them; the hours are the same.
            assert said == words
        else:
            assert cost is not None
            assert ("a working day between two days off" in plain(row.reason)) == is_bridge(one, start_at, quarters)
            assert float(row.cost.removeprefix("+").replace(",", "")) == pytest.approx(cost, abs=0.051)
    assert (proposal.shown is None) == bool(blocked)
    assert [row.is_blocked for row in proposal.why] == sorted((row.is_blocked for row in proposal.why), reverse=True)


def test_a_holiday_is_named_with_its_place_in_the_readers_language() -> None:
    ana = contact(1, "Ana Example", "Europe/Berlin", holidays={TUESDAY: "Fronleichnam"})
    ana.person.calendar = HolidayCalendar(country="DE", subdivision="BY", categories=["public"])
    ben = colleague(2, "Ben Example", "Europe/London", half_days={TUESDAY: "Founding Day"})
    eve = colleague(3, "Eve Example", "Europe/London", working_hours={"mon": [["09:00", "17:00"]]})
    moment = at(16)

    def reasons(reader: Reader) -> dict[str, str]:
        proposal = page([ana, ben, eve], TUESDAY, FRIDAY, at=moment, reader=reader)
        return {row.portrait.short_name: plain(row.reason) for row in proposal.why}

    with translation.override("en"):
        assert reasons(UTC_READER) == {
            "Ana": "Fronleichnam, a holiday in Germany · Bayern",
            "Ben": "Founding Day: works until 13:00",
            "Eve": "Tuesday is not a working day",
        }
    with translation.override("es"):
        assert "Alemania" in reasons(SPANIARD)["Ana"]


def test_every_day_of_the_horizon_says_what_rules_it_out() -> None:
    people = [
        contact(1, "Ana Example", "Europe/London", away={TUESDAY: "fair"}),
        contact(2, "Ben Example", "Europe/London", holidays={dt.date(2026, 12, 9): "Founding Day"}),
    ]
    days = page(people, TUESDAY, dt.date(2026, 12, 13)).days
    assert [(row.date.day, row.feasible > 0, [plain(reason) for reason in row.reasons]) for row in days] == [
        (8, False, ["Ana is away: fair."]),
        (9, False, ["Founding Day: Ben is away."]),
        (10, True, []),
        (11, True, []),
        (12, False, ["Saturday is not a working day for Ana and Ben."]),
        (13, False, ["Sunday is not a working day for Ana and Ben."]),
    ]


def test_a_day_on_which_free_times_never_meet_says_so() -> None:
    people = [
        contact(1, "Ana Example", "America/Los_Angeles"),
        contact(2, "Ben Example", "Asia/Tokyo"),
    ]
    (day,) = page(people, dt.date(2026, 12, 9), dt.date(2026, 12, 9), duration_minutes=480).days
    assert [plain(reason) for reason in day.reasons] == [
        "Everybody has free time, but never all together for long enough."
    ]


def test_ways_out_name_the_change_and_what_it_wins_and_links_apply_it() -> None:
    people = [
        contact(1, "Ana Example", "Europe/London", busy=((at(9), at(12)), (at(13), at(17))), reachable_hours={}),
        colleague(2, "Ben Example", "Europe/London", busy=((at(12), at(12, 30)),)),
    ]
    proposal = page(people, TUESDAY, TUESDAY, duration_minutes=60)
    assert proposal.feasible == 0
    assert proposal.ways_out is not None
    said = {plain(way.words): (plain(way.wins), way.url) for way in proposal.ways_out}
    wins, url = said["If the busy time of Ben on Tue 8 Dec, 12:00–12:30 moved"]
    assert (wins, url) == ("1 time more: Tue 8 Dec, 12:00, cost 0", "")
    wins, url = said["If the meeting took 30 minutes"]
    assert wins == "1 time more: Tue 8 Dec, 12:30, cost 0"
    assert "duration=30" in url
    assert not any("without" in words and url for words, (_wins, url) in said.items())


def test_ways_out_of_a_bad_time_are_told_when_asked_for_and_only_fairer_ones() -> None:
    people = [contact(1, "Ana Example", "America/Toronto"), colleague(2, "Ben Example", "Asia/Tokyo")]
    horizon = TUESDAY, FRIDAY
    assert page(people, *horizon).ways_out is None
    asked = page(people, *horizon, with_ways=True)
    assert asked.ways_out
    assert "ways=1" in asked.ways_url
    easy = page([contact(1, "Ana Example", "Europe/London")], *horizon, with_ways=True)
    assert easy.ways_out == ()


@settings(max_examples=20, deadline=None)
@given(
    st.sampled_from(ZONES), st.sampled_from(ZONES), st.integers(24, 88), st.integers(24, 88), st.sampled_from(Policy)
)
def test_two_times_compared_say_who_gains_and_who_loses(
    zone: str, other_zone: str, first: int, second: int, policy: Policy
) -> None:
    people = [contact(1, "Ana Example", zone, burden=10.0), colleague(2, "Ben Example", other_zone, burden=90.0)]
    times = at(0) + first * QUARTER, at(0) + second * QUARTER
    proposal = page(people, TUESDAY, FRIDAY, at=times[0], compare=times[1], policy=policy, reader=UTC_READER)
    found = {one.key: [expected_for(one, time, 3)[0] for time in times] for one in people}
    costs = {key: [cost for cost in pair if cost is not None] for key, pair in found.items()}
    if first == second or any(len(pair) < len(times) for pair in costs.values()):
        assert not proposal.is_compared
        return
    compared = proposal.compared
    assert isinstance(compared, Comparison)
    weights = {one.key: 5 if policy is Policy.CLIENT_FIRST and one.is_client else 1 for one in people}
    loads = [
        sorted((weights[one.key] * (one.participant.burden + costs[one.key][number]) for one in people), reverse=True)
        for number in (0, 1)
    ]
    totals = [sum(pair[number] for pair in costs.values()) for number in (0, 1)]
    keys = [
        (round(totals[number], 4), [round(load, 4) for load in loads[number]])
        if policy is Policy.LEAST_TOTAL
        else ([round(load, 4) for load in loads[number]], round(totals[number], 4))
        for number in (0, 1)
    ]
    if keys[0] == keys[1]:
        assert plain(compared.fairness) == "Neither is fairer than the other."
    else:
        fairer = times[0] if keys[0] < keys[1] else times[1]
        assert fairer.strftime("%H:%M") in plain(compared.fairness)
    for row in compared.rows:
        change = costs[row.portrait.key][1] - costs[row.portrait.key][0]
        assert row.gains == (change < -1e-6)
        assert row.loses == (change > 1e-6)
        assert 0 <= row.x <= row.x + row.width <= 1
        # Gains are drawn before the middle, losses after it.
        assert (row.x + row.width <= 0.5) if row.gains else row.x >= 0.5 or not row.width


def test_steps_go_by_a_quarter_and_stop_at_the_ends_of_the_horizon() -> None:
    people = [contact(1, "Ana Example", "Europe/London")]
    first = page(people, TUESDAY, TUESDAY, at=at(0))
    assert first.steps[0] == ""
    assert "00%3A15" in first.steps[1]
    last = page(people, TUESDAY, TUESDAY, at=at(23, 15))
    assert last.steps[1] == ""
    assert "23%3A00" in last.steps[0]
    assert [start.is_possible for start in first.ribbon.starts][:20] == [False] * 20
    assert first.ribbon.starts[0].words == "00:00, not possible for Ana"
