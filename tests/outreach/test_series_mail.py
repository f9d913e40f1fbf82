"""What people are sent about a series: one mail for all of it, and one for each change of a single occurrence."""

import datetime as dt
import re
from email.message import EmailMessage
from typing import Any

import icalendar
import pytest

from clients.models import AccountManager, Contact
from scheduling.engine import SeriesRequest, WeeklyTime
from scheduling.meetings import services
from scheduling.meetings.models import Series
from scheduling.meetings.services.following import revision_of
from scheduling.outreach.models import Message
from scheduling.outreach.services import deliver, plan
from tests.meetings.weekly import book_weekly
from tests.people import make_account_manager, make_client, make_contact, make_team
from tests.smtp import SmtpServer

pytestmark = pytest.mark.django_db

NOW = dt.datetime(2026, 9, 4, 8, tzinfo=dt.UTC)
MONDAY = dt.date(2026, 9, 28)
WEEKS = 8
TUESDAY_TEN = (1, dt.time(10))
WEEK = dt.timedelta(weeks=1)


@pytest.fixture
def manager() -> AccountManager:
    return make_account_manager(make_team(), full_name="Mara Quill", email="mara@dayband.example")


@pytest.fixture
def contact(manager: AccountManager) -> Contact:
    client = make_client(manager.teams.get(), name="Cumbre Azul")
    return make_contact(client, time_zone="America/New_York", language="es-US", email="lucia@cumbre.example")


@pytest.fixture
def series(manager: AccountManager, contact: Contact) -> Series:
    walls = [TUESDAY_TEN] * WEEKS
    return book_weekly(manager, contact, start_date=MONDAY, walls=walls, times=[TUESDAY_TEN], now=NOW)


def sent(server: SmtpServer, address: str) -> list[EmailMessage]:
    """What the address got of all that is due."""
    plan(now=NOW)
    while deliver(clock=lambda: NOW):
        pass
    return [message for message in server.messages if address in message["To"]]


def text_of(mail: EmailMessage) -> str:
    part = mail.get_body(("plain",))
    assert part
    text: str = part.get_content()
    return text


def calendar_of(mail: EmailMessage) -> icalendar.Calendar:
    (part,) = (part for part in mail.walk() if part.get_content_type() == "text/calendar")
    return icalendar.Calendar.from_ical(part.get_content())


def cancel_from(series: Series, manager: AccountManager, week: int) -> None:
    services.cancel_following(
        actor=manager,
        series=series,
        from_date=MONDAY + week * WEEK,
        reason="The project ends.",
        revision=revision_of(series, series.meetings.all()),
        now=NOW,
    )


def test_a_booked_series_is_one_mail_each_with_all_dates(
    series: Series, contact: Contact, manager: AccountManager, smtp_server: SmtpServer
) -> None:
    (mail,) = sent(smtp_server, manager.email)
    assert mail["Subject"].startswith("Confirmed: Weekly sync, 8 meetings from Tue")
    text = text_of(mail)
    # Ten in New York is three in London, and two in the week between the two changes of clocks.
    assert text.count("15:00–15:45") == WEEKS - 1
    assert text.count("14:00–14:45") == 1
    assert "27 October 2026 · 14:00–14:45" in text
    assert "/meetings/series/" in text


def test_each_reader_gets_the_dates_in_their_language_and_zone(
    series: Series, contact: Contact, smtp_server: SmtpServer
) -> None:
    (mail,) = sent(smtp_server, contact.email)
    text = text_of(mail)
    assert mail["Content-Language"] == "es-US"
    assert text.count("10:00") == WEEKS
    assert "martes" in text
    assert "/meetings/" not in text


def test_a_mail_about_a_series_is_in_one_language_from_the_first_word_to_the_last(
    series: Series, contact: Contact, smtp_server: SmtpServer
) -> None:
    contact.language, contact.address_as = "ar", "أستاذة لوسيا"
    contact.save()
    (mail,) = sent(smtp_server, contact.email)
    said = mail["Subject"] + text_of(mail)
    values = [series.title, series.agenda, series.location, contact.full_name, "Mara Quill", contact.client.name]
    for value in filter(None, [*values, "mara@dayband.example", "Dayband"]):
        said = said.replace(value, "")
    assert re.findall("[A-Za-z]+", re.sub(r"https?://\S+", "", said)) == []
    assert "\u2068نيويورك\u2069" in said
    assert f"{WEEKS} اجتماعات" in said


def test_the_mail_carries_the_whole_series_as_one_calendar_object(
    series: Series, contact: Contact, smtp_server: SmtpServer
) -> None:
    (mail,) = sent(smtp_server, contact.email)
    calendar = calendar_of(mail)
    found: list[Any] = calendar.walk("VEVENT")
    (event,) = found
    assert (calendar["METHOD"], str(event["UID"])) == ("REQUEST", series.uid)
    until = event["RRULE"]["UNTIL"][0]
    assert until == series.meetings.order_by("-start_at")[0].start_at


def test_planning_again_plans_nothing_more(series: Series) -> None:
    assert plan(now=NOW) == 2
    assert plan(now=NOW) == 0
    assert set(Message.objects.values_list("kind", flat=True)) == {"confirmation"}


def test_a_single_occurrence_that_moves_is_told_of_alone(
    series: Series, contact: Contact, manager: AccountManager, smtp_server: SmtpServer
) -> None:
    sent(smtp_server, contact.email)
    meeting = series.meetings.all()[2]
    services.move(
        actor=manager,
        meeting=meeting,
        start_at=meeting.start_at + dt.timedelta(hours=1),
        duration_minutes=45,
        reason="",
        sequence=0,
        now=NOW,
    )
    _confirmation, update = sent(smtp_server, contact.email)
    assert "11:00" in update["Subject"]
    found: list[Any] = calendar_of(update).walk("VEVENT")
    (event,) = found
    assert event["RECURRENCE-ID"].dt.astimezone(dt.UTC) == meeting.start_at


def test_the_first_occurrence_moving_at_once_leaves_the_mail_about_the_series(
    series: Series, contact: Contact, manager: AccountManager, smtp_server: SmtpServer
) -> None:
    plan(now=NOW)
    meeting = series.meetings.all()[0]
    services.move(
        actor=manager,
        meeting=meeting,
        start_at=meeting.start_at + dt.timedelta(hours=1),
        duration_minutes=45,
        reason="",
        sequence=0,
        now=NOW,
    )
    confirmation, _update = sent(smtp_server, contact.email)
    text = text_of(confirmation)
    assert (text.count("10:00"), text.count("11:00")) == (WEEKS - 1, 1)


def test_cancelling_what_follows_is_one_mail_with_those_dates_and_the_reason(
    series: Series, contact: Contact, manager: AccountManager, smtp_server: SmtpServer
) -> None:
    sent(smtp_server, contact.email)
    cancel_from(series, manager, 5)
    _confirmation, cancellation = sent(smtp_server, contact.email)
    text = text_of(cancellation)
    assert text.count("10:00") == WEEKS - 5
    assert "The project ends." in text
    calendar = calendar_of(cancellation)
    assert calendar["METHOD"] == "CANCEL"
    assert len(calendar.walk("VEVENT")) == WEEKS - 5


def test_moving_what_follows_is_one_mail_with_all_dates_to_come(
    series: Series, contact: Contact, manager: AccountManager, smtp_server: SmtpServer
) -> None:
    sent(smtp_server, contact.email)
    starts = [meeting.start_at + dt.timedelta(days=1) for meeting in series.meetings.all()[3:]]
    services.move_following(
        actor=manager,
        series=series,
        request=SeriesRequest(duration_minutes=45, weeks=WEEKS - 3, start_date=MONDAY + 3 * WEEK),
        times=[WeeklyTime(2, dt.time(10))],
        starts=starts,
        reason="Wednesdays suit better.",
        revision=revision_of(series, series.meetings.all()),
        now=NOW,
    )
    _confirmation, update = sent(smtp_server, contact.email)
    text = text_of(update)
    assert "Wednesdays suit better." in text
    assert (text.count("martes"), text.count("miércoles")) == (3, WEEKS - 3)
    found: list[Any] = calendar_of(update).walk("VEVENT")
    assert {str(event["UID"]) for event in found} == {series.uid}
    assert [event["SEQUENCE"] for event in found] == [1] + [2] * (WEEKS - 3)
    assert [event["DTSTART"].dt.astimezone(dt.UTC) for event in found[1:]] == starts


def test_a_series_cancelled_before_anybody_was_told_is_never_told_of(
    series: Series, contact: Contact, manager: AccountManager, smtp_server: SmtpServer
) -> None:
    plan(now=NOW)
    cancel_from(series, manager, 0)
    assert sent(smtp_server, contact.email) == []
    assert set(Message.objects.values_list("state", flat=True)) == {"superseded"}


def edited(series: Series, manager: AccountManager, **changes: str) -> None:
    words = {name: getattr(series, name) for name in ("title", "agenda", "channel", "location")}
    services.edit_series(
        actor=manager,
        series=series,
        revision=revision_of(series, series.meetings.all()),
        now=NOW,
        **{**words, **changes},
    )
    series.refresh_from_db()


def test_new_words_of_a_series_are_one_mail_with_them_and_the_dates_as_they_were(
    series: Series, contact: Contact, manager: AccountManager, smtp_server: SmtpServer
) -> None:
    sent(smtp_server, manager.email)
    edited(series, manager, title="Monthly numbers", location="https://meet.example/numbers")
    _confirmation, update = sent(smtp_server, manager.email)
    assert update["Subject"].startswith("Changed: Monthly numbers, 8 meetings from Tue")
    text = text_of(update)
    assert "The details of your weekly meetings with Cumbre Azul have changed." in text
    assert "https://meet.example/numbers" in text
    assert text.count("15:00–15:45") == WEEKS - 1
    found: list[Any] = calendar_of(update).walk("VEVENT")
    (event,) = found
    assert (str(event["UID"]), event["SEQUENCE"], str(event["SUMMARY"])) == (series.uid, 1, "Monthly numbers")


def test_what_is_over_keeps_its_words_in_calendars(
    series: Series, contact: Contact, manager: AccountManager, smtp_server: SmtpServer
) -> None:
    sent(smtp_server, contact.email)
    first = series.meetings.all()[0]
    services.edit_series(
        actor=manager,
        series=series,
        title="Monthly numbers",
        agenda="",
        channel="phone",
        location="",
        revision=revision_of(series, series.meetings.all()),
        now=first.end_at,
    )
    plan(now=first.end_at)
    deliver(clock=lambda: first.end_at)
    update = [message for message in smtp_server.messages if contact.email in message["To"]][-1]
    found: list[Any] = calendar_of(update).walk("VEVENT")
    assert [str(event["SUMMARY"]) for event in found] == ["Monthly numbers", "Weekly sync"]
    assert found[1]["RECURRENCE-ID"].dt.astimezone(dt.UTC) == first.start_at


def test_mails_about_one_occurrence_follow_those_about_its_series(
    series: Series, contact: Contact, manager: AccountManager, smtp_server: SmtpServer
) -> None:
    sent(smtp_server, contact.email)
    edited(series, manager, title="Monthly numbers")
    sent(smtp_server, contact.email)
    meeting = series.meetings.all()[2]
    services.cancel(actor=manager, meeting=meeting, reason="", sequence=meeting.sequence, now=NOW)
    cancel_from(series, manager, 5)
    confirmation, update, *last = sent(smtp_server, contact.email)
    assert "References" not in confirmation
    assert update["In-Reply-To"] == update["References"] == confirmation["Message-ID"]
    assert len(last) == 2
    for mail in last:
        assert mail["References"].split() == [confirmation["Message-ID"], update["Message-ID"]]
        assert mail["In-Reply-To"] == update["Message-ID"]


def test_another_series_of_the_same_people_is_another_thread(
    series: Series, contact: Contact, manager: AccountManager, smtp_server: SmtpServer
) -> None:
    sent(smtp_server, contact.email)
    at_two = (1, dt.time(14))
    book_weekly(manager, contact, start_date=MONDAY, walls=[at_two] * 2, times=[at_two], now=NOW)
    _confirmation, other = sent(smtp_server, contact.email)
    assert "References" not in other


def test_reminders_stay_one_for_each_meeting(series: Series, manager: AccountManager) -> None:
    plan(now=NOW)
    for number, meeting in enumerate(series.meetings.all()[:3], start=1):
        plan(now=meeting.start_at - dt.timedelta(minutes=60))
        reminders = Message.objects.filter(kind="reminder", lead_minutes=60, attendance__account_manager=manager)
        assert reminders.count() == number
