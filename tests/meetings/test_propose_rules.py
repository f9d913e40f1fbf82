"""What keeps times from being offered: every quarter of the day is either free or explained, and truly so."""

import datetime as dt
from collections.abc import Sequence

from django.utils.html import strip_tags
from hypothesis import given
from hypothesis import strategies as st

from scheduling.engine import MeetingRequest, Reason, assess
from scheduling.meetings.proposals.exclusions import exclusions, free_spans
from scheduling.meetings.proposals.page import ProposalPage
from scheduling.meetings.proposals.sky import CivilDay
from scheduling.meetings.selectors import Attendee
from tests.meetings.people_at_work import BRITON, colleague, contact, page, portrait

MONDAY = dt.date(2026, 12, 7)
TUESDAY = dt.date(2026, 12, 8)
HOUR = dt.timedelta(hours=1)
ZONES = ("America/Toronto", "Europe/London", "Asia/Kathmandu", "Asia/Tokyo", "Pacific/Auckland", "Pacific/Pago_Pago")


@st.composite
def groups(draw: st.DrawFn) -> list[Attendee]:
    """Up to four people anywhere, some of them away or busy on the day."""
    people = []
    for number in range(draw(st.integers(1, 4))):
        busy_from = dt.datetime(2026, 12, 7, 20, tzinfo=dt.UTC) + draw(st.integers(0, 30)) * HOUR
        people.append(
            contact(
                number,
                f"Person{number} Example",
                draw(st.sampled_from(ZONES)),
                away={TUESDAY: ""} if draw(st.booleans()) else {},
                busy=((busy_from, busy_from + HOUR),) if draw(st.booleans()) else (),
            )
        )
    return people


@given(groups(), st.dates(MONDAY, MONDAY + dt.timedelta(days=8)))
def test_every_quarter_is_free_or_explained_by_somebody_who_truly_cannot_meet(
    people: list[Attendee], date: dt.date
) -> None:
    day = CivilDay.of(date, BRITON.zone)
    shown = [portrait(one) for one in people]
    assessment = assess(MeetingRequest(15, day.start_at, day.end_at), [one.participant for one in people])
    cells = {one: assessment.cells(one.key, day.start_at, day.end_at) for one in shown}
    blocks = exclusions(day, cells)
    free = free_spans(cells.values())
    for position, at in enumerate(day.quarters):
        explained = [block for block in blocks if block.start_at <= at < block.end_at]
        is_free = any(span.start_at <= at < span.end_at for span in free)
        assert is_free != any(of_one[position].reasons for of_one in cells.values())
        assert is_free != bool(explained)
        for block in explained:
            assert all(block.reason in cells[one][position].reasons for one in block.people)


def rules(proposal: ProposalPage) -> list[tuple[str, str]]:
    return [(when, strip_tags(why)) for when, why in (*proposal.ribbon.rules, *proposal.absences)]


def test_the_hours_at_both_ends_of_the_day_name_who_sleeps_and_where() -> None:
    people = [contact(1, "Claire Example", "America/Toronto"), contact(2, "Ben Example", "Europe/London")]
    assert rules(page(people, TUESDAY, TUESDAY)) == [
        ("Before 06:00", "Ben can’t be reached in London."),
        ("04:00–11:00", "Claire can’t be reached in Toronto."),
        ("After 23:00", "Ben can’t be reached in London."),
    ]


def test_people_who_sleep_at_the_same_hours_are_named_together() -> None:
    people = [contact(1, "Ana Example", "Europe/London"), contact(2, "Ben Example", "Europe/London")]
    assert rules(page(people, TUESDAY, TUESDAY))[0] == ("Before 06:00", "Ana and Ben can’t be reached in London.")


def test_another_meeting_is_named_with_its_time() -> None:
    at = dt.datetime(2026, 12, 8, 10, tzinfo=dt.UTC)
    people = [
        contact(1, "Ana Example", "Europe/London", busy=((at, at + HOUR),)),
        colleague(2, "Ben E", "Europe/London"),
    ]
    assert ("10:00–11:00", "Ana has another meeting.") in rules(page(people, TUESDAY, TUESDAY))


def test_holidays_are_named_with_their_dates_and_the_people_they_keep_away() -> None:
    holidays = {dt.date(2026, 12, 2): "Eid Al Etihad", dt.date(2026, 12, 3): "Eid Al Etihad"}
    people = [
        contact(1, "Layla Example", "Asia/Dubai", holidays=holidays),
        contact(2, "Omar Example", "Asia/Dubai", holidays=holidays),
        contact(3, "Kenji Example", "Asia/Tokyo", away={MONDAY: "trade fair"}),
    ]
    assert rules(page(people, dt.date(2026, 12, 1), dt.date(2026, 12, 11)))[-2:] == [
        ("2–3 Dec", "Eid Al Etihad: Layla and Omar are away."),
        ("7 Dec", "Kenji is away: trade fair."),
    ]


def test_a_weekly_day_of_rest_is_a_rule_of_its_day_alone() -> None:
    saturday = dt.date(2026, 12, 12)
    people = [contact(1, "Ana Example", "Europe/London")]
    assert rules(page(people, saturday, saturday)) == [("All day", "Saturday is not a working day for Ana.")]


def test_the_time_of_a_slot_that_ends_after_midnight_counts_the_next_day_too() -> None:
    evenings = {"working_hours": {"tue": [["20:00", "02:00"]]}, "reachable_hours": {}}
    owl = contact(1, "Ana Example", "Europe/London", **evenings)
    proposal = page([owl], TUESDAY, TUESDAY + dt.timedelta(days=1), duration_minutes=120, day=TUESDAY)
    assert [start.words[:5] for start in proposal.ribbon.starts if start.is_possible] == [
        f"{hour}:{minute:02}" for hour in range(20, 24) for minute in (0, 15, 30, 45)
    ]


def test_a_block_is_told_by_what_says_most() -> None:
    """A night on a day off is a day off; another meeting at night is another meeting."""
    night = dt.datetime(2026, 12, 8, 2, tzinfo=dt.UTC)
    people: Sequence[Attendee] = [
        contact(1, "Ana Example", "Europe/London", away={TUESDAY: ""}),
        contact(2, "Ben Example", "Europe/London", busy=((night, night + HOUR),)),
    ]
    day = CivilDay.of(TUESDAY, BRITON.zone)
    assessment = assess(MeetingRequest(15, day.start_at, day.end_at), [one.participant for one in people])
    ana, ben = (exclusions(day, {portrait(one): assessment.cells(one.key, day.start_at, day.end_at)}) for one in people)
    assert [block.reason for block in ana] == [Reason.DAY_OFF]
    assert [block.reason for block in ben] == [Reason.UNREACHABLE, Reason.BUSY, Reason.UNREACHABLE, Reason.UNREACHABLE]
