"""The pages that book, move, edit and cancel, as a browser meets them."""

import datetime as dt
import uuid
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.test import Client as Browser
from django.urls import reverse

from clients.models import AccountManager, Contact
from scheduling.meetings import services
from scheduling.meetings.models import Attendance, Meeting
from tests.people import make_account_manager, make_client, make_contact, make_team

pytestmark = pytest.mark.django_db


def next_noon(weekday: int = 1) -> dt.datetime:
    """Noon in London on the next Tuesday that is at least two days away."""
    day = dt.datetime.now(dt.UTC).date() + dt.timedelta(days=2)
    day += dt.timedelta(days=(weekday - day.weekday()) % 7)
    return dt.datetime.combine(day, dt.time(12), ZoneInfo("Europe/London")).astimezone(dt.UTC)


@pytest.fixture
def manager() -> AccountManager:
    return make_account_manager(make_team(), full_name="Mara Test")


@pytest.fixture
def contact(manager: AccountManager) -> Contact:
    return make_contact(make_client(manager.teams.get()), full_name="Ioana Test")


@pytest.fixture
def browser(manager: AccountManager) -> Browser:
    browser = Browser()
    browser.force_login(manager)
    return browser


@pytest.fixture
def meeting(manager: AccountManager, contact: Contact) -> Meeting:
    return services.book(
        actor=manager,
        contacts=[contact],
        colleagues=[manager],
        title="Quarterly review",
        start_at=next_noon(),
        duration_minutes=45,
        now=dt.datetime.now(dt.UTC),
    )


def form(manager: AccountManager, contact: Contact, **values: Any) -> dict[str, Any]:
    return {
        "contacts": [contact.pk],
        "colleagues": [manager.pk],
        "start_at": next_noon().isoformat(),
        "duration_minutes": 45,
        "policy": "shared",
        "title": "Quarterly review",
        "channel": "video",
        "idempotency_key": str(uuid.uuid4()),
        **values,
    }


def test_booking_leads_to_the_meeting_with_everybodys_local_time(
    browser: Browser, manager: AccountManager, contact: Contact
) -> None:
    answer = browser.post(reverse("meetings:book"), form(manager, contact))
    meeting = Meeting.objects.get()
    assert (answer.status_code, answer["Location"]) == (303, reverse("meetings:detail", args=[meeting.pk]))
    page = browser.get(answer["Location"]).content.decode()
    assert "12:00–12:45" in page
    assert "14:00–14:45" in page
    assert "Bucharest (GMT+" in page


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("title", "", "This field is required."),
        ("title", "a\x00b", "Null characters are not allowed."),
        ("title", "line\x07bell", "control characters"),
        ("title", "<b>Review</b>", "Remove the characters"),
        ("title", "x" * 10_000, "at most 120 characters"),
        ("contacts", [], "Choose at least one contact."),
        ("contacts", ["999999"], "Choose among the people you look after"),
        ("contacts", ["x"], "Choose among the people you look after"),
        ("colleagues", [], "Choose at least one colleague"),
        ("start_at", "yesterday", "Give a date and time with its offset"),
        ("start_at", "2026-12-08T12:00:00", "Give a date and time with its offset"),
        ("start_at", "2020-01-07T12:00:00Z", "This time is over."),
        ("start_at", "9999-12-31T23:59:59-23:59", ""),
        ("duration_minutes", "0", "Choose a duration"),
        ("duration_minutes", "7", "Choose a duration"),
        ("duration_minutes", "99999999999999999999", "Choose a duration"),
        ("policy", "unfair", "Choose one of these"),
        ("channel", "pigeon", "not one of the available choices"),
        ("idempotency_key", "", "This field is required."),
        ("idempotency_key", "no-uuid", "Enter a valid UUID."),
    ],
)
def test_a_booking_that_makes_no_sense_is_told_why_and_writes_nothing(
    browser: Browser, manager: AccountManager, contact: Contact, field: str, value: Any, message: str
) -> None:
    answer = browser.post(reverse("meetings:book"), form(manager, contact, **{field: value}))
    assert answer.status_code == 422
    assert message in answer.content.decode()
    assert not Meeting.objects.exists()


def test_a_lost_time_shows_the_next_best_and_keeps_what_was_typed(
    browser: Browser, manager: AccountManager, contact: Contact, meeting: Meeting
) -> None:
    answer = browser.post(reverse("meetings:book"), form(manager, contact, title="Kept as typed"))
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "This time has just been taken." in page
    assert "Kept as typed" in page
    assert Meeting.objects.count() == 1


def test_moving_shows_the_new_time_and_the_reason(browser: Browser, meeting: Meeting) -> None:
    values = {
        "start_at": (next_noon() + dt.timedelta(days=1)).isoformat(),
        "duration_minutes": 30,
        "reason": "A train is cancelled",
        "sequence": 0,
        "idempotency_key": uuid.uuid4(),
    }
    answer = browser.post(reverse("meetings:move", args=[meeting.pk]), values)
    assert answer.status_code == 303
    page = browser.get(answer["Location"]).content.decode()
    assert "12:00–12:30" in page
    assert "A train is cancelled" in page


def test_a_move_seen_on_an_old_page_is_refused(browser: Browser, manager: AccountManager, meeting: Meeting) -> None:
    services.cancel(actor=manager, meeting=meeting, reason="", sequence=0, now=meeting.start_at - dt.timedelta(hours=1))
    values = {
        "start_at": (next_noon() + dt.timedelta(days=1)).isoformat(),
        "duration_minutes": 30,
        "sequence": 0,
        "idempotency_key": uuid.uuid4(),
    }
    answer = browser.post(reverse("meetings:move", args=[meeting.pk]), values)
    assert answer.status_code == 409
    assert "has changed since you opened the page" in answer.content.decode()


def test_cancelling_asks_first_and_frees_everybody(browser: Browser, meeting: Meeting) -> None:
    url = reverse("meetings:cancel", args=[meeting.pk])
    assert browser.get(url).status_code == 200
    assert Meeting.objects.get().status == "confirmed"
    answer = browser.post(url, {"reason": "Trade fair", "sequence": 0, "idempotency_key": uuid.uuid4()})
    assert answer.status_code == 303
    assert set(Attendance.objects.values_list("status", flat=True)) == {"cancelled"}
    assert "Trade fair" in browser.get(answer["Location"]).content.decode()


def test_editing_raises_the_sequence_once_however_often_it_is_sent(browser: Browser, meeting: Meeting) -> None:
    values = {
        "title": "Renamed",
        "channel": "phone",
        "location": "+40 21 555 0100",
        "sequence": 0,
        "idempotency_key": uuid.uuid4(),
    }
    url = reverse("meetings:edit", args=[meeting.pk])
    assert [browser.post(url, values).status_code for _ in range(3)] == [303, 303, 303]
    meeting.refresh_from_db()
    assert (meeting.title, meeting.sequence) == ("Renamed", 1)


def test_the_invitation_is_a_calendar_file(browser: Browser, meeting: Meeting) -> None:
    answer = browser.get(reverse("meetings:invitation", args=[meeting.pk]))
    assert answer["Content-Type"].startswith("text/calendar")
    assert f"UID:{meeting.uid}" in answer.content.decode()


def test_the_list_takes_as_many_queries_for_many_meetings_as_for_one(
    browser: Browser, manager: AccountManager, contact: Contact, meeting: Meeting, django_assert_num_queries: Any
) -> None:
    for week in range(1, 6):
        services.book(
            actor=manager,
            contacts=[contact],
            colleagues=[manager],
            title=f"Week {week}",
            start_at=next_noon() + dt.timedelta(weeks=week),
            duration_minutes=45,
            now=dt.datetime.now(dt.UTC),
        )
    # Session, reader and the switch; how many, the page of meetings, their attendances with contacts and colleagues.
    with django_assert_num_queries(8):
        page = browser.get(reverse("meetings:list"))
    assert page.content.decode().count("Week ") == 5
