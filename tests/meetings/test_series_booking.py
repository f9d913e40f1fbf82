"""What booking a series, and cancelling what follows, do to the database."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from clients.models import AccountManager, AuditEntry, Contact, DayOff
from scheduling.engine import WEEKDAYS, SeriesPlan, SeriesRequest, WeeklyTime
from scheduling.meetings import services
from scheduling.meetings.errors import InvalidBooking, OccurrencesLost, StaleMeeting
from scheduling.meetings.models import Attendance, Meeting, MeetingChange, Series
from scheduling.meetings.services.following import revision_of
from tests.meetings.weekly import DAY, WEEK, book_weekly, planned, starts_of
from tests.people import make_account_manager, make_client, make_contact, make_team

pytestmark = pytest.mark.django_db

NOW = dt.datetime(2026, 9, 4, 8, tzinfo=dt.UTC)
WEEKS = 10
# Clocks go forward in Auckland on 27 September, and back in London on 25 October 2026.
REQUEST = SeriesRequest(duration_minutes=45, weeks=WEEKS, start_date=dt.date(2026, 9, 9), max_times=2)
MONDAY = dt.date(2026, 9, 7)


@pytest.fixture
def manager() -> AccountManager:
    return make_account_manager(make_team(), buffer_minutes=10)


@pytest.fixture
def contact(manager: AccountManager) -> Contact:
    return make_contact(make_client(manager.teams.get()), time_zone="Pacific/Auckland")


def plan(manager: AccountManager, contact: Contact, request: SeriesRequest = REQUEST) -> SeriesPlan:
    return planned(manager, contact, request, now=NOW)


def book(manager: AccountManager, contact: Contact, found: SeriesPlan | None = None, **values: Any) -> Series:
    found = found or plan(manager, contact)
    wanted = {
        "actor": manager,
        "contacts": [contact],
        "colleagues": [manager],
        "request": REQUEST,
        "times": found.times,
        "starts": starts_of(found),
        "title": "Weekly",
        "now": NOW,
    }
    return services.book_series(**{**wanted, **values})


def nothing_is_booked() -> bool:
    return not any(model.objects.exists() for model in (Series, Meeting, Attendance, MeetingChange, AuditEntry))


def test_a_booked_series_has_a_meeting_at_each_instant_of_the_plan(manager: AccountManager, contact: Contact) -> None:
    found = plan(manager, contact)
    series = book(manager, contact, found)
    meetings = list(series.meetings.all())
    assert [meeting.start_at for meeting in meetings] == starts_of(found)
    assert [meeting.series_week_date for meeting in meetings] == [MONDAY + week * WEEK for week in range(WEEKS)]
    assert {(meeting.title, meeting.time_zone, meeting.status) for meeting in meetings} == {
        ("Weekly", "Pacific/Auckland", "confirmed")
    }
    assert series.times == found.times


def test_every_occurrence_keeps_its_wall_time_across_the_change_of_clocks(
    manager: AccountManager, contact: Contact
) -> None:
    walls = {(weekly.weekday, weekly.wall) for weekly in plan(manager, contact).times}
    meetings = list(book(manager, contact).meetings.all())
    assert {(meeting.start_date.weekday(), meeting.start_wall) for meeting in meetings} <= walls
    assert {meeting.utc_offset_minutes for meeting in meetings} == {720, 780}


def test_attendances_hold_what_the_plan_says_they_cost(manager: AccountManager, contact: Contact) -> None:
    found = plan(manager, contact)
    expected = {
        occurrence.slot.start_at: {person.id: (person.cost, person.band) for person in occurrence.slot.participants}
        for occurrence in found.occurrences
        if occurrence.slot
    }
    for meeting in book(manager, contact, found).meetings.all():
        stored = {
            f"{'contact' if row.contact_id else 'staff'}-{row.person.pk}": (float(row.cost), row.band)
            for row in meeting.attendances.all()
        }
        assert stored == expected[meeting.start_at]


def test_queries_do_not_grow_with_the_weeks(manager: AccountManager, contact: Contact) -> None:
    counts = []
    for weeks in (3, 10):
        with CaptureQueriesContext(
            connection,
        ) as queries:
            found = plan(manager, contact)
            book(manager, contact, found, starts=starts_of(found)[:weeks])
        counts.append(len(queries))
        Attendance.objects.all().delete()
        MeetingChange.objects.all().delete()
        Meeting.objects.all().delete()
    assert counts[0] == counts[1]


def test_one_lost_week_books_nothing_and_names_every_week_lost(manager: AccountManager, contact: Contact) -> None:
    found = plan(manager, contact)
    lost = [found.occurrences[2], found.occurrences[5]]
    for occurrence in lost:
        assert occurrence.slot
        date = occurrence.slot.start_at.astimezone(contact.zone).date()
        DayOff.objects.create(contact=contact, first_date=date, last_date=date)
    with pytest.raises(OccurrencesLost) as refused:
        book(manager, contact, found)
    assert [miss.start_at for miss in refused.value.lost] == [one.slot.start_at for one in lost if one.slot]
    assert {miss.blockers for miss in refused.value.lost} == {((f"contact-{contact.pk}", "day_off"),)}
    assert nothing_is_booked()


def test_a_week_that_somebody_else_booked_meanwhile_is_lost(manager: AccountManager, contact: Contact) -> None:
    found = plan(manager, contact)
    start_at = starts_of(found)[4]
    other = make_contact(contact.client, time_zone="Pacific/Auckland")
    services.book(
        actor=manager,
        contacts=[other],
        colleagues=[manager],
        title="In between",
        start_at=start_at + dt.timedelta(minutes=30),
        duration_minutes=30,
        now=NOW,
    )
    with pytest.raises(OccurrencesLost) as refused:
        book(manager, contact, found)
    assert [miss.start_at for miss in refused.value.lost] == [start_at]
    assert not Series.objects.exists()


@pytest.mark.parametrize("starts", [[], [0, 0], [-1], [11]])
def test_starts_that_are_no_weeks_of_the_series_are_refused(
    manager: AccountManager, contact: Contact, starts: Sequence[int]
) -> None:
    first = starts_of(plan(manager, contact))[0]
    wanted = [first + week * WEEK + dt.timedelta(hours=number) for number, week in enumerate(starts)]
    with pytest.raises(InvalidBooking) as refused:
        book(manager, contact, starts=wanted)
    assert refused.value.field == ("start_at" if starts == [-1] else "starts")
    assert nothing_is_booked()


def test_a_series_at_one_time_recurs_for_calendars_and_a_rotating_one_does_not(
    manager: AccountManager, contact: Contact
) -> None:
    found = plan(manager, contact)
    assert len(found.times) == 2
    assert book(manager, contact, found).rule is None
    fixed = found.fixed
    assert fixed.time
    starts = [one.slot.start_at for one in fixed.occurrences if one.slot]
    other = make_contact(contact.client, time_zone="Pacific/Auckland")
    colleague = make_account_manager(manager.teams.get())
    series = book(manager, other, found, contacts=[other], colleagues=[colleague], times=[fixed.time], starts=starts)
    assert series.rule == fixed.time


@pytest.mark.parametrize(
    ("start_date", "recurs"),
    [(dt.date(2026, 9, 14), False), (dt.date(2027, 3, 22), False), (dt.date(2026, 11, 2), True)],
    ids=["skipped on 27 September", "twice on 4 April", "once in every week"],
)
def test_a_time_that_clocks_skip_or_repeat_does_not_recur(
    manager: AccountManager, contact: Contact, start_date: dt.date, recurs: bool
) -> None:
    request = SeriesRequest(duration_minutes=45, weeks=3, start_date=start_date)
    found = plan(manager, contact, request)
    series = book(manager, contact, found, times=[WeeklyTime(6, dt.time(2, 30))], request=request)
    assert bool(series.rule_time) is recurs


def test_cancelling_what_follows_leaves_the_weeks_before_as_they_are(manager: AccountManager, contact: Contact) -> None:
    series = book(manager, contact)
    services.cancel_following(
        actor=manager,
        series=series,
        from_date=MONDAY + 4 * WEEK,
        reason="The project ends.",
        revision=revision_of(series, series.meetings.all()),
        now=NOW,
    )
    states = [(meeting.status, meeting.sequence) for meeting in series.meetings.all()]
    assert states == [("confirmed", 0)] * 4 + [("cancelled", 1)] * (WEEKS - 4)
    assert Attendance.objects.filter(status="cancelled").count() == 2 * (WEEKS - 4)
    changes = MeetingChange.objects.filter(kind="cancelled")
    assert {(change.series_sequence, change.reason) for change in changes} == {(1, "The project ends.")}
    assert len(changes) == WEEKS - 4


def test_a_series_that_changed_since_it_was_looked_at_is_not_cancelled(
    manager: AccountManager, contact: Contact
) -> None:
    series = book(manager, contact)
    revision = revision_of(series, series.meetings.all())
    first = series.meetings.all()[0]
    services.cancel(actor=manager, meeting=first, reason="", sequence=0, now=NOW)
    with pytest.raises(StaleMeeting):
        services.cancel_following(actor=manager, series=series, from_date=MONDAY, reason="", revision=revision, now=NOW)
    assert series.meetings.filter(status="confirmed").count() == WEEKS - 1


def test_an_occurrence_may_move_to_where_the_next_one_still_is() -> None:
    always = {day: [["00:00", "00:00"]] for day in WEEKDAYS}
    hours = {"working_hours": always, "reachable_hours": always, "time_zone": "Europe/London"}
    manager = make_account_manager(make_team(), **hours)
    contact = make_contact(make_client(manager.teams.get()), **hours)
    midnight, late = (0, dt.time(0)), (6, dt.time(23, 30))
    walls = [midnight, midnight]
    series = book_weekly(manager, contact, start_date=MONDAY + WEEK, walls=walls, times=[midnight], now=NOW)
    before = series.meetings.all()
    # From Sunday 23:30 on, into the Monday whose midnight meeting moves away in the same step.
    starts = [meeting.start_at + 6 * DAY + dt.timedelta(hours=23, minutes=30) for meeting in before]
    services.move_following(
        actor=manager,
        series=series,
        request=SeriesRequest(duration_minutes=45, weeks=2, start_date=MONDAY + WEEK, weekdays=(6,)),
        times=[WeeklyTime(*late)],
        starts=starts,
        reason="",
        revision=revision_of(series, before),
        now=NOW,
    )
    assert list(series.meetings.values_list("start_at", flat=True)) == starts
