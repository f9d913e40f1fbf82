"""What is written into the outbox, when, for whom, and that it is written once."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from clients.models import AccountManager, Contact
from scheduling.meetings.models import Attendance, MeetingChange
from scheduling.outreach.models import Message, Tally
from scheduling.outreach.services import plan
from tests.outreach.rows import change_meeting, make_meeting
from tests.people import make_account_manager, make_contact

pytestmark = pytest.mark.django_db

NOW = dt.datetime(2026, 3, 2, 8, tzinfo=dt.UTC)
MINUTE, HOUR, DAY = dt.timedelta(minutes=1), dt.timedelta(hours=1), dt.timedelta(days=1)
START = NOW + 5 * DAY
Kind, State = Message.Kind, Message.State


@pytest.fixture
def manager() -> AccountManager:
    return make_account_manager(reminder_minutes=[])


@pytest.fixture
def contact() -> Contact:
    return make_contact(reminder_minutes=[1440, 60])


def kinds() -> list[str]:
    return sorted(Message.objects.values_list("kind", flat=True))


def reminders() -> list[tuple[int | None, dt.datetime]]:
    rows = Message.objects.filter(kind=Kind.REMINDER).order_by("due_at")
    return list(rows.values_list("lead_minutes", "due_at"))


def test_everybody_is_told_of_every_change_once(manager: AccountManager, contact: Contact) -> None:
    meeting = make_meeting(manager, [contact], start_at=START, booked_at=NOW)
    assert plan(now=NOW) == 2
    change_meeting(meeting, MeetingChange.Kind.MOVED, at=NOW + HOUR, start_at=START + HOUR)
    change_meeting(meeting, MeetingChange.Kind.EDITED, at=NOW + HOUR)
    change_meeting(meeting, MeetingChange.Kind.CANCELLED, at=NOW + HOUR)
    assert plan(now=NOW + HOUR) == 6
    assert plan(now=NOW + HOUR) == 0
    assert kinds() == ["cancellation"] * 2 + ["confirmation"] * 2 + ["update"] * 4
    assert set(Message.objects.values_list("address", flat=True)) == {contact.email, manager.email}


def test_every_message_has_a_message_id_of_its_own_in_our_domain(manager: AccountManager, contact: Contact) -> None:
    make_meeting(manager, [contact], start_at=START, booked_at=NOW)
    plan(now=NOW)
    ids = Message.objects.values_list("message_id", flat=True)
    assert len(set(ids)) == 2
    assert all(one.startswith("<") and one.endswith("@dayband.example>") for one in ids)


def test_somebody_without_an_address_is_not_passed_over_in_silence(manager: AccountManager) -> None:
    make_meeting(manager, [make_contact(email="")], start_at=START, booked_at=NOW)
    plan(now=NOW)
    message = Message.objects.get(attendance__contact__isnull=False)
    assert (message.state, message.reason) == (State.UNDELIVERABLE, "This person has no mail address.")


def test_changes_of_long_ago_are_not_told_any_more(manager: AccountManager, contact: Contact) -> None:
    make_meeting(manager, [contact], start_at=START, booked_at=NOW - 8 * DAY)
    assert plan(now=NOW) == 0


def test_more_changes_than_one_chunk_are_planned_in_one_go(
    manager: AccountManager, contact: Contact, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("scheduling.outreach.services.planning.CHUNK", 3)
    for day in range(7):
        make_meeting(manager, [contact], start_at=START + day * DAY, booked_at=NOW)
    assert plan(now=NOW) == 14


def test_reminders_come_when_each_person_wants_them(contact: Contact) -> None:
    manager = make_account_manager(reminder_minutes=[60, 15])
    make_meeting(manager, [contact], start_at=START, booked_at=NOW)
    for before in (5 * DAY, DAY + MINUTE, DAY, DAY - MINUTE, HOUR + MINUTE, HOUR, 16 * MINUTE, 15 * MINUTE, MINUTE):
        plan(now=START - before)
    assert reminders() == [(1440, START - DAY), (60, START - HOUR), (60, START - HOUR), (15, START - 15 * MINUTE)]
    by_contact = Message.objects.filter(kind=Kind.REMINDER, attendance__contact=contact)
    assert set(by_contact.values_list("lead_minutes", flat=True)) == {60, 1440}


def test_a_reminder_is_not_planned_before_it_is_due(manager: AccountManager, contact: Contact) -> None:
    make_meeting(manager, [contact], start_at=START, booked_at=NOW)
    plan(now=START - DAY - MINUTE)
    assert reminders() == []
    plan(now=START - DAY)
    assert reminders() == [(1440, START - DAY)]


@pytest.mark.parametrize("hours", [3, 20])
def test_a_meeting_booked_at_short_notice_has_no_reminder_of_the_day_before(
    manager: AccountManager, contact: Contact, hours: int
) -> None:
    start_at = NOW + hours * HOUR
    make_meeting(manager, [contact], start_at=start_at, booked_at=NOW)
    plan(now=NOW)
    assert reminders() == []
    plan(now=start_at - HOUR)
    assert reminders() == [(60, start_at - HOUR)]


def test_a_moved_meeting_is_reminded_of_again(manager: AccountManager, contact: Contact) -> None:
    meeting = make_meeting(manager, [contact], start_at=START, booked_at=NOW)
    plan(now=START - DAY)
    change_meeting(meeting, MeetingChange.Kind.MOVED, at=START - 20 * HOUR, start_at=START + 3 * DAY)
    plan(now=START + 2 * DAY)
    assert reminders() == [(1440, START - DAY), (1440, START + 2 * DAY)]


def test_new_words_do_not_repeat_a_reminder(manager: AccountManager, contact: Contact) -> None:
    meeting = make_meeting(manager, [contact], start_at=START, booked_at=NOW)
    plan(now=START - DAY)
    change_meeting(meeting, MeetingChange.Kind.EDITED, at=START - 23 * HOUR)
    plan(now=START - 22 * HOUR)
    assert reminders() == [(1440, START - DAY)]


def test_new_words_do_not_stop_a_reminder_that_is_planned_late(manager: AccountManager, contact: Contact) -> None:
    meeting = make_meeting(manager, [contact], start_at=START, booked_at=NOW)
    change_meeting(meeting, MeetingChange.Kind.EDITED, at=START - DAY + MINUTE)
    plan(now=START - DAY + 2 * MINUTE)
    assert reminders() == [(1440, START - DAY)]


@pytest.mark.parametrize("kind", [MeetingChange.Kind.CANCELLED, None])
def test_nobody_is_reminded_of_a_meeting_that_is_off_or_over(
    manager: AccountManager, contact: Contact, kind: MeetingChange.Kind | None
) -> None:
    meeting = make_meeting(manager, [contact], start_at=START, booked_at=NOW)
    if kind is not None:
        change_meeting(meeting, kind, at=NOW + HOUR)
    plan(now=START - HOUR if kind else START)
    assert reminders() == []


def test_whoever_declined_is_not_reminded(manager: AccountManager, contact: Contact) -> None:
    meeting = make_meeting(manager, [contact], start_at=START, booked_at=NOW)
    meeting.attendances.filter(contact=contact).update(partstat=Attendance.PartStat.DECLINED)
    plan(now=START - DAY)
    assert reminders() == []


def test_a_reminder_that_an_outage_delayed_by_over_six_hours_is_not_planned(
    manager: AccountManager, contact: Contact
) -> None:
    make_meeting(manager, [contact], start_at=START, booked_at=NOW)
    plan(now=START - 18 * HOUR)
    assert reminders() == []


def test_a_reminder_expires_after_six_hours_or_when_the_meeting_begins(
    manager: AccountManager, contact: Contact
) -> None:
    make_meeting(manager, [contact], start_at=START, booked_at=NOW)
    plan(now=START - DAY)
    plan(now=START - HOUR)
    expiries = Message.objects.filter(kind=Kind.REMINDER).order_by("due_at").values_list("expires_at", flat=True)
    assert list(expiries) == [START - 18 * HOUR, START]


def test_the_number_of_queries_does_not_grow_with_the_meetings(manager: AccountManager, contact: Contact) -> None:
    def queries(meetings: int) -> int:
        for _ in range(meetings):
            make_meeting(manager, [make_contact(contact.client)], start_at=START, booked_at=START - 2 * DAY)
            manager.attendances.all().delete()
        # Otherwise what is not looked at with every beat would be left out.
        Tally.objects.all().delete()
        with CaptureQueriesContext(connection) as captured:
            plan(now=START - DAY)
        return len(captured)

    assert queries(1) == queries(20)
