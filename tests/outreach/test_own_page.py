"""A contact's own page: one link for all of it, and what they do there to their meetings by themselves."""

import datetime as dt
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.db.models import QuerySet
from django.test import Client as Browser
from django.utils import timezone

from clients.links import Purpose
from clients.models import AccountManager, AuditEntry, Contact
from scheduling.meetings import services as booking
from scheduling.meetings.errors import MeetingNotTheirs, StaleMeeting
from scheduling.meetings.models import Attendance, Meeting, MeetingChange
from scheduling.meetings.models.meeting import Status
from scheduling.outreach.models import Approval, Message, Survey
from scheduling.outreach.services import ask_approval, plan
from tests.clients.sending import sent_by
from tests.outreach.private import path_of, visitor
from tests.outreach.rows import make_meeting
from tests.people import make_account_manager, make_client, make_contact, make_team

pytestmark = pytest.mark.django_db

HOME = "/you/"
DAY = dt.timedelta(days=1)


def next_monday(hour: int = 9) -> dt.datetime:
    """At that hour UTC, at least three days ahead."""
    now = timezone.now()
    day = now + 3 * DAY
    day += (7 - day.weekday()) % 7 * DAY
    return day.replace(hour=hour, minute=0, second=0, microsecond=0)


@pytest.fixture
def manager() -> AccountManager:
    return make_account_manager(make_team(), full_name="Mara Test", time_zone="Europe/London")


@pytest.fixture
def contact(manager: AccountManager) -> Contact:
    client = make_client(manager.teams.get(), name="Sample Sails")
    return make_contact(client, full_name="Ion Sample", address_as="Mr Sample", language="en-GB")


@pytest.fixture
def meeting(manager: AccountManager, contact: Contact) -> Meeting:
    now = timezone.now()
    location = "https://video.example/a room?x=1&y=2"
    return make_meeting(
        manager, [contact], start_at=next_monday(), booked_at=now - DAY, title="Plans & <dates>", location=location
    )


@pytest.fixture
def browser(contact: Contact) -> Browser:
    return visitor(contact, Purpose.HOME)


def page_of(browser: Browser, path: str) -> str:
    response = browser.get(path)
    assert response.status_code == 200, response.content.decode()
    return response.content.decode()


def move_url(meeting: Meeting) -> str:
    return f"/you/meetings/{meeting.pk}/move/"


def offered(browser: Browser, meeting: Meeting, day: str = "") -> list[str]:
    """The times on the page, as they are sent."""
    response = browser.get(move_url(meeting), {"day": day})
    return [card.start_at.isoformat() for card in response.context["times"].cards]


def send_move(browser: Browser, meeting: Meeting, start_at: str, **changes: Any) -> Any:
    url = move_url(meeting)
    return browser.post(url, sent_by(browser.get(url), start_at=start_at, **changes))


# One link for all of it


def test_own_page_shows_meetings_and_open_questions_in_the_contacts_language_and_time(
    browser: Browser, contact: Contact, manager: AccountManager, meeting: Meeting
) -> None:
    now = timezone.now()
    past = make_meeting(manager, [contact], start_at=now - 7 * DAY, booked_at=now - 9 * DAY, title="Kick-off")
    approval = ask_approval(
        actor=manager, approval=Approval(client=contact.client, contact=contact, title="The estimate"), now=now
    )
    survey = Survey.objects.create(
        contact=contact,
        question="csat",
        meeting=past,
        local_hour=9,
        account_manager=manager,
        asked_at=now,
        asked_date=now.date(),
        expires_at=now + DAY,
    )
    page = page_of(browser, HOME)
    assert "Plans &amp; &lt;dates&gt;" in page
    assert "Kick-off" in page
    assert "11:00" in page
    assert "Bucharest (GMT+2)" in page
    for path in (f"/you/approvals/{approval.pk}/", f"/you/survey/{survey.pk}/", "/you/wishes/", move_url(meeting)):
        assert path in page
        assert browser.get(path).status_code == 200, path


def test_link_to_one_thing_opens_no_own_page_and_that_to_the_page_nobody_elses_things(
    contact: Contact, manager: AccountManager, meeting: Meeting, browser: Browser
) -> None:
    assert visitor(contact, Purpose.WISHES).get(HOME).status_code == 404
    other = make_contact(contact.client)
    theirs = make_meeting(manager, [other], start_at=next_monday(12), booked_at=timezone.now())
    asked = Approval(client=contact.client, contact=other, title="Not for Ion")
    approval = ask_approval(actor=manager, approval=asked, now=timezone.now())
    for path in (
        f"/you/meetings/{theirs.pk}/",
        move_url(theirs),
        f"/you/meetings/{theirs.pk}/cancel/",
        f"/you/meetings/{theirs.pk}/meeting.ics",
        f"/you/approvals/{approval.pk}/",
        f"/you/approvals/{approval.pk}/file/",
    ):
        response = browser.get(path)
        assert response.status_code == 404, path
        assert "This is not here" in response.content.decode()


def test_the_link_opened_last_counts_where_two_people_share_a_browser(contact: Contact, browser: Browser) -> None:
    other = make_contact(contact.client, full_name="Ana Sample")
    form = sent_by(browser.get("/you/wishes/"))
    browser.get(path_of(other, Purpose.HOME))
    assert "Ana Sample" in page_of(browser, "/you/wishes/")
    response = browser.post("/you/wishes/", form)
    assert response.status_code == 409
    assert "Another link was opened meanwhile" in response.content.decode()


def test_looking_at_every_page_changes_nothing(browser: Browser, meeting: Meeting) -> None:
    def state() -> list[Any]:
        tables: tuple[Any, ...] = (Contact, Meeting, MeetingChange, Attendance, Message, AuditEntry)
        return [list(QuerySet(table).order_by("pk").values()) for table in tables]

    before = state()
    for path in (
        HOME,
        move_url(meeting),
        f"/you/meetings/{meeting.pk}/cancel/",
        f"/you/meetings/{meeting.pk}/meeting.ics",
        "/you/wishes/holidays/?country=DE&subdivision=BY",
        "/you/data/",
        "/you/data/export/",
        "/you/data/erase/",
        "/you/zone/",
    ):
        assert browser.get(path).status_code == 200, path
        assert browser.head(path).status_code == 200, path
    assert state() == before


def test_own_page_asks_the_database_as_often_for_many_meetings_as_for_one(
    browser: Browser, contact: Contact, manager: AccountManager, meeting: Meeting, django_assert_num_queries: Any
) -> None:
    for hour in (11, 13, 15):
        make_meeting(manager, [contact], start_at=next_monday(hour), booked_at=timezone.now())
    with django_assert_num_queries(8):
        browser.get(HOME)


# Calendars


def test_calendar_file_and_links_carry_the_meeting_as_it_is(browser: Browser, meeting: Meeting) -> None:
    file = browser.get(f"/you/meetings/{meeting.pk}/meeting.ics")
    assert file["Content-Type"].startswith("text/calendar")
    assert f"UID:{meeting.uid}".encode() in file.content
    links = browser.get(HOME).context["page"].coming[0].calendars
    google, outlook, _office = (parse_qs(urlsplit(link.url).query) for link in links)
    assert google["text"] == outlook["subject"] == ["Plans & <dates>"]
    assert google["location"] == outlook["location"] == [meeting.location]
    assert google["dates"] == [f"{meeting.start_at:%Y%m%dT%H%M%SZ}/{meeting.end_at:%Y%m%dT%H%M%SZ}"]
    assert outlook["startdt"] == [f"{meeting.start_at:%Y-%m-%dT%H:%M:%SZ}"]
    # Outlook takes a plus for a plus.
    assert all("+" not in link.url for link in links)


# Moving


def test_contact_moves_a_meeting_and_everybody_is_told(browser: Browser, contact: Contact, meeting: Meeting) -> None:
    start_at = offered(browser, meeting)[0]
    response = send_move(browser, meeting, start_at, reason="My train is late")
    assert response.status_code == 303
    moved = Meeting.objects.get()
    assert moved.start_at == dt.datetime.fromisoformat(start_at) != meeting.start_at
    change = moved.changes.get(kind="moved")
    assert (change.actor, change.contact, change.reason) == (None, contact, "My train is late")
    # Who chose the time agrees to it.
    assert Attendance.objects.get(contact=contact).partstat == "ACCEPTED"
    plan(now=timezone.now())
    told = Message.objects.filter(kind="update", sequence=moved.sequence)
    assert {message.person.full_name for message in told} == {"Ion Sample", "Mara Test"}
    assert "Everybody is told of the new time" in page_of(browser, response["Location"])


def test_the_same_move_sent_twice_moves_once(browser: Browser, meeting: Meeting) -> None:
    url = move_url(meeting)
    form = sent_by(browser.get(url), start_at=offered(browser, meeting)[0])
    assert [browser.post(url, form).status_code for _ in range(2)] == [303, 303]
    assert MeetingChange.objects.filter(kind="moved").count() == 1


def test_move_from_an_old_page_changes_nothing_and_keeps_the_words(browser: Browser, meeting: Meeting) -> None:
    times = offered(browser, meeting)
    url = move_url(meeting)
    old = sent_by(browser.get(url), start_at=times[1], reason="Kept words")
    send_move(browser, meeting, times[0])
    response = browser.post(url, old)
    assert response.status_code == 409
    assert "Nothing was changed" in response.content.decode()
    assert "Kept words" in response.content.decode()
    assert Meeting.objects.get().start_at == dt.datetime.fromisoformat(times[0])


def test_time_lost_meanwhile_shows_the_next_best_at_once(
    browser: Browser, manager: AccountManager, meeting: Meeting
) -> None:
    start_at = offered(browser, meeting)[0]
    make_meeting(manager, [make_contact()], start_at=dt.datetime.fromisoformat(start_at), booked_at=timezone.now())
    response = send_move(browser, meeting, start_at)
    assert response.status_code == 409
    assert start_at not in [card.start_at.isoformat() for card in response.context["times"].cards]
    assert response.context["times"].cards


@pytest.mark.parametrize("zone", ["America/Toronto", "Asia/Tokyo"])
@pytest.mark.parametrize("start_at", ["0001-01-01T00:00:00Z", "9999-12-31T23:45:00Z"])
def test_time_at_an_end_of_the_calendar_is_refused_on_every_clock(
    contact: Contact, meeting: Meeting, zone: str, start_at: str
) -> None:
    Contact.objects.update(time_zone=zone)
    assert send_move(visitor(contact, Purpose.HOME), meeting, start_at).status_code == 422


def test_contact_moves_nothing_far_outside_the_hosts_hours_unless_it_is_there_already(
    browser: Browser, manager: AccountManager, contact: Contact, meeting: Meeting
) -> None:
    always = {day: [["00:00", "00:00"]] for day in ("mon", "tue", "wed", "thu", "fri", "sat", "sun")}
    Contact.objects.update(working_hours=always, reachable_hours=always)
    AccountManager.objects.update(time_zone="UTC")
    evening = (meeting.start_at + DAY).replace(hour=20)
    assert evening.isoformat() not in offered(browser, meeting, f"{evening:%Y-%m-%d}")
    assert send_move(browser, meeting, evening.isoformat()).status_code == 409
    assert Meeting.objects.get().start_at == meeting.start_at
    late = booking.book(
        actor=manager,
        contacts=[Contact.objects.get()],
        colleagues=[AccountManager.objects.get()],
        title="Late",
        start_at=evening,
        duration_minutes=30,
        now=timezone.now(),
    )
    next_evening = evening + DAY
    assert next_evening.isoformat() in offered(browser, late, f"{next_evening:%Y-%m-%d}")
    assert send_move(browser, late, next_evening.isoformat()).status_code == 303


def test_contact_moves_a_meeting_no_more_often_than_the_team_allows(browser: Browser, meeting: Meeting) -> None:
    for _ in range(meeting.client.team.contact_moves):
        assert send_move(browser, meeting, offered(browser, meeting)[0]).status_code == 303
    page = page_of(browser, move_url(meeting))
    assert "as often as you can move it yourself" in page
    assert 'name="start_at"' not in page
    contact = Contact.objects.get()
    current = Meeting.objects.get()
    with pytest.raises(MeetingNotTheirs):
        booking.move_as_contact(
            contact=contact,
            meeting=current,
            start_at=current.start_at + DAY,
            reason="",
            sequence=current.sequence,
            now=timezone.now(),
        )
    assert Meeting.objects.get().start_at == current.start_at


def test_contact_moves_nothing_after_the_deadline_and_to_no_time_before_it(contact: Contact, meeting: Meeting) -> None:
    late = meeting.start_at - dt.timedelta(hours=23)
    with pytest.raises(MeetingNotTheirs):
        booking.move_as_contact(
            contact=contact, meeting=meeting, start_at=meeting.start_at + DAY, reason="", sequence=0, now=late
        )
    early = meeting.start_at - 2 * DAY
    with pytest.raises(MeetingNotTheirs):
        booking.move_as_contact(
            contact=contact, meeting=meeting, start_at=early + dt.timedelta(hours=3), reason="", sequence=0, now=early
        )


def test_optional_contact_neither_moves_nor_cancels(manager: AccountManager, contact: Contact) -> None:
    needed = make_contact(contact.client)
    meeting = make_meeting(manager, [needed, contact], start_at=next_monday(), booked_at=timezone.now())
    Attendance.objects.filter(contact=contact).update(is_optional=True)
    act: dict[str, Any] = {"contact": contact, "meeting": meeting, "reason": "", "sequence": 0, "now": timezone.now()}
    acts: list[Callable[[], Meeting]] = [
        lambda: booking.move_as_contact(**act, start_at=meeting.start_at + DAY),
        lambda: booking.cancel_as_contact(**act),
    ]
    for one in acts:
        with pytest.raises(MeetingNotTheirs):
            one()


def test_time_in_the_night_is_asked_about_once(browser: Browser, contact: Contact, meeting: Meeting) -> None:
    contact.reachable_hours = {day: [["00:00", "00:00"]] for day in ("mon", "tue", "wed", "thu", "fri", "sat", "sun")}
    contact.working_hours = contact.reachable_hours
    contact.save()
    AccountManager.objects.update(reachable_hours=contact.reachable_hours, working_hours=contact.reachable_hours)
    # Three in the morning in Bucharest.
    start_at = (meeting.start_at + DAY).replace(hour=1)
    asked = send_move(browser, meeting, start_at.isoformat(), reason="Night shift")
    assert "Really at" in asked.content.decode()
    assert not MeetingChange.objects.filter(kind="moved").exists()
    meant = browser.post(move_url(meeting), sent_by(asked))
    assert meant.status_code == 303
    change = MeetingChange.objects.get(kind="moved")
    assert (change.meeting.start_at, change.reason) == (start_at, "Night shift")


# Cancelling


def test_contact_cancels_with_a_word_why(browser: Browser, contact: Contact, meeting: Meeting) -> None:
    url = f"/you/meetings/{meeting.pk}/cancel/"
    refused = browser.post(url, sent_by(browser.get(url)))
    assert refused.status_code == 422
    form = sent_by(browser.get(url), reason="The project is off")
    assert [browser.post(url, form).status_code for _ in range(2)] == [303, 303]
    cancelled = Meeting.objects.get()
    assert cancelled.status == Status.CANCELLED
    change = cancelled.changes.get(kind="cancelled")
    assert (change.contact, change.reason) == (contact, "The project is off")
    assert browser.get(url).status_code == 200
    with pytest.raises((StaleMeeting, MeetingNotTheirs)):
        booking.cancel_as_contact(
            contact=contact, meeting=cancelled, reason="", sequence=cancelled.sequence, now=timezone.now()
        )


def test_link_of_a_mail_about_one_meeting_moves_that_one_alone(
    contact: Contact, manager: AccountManager, meeting: Meeting
) -> None:
    other = make_meeting(manager, [contact], start_at=next_monday(14), booked_at=timezone.now())
    browser = visitor(contact, Purpose.MEETING, meeting.pk)
    assert send_move(browser, meeting, offered(browser, meeting)[0]).status_code == 303
    assert browser.get(move_url(other)).status_code == 404
