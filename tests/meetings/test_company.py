"""Who comes to a time where not everybody must: the sentences, and what stands in the way and what does not."""

import datetime as dt
from typing import Any

import pytest
from django.utils.html import strip_tags

from scheduling.engine import Policy
from scheduling.meetings.proposals.page import ProposalPage
from scheduling.meetings.selectors import Attendee
from tests.meetings.people_at_work import colleague, contact, page

MONDAY = dt.date(2026, 3, 2)
NOON = dt.datetime(2026, 3, 2, 12, tzinfo=dt.UTC)
EVENING = dt.datetime(2026, 3, 2, 18, tzinfo=dt.UTC)
CLAIRE = contact(1, "Claire One", "UTC")
HELD_BACK = {"mon": [["06:00", "11:00"]]}


def at(moment: dt.datetime, *pool: Attendee, **values: Any) -> ProposalPage:
    people = values.pop("people", [CLAIRE])
    return page([*people, *pool], MONDAY, MONDAY, at=moment, any_of=pool, **values)


def told(shown: ProposalPage) -> str:
    return strip_tags(" ".join(shown.company))


@pytest.mark.parametrize(
    ("moment", "jonah", "priya", "policy", "sentence"),
    [
        (NOON, {"burden": 40.0}, {"burden": 10.0}, Policy.SHARED, "Jonah stays free, having carried more lately."),
        (EVENING, {"burden": 40.0}, {"burden": 10.0}, Policy.SHARED, "Jonah stays free, having carried more lately."),
        (
            NOON,
            {"working_hours": HELD_BACK},
            {},
            Policy.SHARED,
            "Jonah stays free: otherwise the heaviest load would be 39.7 points, not 0.",
        ),
        (
            NOON,
            {"working_hours": HELD_BACK},
            {"burden": 60.0},
            Policy.LEAST_TOTAL,
            "Jonah stays free, for whom this time is harder.",
        ),
        (NOON, {}, {}, Policy.SHARED, "Jonah stays free: all else is equal, and others stand first in the list."),
        (NOON, {"reachable_hours": HELD_BACK, "working_hours": HELD_BACK}, {}, Policy.SHARED, "Jonah can’t be reached"),
    ],
)
def test_each_reason_to_stay_away_has_its_sentence(
    moment: dt.datetime, jonah: dict[str, Any], priya: dict[str, Any], policy: Policy, sentence: str
) -> None:
    pool = colleague(2, "Priya Three", "UTC", **priya), colleague(3, "Jonah Two", "UTC", **jonah)
    shown = at(moment, *pool, policy=policy)
    assert told(shown).startswith("Priya comes. Jonah")
    assert sentence in told(shown)


def test_where_the_heaviest_load_is_somebody_elses_the_others_are_shared_more_evenly() -> None:
    burdened = contact(1, "Claire One", "UTC", burden=500.0)
    pool = colleague(2, "Priya Three", "UTC"), colleague(3, "Jonah Two", "UTC", working_hours=HELD_BACK)
    assert "Jonah stays free, so that the loads are shared more evenly." in told(at(NOON, *pool, people=[burdened]))


def test_of_many_who_stay_away_two_are_told_beside_the_time_and_all_in_the_table() -> None:
    pool = [colleague(number, f"Host{number} Example", "UTC") for number in range(2, 7)]
    shown = at(NOON, *pool, take=2)
    assert told(shown).startswith("Host2 and Host3 come. Host4 stays free")
    assert told(shown).endswith("1 more stays away.")
    assert [row.portrait.short_name for row in shown.why if row.is_away] == ["Host4", "Host5", "Host6"]
    assert all("stays free" in row.reason for row in shown.why if row.is_away)


def test_everybody_who_must_come_needs_no_words_about_it() -> None:
    shown = page([CLAIRE, colleague(2, "Priya Three", "UTC")], MONDAY, MONDAY, at=NOON)
    assert shown.company == ()
    assert {option.company for option in shown.options} == {()}
    assert shown.booking_value == NOON.isoformat()


def test_only_those_who_are_needed_rule_a_time_out() -> None:
    away = {MONDAY: "Fair"}
    pool = colleague(2, "Priya Three", "UTC"), colleague(3, "Jonah Two", "UTC", away=away)
    guest = contact(4, "Ana Four", "UTC", away=away, optional=True)
    shown = at(NOON, *pool, people=[CLAIRE, guest])
    alone = page([CLAIRE, pool[0]], MONDAY, MONDAY, at=NOON)
    assert shown.ribbon.axis.free == alone.ribbon.axis.free
    assert shown.ribbon.rules == alone.ribbon.rules
    assert shown.ribbon.starts == alone.ribbon.starts
    assert shown.feasible == alone.feasible
    assert shown.total_cost == alone.total_cost
    # Both stand on the ribbon all the same, and beside the time.
    assert {row.portrait.short_name for row in shown.ribbon.rows if row.reading and row.reading.is_away} == {
        "Ana",
        "Jonah",
    }
    assert "Ana is away: Fair. It works without Ana." in told(shown)


def test_too_few_of_a_pool_rule_a_time_out() -> None:
    away = {MONDAY: "Fair"}
    pool = [
        colleague(2, "Priya Three", "UTC"),
        colleague(3, "Jonah Two", "UTC", away=away),
        colleague(4, "Tan Five", "UTC", away=away),
    ]
    shown = at(NOON, *pool, take=2)
    assert shown.feasible == 0
    assert not shown.ribbon.axis.free
    assert not any(start.is_possible for start in shown.ribbon.starts)
    assert any("Jonah" in strip_tags(reason) for miss in shown.near_misses for reason in miss.reasons)


def test_what_an_optional_guest_pays_is_shown_and_counts_for_nothing() -> None:
    guest = contact(4, "Ana Four", "Asia/Tokyo", optional=True)
    host = colleague(2, "Priya Three", "UTC")
    shown = page([CLAIRE, guest, host], MONDAY, MONDAY, at=NOON)
    assert shown.total_cost == "0"
    (row,) = [row for row in shown.why if row.portrait.short_name == "Ana"]
    assert (row.cost, row.is_away, row.is_blocked) == ("", False, False)
    assert "Only Ana meets outside working hours." in strip_tags(shown.options[0].sentence)
    assert {row.portrait.short_name: row.new for row in shown.burdens.rows} == {"Claire": 0, "Ana": 0, "Priya": 0}
