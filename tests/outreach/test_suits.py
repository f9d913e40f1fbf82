"""“Still suits you?”: who is asked when, in which mail, and what becomes of the answer."""

import datetime as dt
from collections.abc import Callable
from email.message import EmailMessage
from typing import Any

import pytest
from django.test import Client as Browser
from django.urls import reverse
from django.utils import timezone

from clients.links import Purpose, link_for
from clients.models import AccountManager, AuditEntry, Contact, DayOff
from scheduling.meetings.models import Attendance, Meeting, MeetingChange
from scheduling.outreach.models import Message
from scheduling.outreach.services import deliver, plan
from scheduling.outreach.services.planning_suits import ask_whether_it_suits
from tests.clients.sending import sent_by
from tests.outreach.private import visitor
from tests.outreach.rows import change_meeting, make_meeting
from tests.people import make_account_manager, make_client, make_contact, make_team
from tests.smtp import SmtpServer

pytestmark = pytest.mark.django_db

MINUTE, HOUR, DAY = dt.timedelta(minutes=1), dt.timedelta(hours=1), dt.timedelta(days=1)
#: A Wednesday, at noon in Tokyo.
START = dt.datetime(2026, 10, 7, 3, tzinfo=dt.UTC)
#: Nine in Tokyo the day before.
MORNING = dt.datetime(2026, 10, 6, 0, tzinfo=dt.UTC)
Kind, State, PartStat = Message.Kind, Message.State, Attendance.PartStat


@pytest.fixture
def manager() -> AccountManager:
    return make_account_manager(make_team(), full_name="Mara Test", email="mara@dayband.example", reminder_minutes=[60])


@pytest.fixture
def contact(manager: AccountManager) -> Contact:
    client = make_client(manager.teams.get(), name="Sample Sails", country="JP")
    values = {"full_name": "Ion Sample", "email": "ion@client.example", "time_zone": "Asia/Tokyo"}
    return make_contact(client, reminder_minutes=[60], **values)


def book(manager: AccountManager, contact: Contact, start_at: dt.datetime = START, **values: Any) -> Meeting:
    return make_meeting(manager, [contact], start_at=start_at, **{"booked_at": start_at - 20 * DAY, **values})


def asked(now: dt.datetime = MORNING) -> list[str]:
    """When contacts are asked, in UTC, once that is planned."""
    ask_whether_it_suits(now=now)
    due = Message.objects.filter(kind=Kind.SUITS).order_by("due_at").values_list("due_at", flat=True)
    return [f"{at:%a %d %H:%M}" for at in due]


def part(mail: EmailMessage, kind: str = "plain") -> str:
    """The words of one part of a mail."""
    body = mail.get_body((kind,))
    assert body is not None
    return str(body.get_content())


# When


def test_contact_is_asked_at_nine_of_their_own_the_working_day_before(
    manager: AccountManager, contact: Contact
) -> None:
    book(manager, contact)
    assert asked(MORNING - 2 * HOUR) == []
    assert asked(MORNING - 10 * MINUTE) == ["Tue 06 00:00"]


def test_contact_is_asked_once_for_a_time_and_again_for_another(manager: AccountManager, contact: Contact) -> None:
    meeting = book(manager, contact)
    assert asked() == asked() == ["Tue 06 00:00"]
    change_meeting(meeting, MeetingChange.Kind.MOVED, at=MORNING + HOUR, start_at=START + 2 * DAY)
    assert asked(MORNING + 2 * DAY) == ["Tue 06 00:00", "Thu 08 00:00"]


def test_question_about_a_monday_comes_on_friday(manager: AccountManager, contact: Contact) -> None:
    book(manager, contact, START + 5 * DAY)
    assert asked(MORNING + 3 * DAY) == ["Fri 09 00:00"]


def test_question_skips_the_days_on_which_they_are_away(manager: AccountManager, contact: Contact) -> None:
    tuesday = START.date() - DAY
    DayOff.objects.create(contact=contact, first_date=tuesday - DAY, last_date=tuesday)
    book(manager, contact)
    assert asked(MORNING) == []
    assert asked(MORNING - 4 * DAY) == ["Fri 02 00:00"]


def test_question_waits_until_they_can_be_reached(manager: AccountManager, contact: Contact) -> None:
    contact.reachable_hours = {"tue": [["10:30", "20:00"]]}
    contact.save()
    book(manager, contact)
    assert asked(MORNING + 80 * MINUTE) == ["Tue 06 01:30"]


def agreed_that_day(manager: AccountManager, contact: Contact) -> None:
    book(manager, contact, booked_at=MORNING - HOUR)


def want_no_reminders(manager: AccountManager, contact: Contact) -> None:
    Contact.objects.update(reminder_minutes=[])
    book(manager, contact)


def have_answered(manager: AccountManager, contact: Contact) -> None:
    book(manager, contact).attendances.update(partstat=PartStat.ACCEPTED)


def have_declined(manager: AccountManager, contact: Contact) -> None:
    book(manager, contact).attendances.update(partstat=PartStat.DECLINED)


def have_been_cancelled(manager: AccountManager, contact: Contact) -> None:
    change_meeting(book(manager, contact), MeetingChange.Kind.CANCELLED, at=MORNING - 9 * DAY)


def have_no_address(manager: AccountManager, contact: Contact) -> None:
    Contact.objects.update(email="")
    book(manager, contact)


@pytest.mark.parametrize(
    "why", [agreed_that_day, want_no_reminders, have_answered, have_declined, have_been_cancelled, have_no_address]
)
def test_nobody_is_asked_who(
    manager: AccountManager, contact: Contact, why: Callable[[AccountManager, Contact], None]
) -> None:
    why(manager, contact)
    assert asked() == []


def test_beat_plans_the_question(manager: AccountManager, contact: Contact) -> None:
    book(manager, contact)
    plan(now=MORNING)
    assert Message.objects.filter(kind=Kind.SUITS).count() == 1


# One mail, not two


def test_reminder_of_that_day_asks_instead(manager: AccountManager, contact: Contact, smtp_server: SmtpServer) -> None:
    Contact.objects.update(reminder_minutes=[1440, 60])
    book(manager, contact)
    for now in (MORNING, START - DAY, START - HOUR):
        plan(now=now)
        deliver(clock=now.replace)
    mails = [mail for mail in smtp_server.messages if "ion@client.example" in mail["To"]]
    assert ["Does this time still suit you?" in part(mail) for mail in mails] == [True, False]
    assert not Message.objects.filter(kind=Kind.SUITS).exists()


def test_reminder_on_a_sunday_does_not_take_the_place_of_the_question_on_friday(
    manager: AccountManager, contact: Contact
) -> None:
    Contact.objects.update(reminder_minutes=[1440, 60])
    book(manager, contact, START + 5 * DAY)
    assert asked(MORNING + 3 * DAY) == ["Fri 09 00:00"]


def test_reminder_asks_nobody_who_has_answered(
    manager: AccountManager, contact: Contact, smtp_server: SmtpServer
) -> None:
    Contact.objects.update(reminder_minutes=[1440])
    book(manager, contact).attendances.update(partstat=PartStat.ACCEPTED)
    plan(now=START - DAY)
    deliver(clock=lambda: START - DAY)
    (mail,) = smtp_server.messages
    assert "Does this time still suit you?" not in part(mail)


def test_question_is_a_mail_about_the_meeting_with_a_link_to_answer(
    manager: AccountManager, contact: Contact, smtp_server: SmtpServer
) -> None:
    meeting = book(manager, contact)
    ask_whether_it_suits(now=MORNING)
    deliver(clock=lambda: MORNING)
    (mail,) = smtp_server.messages
    assert mail["Subject"] == "Still suits you? Quarterly review, Wed, Oct 7, 12:00 PM (Tokyo)"
    assert link_for(contact, Purpose.MEETING, now=MORNING, subject_id=meeting.pk) in part(mail)
    assert f'href="{link_for(contact, Purpose.MEETING, now=MORNING, subject_id=meeting.pk)}"' in part(mail, "html")


def test_question_that_was_answered_before_it_went_is_not_sent(manager: AccountManager, contact: Contact) -> None:
    meeting = book(manager, contact)
    asked()
    meeting.attendances.update(partstat=PartStat.ACCEPTED)
    deliver(clock=lambda: MORNING)
    message = Message.objects.get(kind=Kind.SUITS)
    assert (message.state, message.reason) == (State.SUPERSEDED, "This person has answered already.")


def test_meeting_that_moved_takes_its_question_along(manager: AccountManager, contact: Contact) -> None:
    meeting = book(manager, contact)
    asked()
    change_meeting(meeting, MeetingChange.Kind.MOVED, at=MORNING, start_at=START + 2 * DAY)
    deliver(clock=lambda: MORNING)
    assert Message.objects.get(kind=Kind.SUITS).state == State.SUPERSEDED


# Answers


@pytest.fixture
def meeting(manager: AccountManager, contact: Contact) -> Meeting:
    return book(manager, contact, timezone.now().replace(microsecond=0) + DAY)


@pytest.fixture
def browser(contact: Contact, meeting: Meeting) -> Browser:
    return visitor(contact, Purpose.MEETING, meeting.pk)


def send(browser: Browser, meeting: Meeting, **fields: str) -> Any:
    """One of the forms on the contact's page, whose hidden fields are alike."""
    url = f"/you/meetings/{meeting.pk}/"
    sent = sent_by(browser.get(url))
    hidden = {name: sent[name] for name in ("csrfmiddlewaretoken", "link", "start_at")}
    return browser.post(url, hidden | fields)


def answer_of(contact: Contact) -> tuple[str, str]:
    row = Attendance.objects.get(contact=contact)
    return row.partstat, row.answer_words


def test_looking_at_the_page_answers_nothing(browser: Browser, meeting: Meeting, contact: Contact) -> None:
    page = browser.get(f"/you/meetings/{meeting.pk}/")
    assert "It suits me" in page.content.decode()
    assert answer_of(contact) == ("NEEDS-ACTION", "")
    assert not AuditEntry.objects.exists()


def test_one_tap_accepts_and_a_second_one_changes_nothing(browser: Browser, meeting: Meeting, contact: Contact) -> None:
    assert send(browser, meeting, act="suits").status_code == 302
    assert answer_of(contact) == ("ACCEPTED", "")
    page = browser.get(f"/you/meetings/{meeting.pk}/").content.decode()
    assert "You have said that this time suits you." in page
    send(browser, meeting, act="suits")
    assert AuditEntry.objects.get().details == {"contact": contact.pk, "fields": ["partstat"]}
    assert not Message.objects.exists()


def test_wish_for_another_time_is_told_by_mail_and_on_the_meetings_page(
    browser: Browser, meeting: Meeting, contact: Contact, manager: AccountManager, smtp_server: SmtpServer
) -> None:
    words = "After four, please: <b>school</b> run."
    assert send(browser, meeting, act="another_time", words=words).status_code == 302
    assert send(browser, meeting, act="another_time", words=words).status_code == 302
    assert answer_of(contact) == ("TENTATIVE", words)
    meeting.refresh_from_db()
    assert meeting.status == "confirmed"
    deliver(clock=timezone.now)
    (mail,) = smtp_server.messages
    assert mail["Subject"] == "Another time, please: Quarterly review (Sample Sails)"
    assert "mara@dayband.example" in mail["To"]
    assert words in part(mail)
    assert "&lt;b&gt;school" in part(mail, "html")
    desk = Browser()
    desk.force_login(manager)
    page = desk.get(reverse("meetings:detail", args=[meeting.pk])).content.decode()
    assert "asks for another time" in page
    assert "&lt;b&gt;school" in page


def test_who_asked_for_another_time_may_still_accept(browser: Browser, meeting: Meeting, contact: Contact) -> None:
    send(browser, meeting, act="another_time", words="Later?")
    send(browser, meeting, act="suits")
    assert answer_of(contact) == ("ACCEPTED", "")


def test_answer_to_a_time_that_changed_meanwhile_is_not_taken(
    browser: Browser, meeting: Meeting, contact: Contact
) -> None:
    url = f"/you/meetings/{meeting.pk}/"
    sent = sent_by(browser.get(url))
    hidden = {name: sent[name] for name in ("csrfmiddlewaretoken", "link", "start_at")}
    change_meeting(meeting, MeetingChange.Kind.MOVED, at=timezone.now(), start_at=meeting.start_at + HOUR)
    response = browser.post(url, hidden | {"act": "another_time", "words": "Not so early"})
    assert response.status_code == 409
    assert "Nothing was changed" in response.content.decode()
    assert "Not so early" in response.content.decode()
    assert answer_of(contact) == ("NEEDS-ACTION", "")


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({"act": "another_time", "words": " "}, 422),
        ({"act": "another_time", "words": "x" * 501}, 422),
        ({"act": "cancel"}, 400),
        ({}, 400),
        ({"act": "suits", "start_at": "soon"}, 400),
        ({"act": "suits", "start_at": "2026-99-99T00:00:00Z"}, 400),
        ({"act": "suits", "start_at": "2026-01-01T00:00:00"}, 400),
    ],
)
def test_answer_that_is_none_changes_nothing(
    browser: Browser, meeting: Meeting, contact: Contact, fields: dict[str, str], status: int
) -> None:
    assert send(browser, meeting, **fields).status_code == status
    assert answer_of(contact) == ("NEEDS-ACTION", "")


def test_cancelled_meeting_can_be_answered_no_more(browser: Browser, meeting: Meeting, contact: Contact) -> None:
    url = f"/you/meetings/{meeting.pk}/"
    sent = sent_by(browser.get(url))
    change_meeting(meeting, MeetingChange.Kind.CANCELLED, at=timezone.now())
    assert "does not take place" in browser.get(url).content.decode()
    hidden = {name: sent[name] for name in ("csrfmiddlewaretoken", "link", "start_at")}
    assert browser.post(url, hidden | {"act": "suits"}).status_code == 409
    assert answer_of(contact) == ("NEEDS-ACTION", "")


def test_link_opens_no_other_meeting(browser: Browser, manager: AccountManager, contact: Contact) -> None:
    other = book(manager, contact, timezone.now() + 3 * DAY)
    assert browser.get(f"/you/meetings/{other.pk}/").status_code == 404
