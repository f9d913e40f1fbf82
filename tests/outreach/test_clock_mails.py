"""What people are told when new tzdata changes when a meeting is, by anybody's clock."""

import datetime as dt
from email import message_from_bytes, policy

import pytest

from clients.models import AccountManager, Client, Contact
from scheduling.meetings.models import Meeting, MeetingChange, Series
from scheduling.meetings.services import follow_tzdata
from scheduling.outreach.models import Message
from scheduling.outreach.selectors import correspondences, with_content
from scheduling.outreach.services import deliver, plan
from scheduling.outreach.services.delivery import write
from tests.clocks.rows import Plan, make_meetings_then
from tests.outreach.icalendar_reader import instant, read
from tests.outreach.rows import change_meeting
from tests.people import make_account_manager, make_client, make_contact
from tests.smtp import SmtpServer

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("smtp_server")]

NOW = dt.datetime(2026, 3, 2, 8, tzinfo=dt.UTC)
HOUR = dt.timedelta(hours=1)
# By 2022g 18:00 UTC and by 2026f 17:00, when British Columbia keeps its summer time.
TEN = dt.datetime.fromisoformat("2026-12-07T10:00")


@pytest.fixture
def client() -> Client:
    return make_client(name="Northwind")


@pytest.fixture
def maya() -> AccountManager:
    return make_account_manager(full_name="Maya Okafor", time_zone="Europe/London", language="en-GB")


@pytest.fixture
def dana(client: Client) -> Contact:
    return make_contact(client, full_name="Dana Reyes", time_zone="America/Vancouver", language="en-CA")


def told(plan_: Plan) -> Meeting:
    """The meeting once its confirmations were sent."""
    (meeting,) = make_meetings_then("2022g", [plan_], booked_at=NOW)
    plan(now=NOW)
    assert deliver(clock=lambda: NOW) == {"sent": len(plan_.contacts) + 1}
    return meeting


def update_to(person: Contact | AccountManager) -> tuple[str, str, bytes]:
    """Subject, text and calendar of what the person is told after the new release."""
    plan(now=NOW + HOUR)
    message = with_content(Message.objects.filter(address=person.email, kind=Message.Kind.UPDATE)).latest("pk")
    mail = message_from_bytes(
        write(message, correspondences([message])[message.pk], now=NOW).raw, policy=policy.default
    )
    body, file = mail.get_body(("plain",)), list(mail.walk())[-1]
    assert body is not None
    return (
        mail["Subject"].replace("\u202f", " "),
        str(body.get_content()).replace("\u202f", " ").replace("\r\n", "\n"),
        file.get_content(),
    )


def test_whose_clock_shows_the_same_time_is_told_that_it_stays(maya: AccountManager, dana: Contact) -> None:
    told(Plan(maya, [dana], TEN))
    follow_tzdata(now=NOW)
    subject, text, calendar = update_to(dana)
    assert subject.startswith("Same time: Review 0, Mon, Dec 7, 10:00")
    assert "The rules for clocks in Vancouver have changed." in text
    assert "Your meeting with Maya Okafor stays at the time you know." in text
    assert "Before:" not in text
    assert instant(read(calendar), "DTSTART") == dt.datetime(2026, 12, 7, 17, tzinfo=dt.UTC)
    assert read(calendar).inside("VEVENT")["SEQUENCE"].value == "1"


def test_whose_clock_shows_another_time_is_told_the_new_one_and_the_old(maya: AccountManager, dana: Contact) -> None:
    told(Plan(maya, [dana], TEN))
    follow_tzdata(now=NOW)
    subject, text, _calendar = update_to(maya)
    assert subject == "New time: Review 0, Mon 7 Dec, 17:00 (London)"
    assert "The rules for clocks in Vancouver have changed, so your meeting with Northwind has a new time." in text
    assert "17:00–18:00 · London (GMT)\nBefore: Monday, 7 December 2026, 18:00" in text
    assert "- Dana Reyes: 10:00 · Vancouver (GMT−7)" in text


def test_kept_elsewhere_it_is_at_another_time_for_those_whose_clocks_follow_new_rules(
    maya: AccountManager, dana: Contact
) -> None:
    told(Plan(maya, [dana], TEN.replace(hour=18), time_zone="Europe/London"))
    follow_tzdata(now=NOW)
    subject, text, _calendar = update_to(dana)
    assert subject.startswith("New time: Review 0, Mon, Dec 7, 11:00")
    assert "Before: Monday, December 7, 2026 at 10:00" in text or "Before: Monday, December 7, 2026, 10:00" in text
    subject, text, _calendar = update_to(maya)
    assert subject == "Same time: Review 0, Mon 7 Dec, 18:00 (London)"
    assert "The rules for clocks in Vancouver have changed. Your meeting with Northwind stays" in text


def test_a_meeting_that_somebody_moves_before_that_was_told_is_told_as_moved(
    maya: AccountManager, dana: Contact
) -> None:
    meeting = told(Plan(maya, [dana], TEN))
    follow_tzdata(now=NOW)
    meeting.refresh_from_db()
    change_meeting(meeting, MeetingChange.Kind.MOVED, at=NOW, start_at=meeting.start_at + 2 * HOUR, reason="A flight.")
    subject, text, _calendar = update_to(dana)
    assert subject.startswith("New time: Review 0, Mon, Dec 7, 12:00")
    assert "Your meeting with Maya Okafor has a new time." in text
    assert "rules" not in text
    # The time that she knew, by the rules of then.
    assert "2026, 10:00" in text


def test_everybody_gets_one_mail(maya: AccountManager, dana: Contact, smtp_server: SmtpServer) -> None:
    told(Plan(maya, [dana], TEN))
    for _ in range(2):
        follow_tzdata(now=NOW)
        plan(now=NOW + HOUR)
        deliver(clock=lambda: NOW + HOUR)
    assert sorted(one.recipients[0] for one in smtp_server.deliveries) == sorted(2 * [maya.email, dana.email])


def test_a_series_is_told_of_once_as_a_whole(maya: AccountManager, dana: Contact, smtp_server: SmtpServer) -> None:
    plans = [Plan(maya, [dana], TEN + week * dt.timedelta(weeks=1)) for week in range(3)]
    meetings = make_meetings_then("2022g", plans, booked_at=NOW - dt.timedelta(days=30))
    series = Series.objects.create(
        client=dana.client,
        organizer=maya,
        title="Weekly",
        channel="video",
        uid="weekly",
        start_date=TEN.date(),
        weeks=3,
        weekdays=[0],
        max_times=1,
        time_zone=dana.time_zone,
        duration_minutes=60,
        weekly_times=["mon 10:00"],
        rule_time="mon 10:00",
        created_at=NOW,
    )
    for meeting in meetings:
        Meeting.objects.filter(pk=meeting.pk).update(series=series, series_week_date=meeting.start_date)
    follow_tzdata(now=NOW)
    series.refresh_from_db()
    assert series.sequence == 1
    subject, text, _calendar = update_to(dana)
    assert subject.endswith(": Review 0, 3 meetings from Mon, Dec 7")
    assert "The rules for clocks in Vancouver have changed." in text
    assert Message.objects.filter(kind=Message.Kind.UPDATE).count() == 2
