"""Two weeks before clocks change, those and only those are told who then find a repeated meeting at another time."""

import datetime as dt
from email import message_from_bytes, policy
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.html import strip_tags

from clients.models import AccountManager, Client, Contact
from scheduling.meetings.models import Attendance, Meeting, MeetingChange
from scheduling.outreach.models import Message, Tally
from scheduling.outreach.selectors import correspondences, with_content
from scheduling.outreach.services import claim, plan
from scheduling.outreach.services.delivery import write
from scheduling.outreach.services.planning import plan_clock_alerts
from tests.outreach.rows import change_meeting, make_meeting
from tests.people import make_account_manager, make_client, make_contact

pytestmark = pytest.mark.django_db

HOUR, DAY, WEEK = dt.timedelta(hours=1), dt.timedelta(days=1), dt.timedelta(weeks=1)
LONDON = ZoneInfo("Europe/London")
# Sunday 29 March 2026, when Europe's clocks go forward. America's did on 8 March, Bogotá's and Kathmandu's never do.
CHANGE_AT = dt.datetime(2026, 3, 29, 1, tzinfo=dt.UTC)
BOOKED_AT = dt.datetime(2026, 2, 1, tzinfo=dt.UTC)
# Nine o'clock in London, 14 days before the change.
DUE_AT = dt.datetime(2026, 3, 15, 9, tzinfo=dt.UTC)
SOON_AFTER = DUE_AT + 8 * HOUR
TUESDAY = dt.date(2026, 3, 31)


@pytest.fixture
def client() -> Client:
    return make_client(name="Northwind")


@pytest.fixture
def maya() -> AccountManager:
    return make_account_manager(full_name="Maya Okafor", email="maya@dayband.example", time_zone="Europe/London")


@pytest.fixture
def ana(client: Client) -> Contact:
    return make_contact(
        client, full_name="Ana Restrepo", email="ana@client.example", language="es-CO", time_zone="America/Bogota"
    )


def weekly(
    manager: AccountManager,
    contacts: list[Contact],
    *,
    time_zone: str,
    hour: int = 16,
    dates: tuple[dt.date, ...] = (TUESDAY - WEEK, TUESDAY, TUESDAY + WEEK),
) -> list[Meeting]:
    """The same meeting on each of the dates, at the same wall time of the zone."""
    return [
        make_meeting(
            manager,
            contacts,
            start_at=dt.datetime.combine(date, dt.time(hour), ZoneInfo(time_zone)).astimezone(dt.UTC),
            booked_at=BOOKED_AT,
            time_zone=time_zone,
        )
        for date in dates
    ]


def alerts() -> set[tuple[str, dt.datetime]]:
    """To whom, and of which meeting's start."""
    rows = Message.objects.filter(kind=Message.Kind.CLOCK_CHANGE)
    return set(rows.values_list("address", "meeting__start_at"))


def mail_to(person: Contact | AccountManager) -> tuple[str, str]:
    """Subject and text of the alert to that person."""
    message = with_content(Message.objects.filter(kind=Message.Kind.CLOCK_CHANGE, address=person.email)).get()
    mail = message_from_bytes(
        write(message, correspondences([message])[message.pk], now=SOON_AFTER).raw, policy=policy.default
    )
    body = mail.get_body(("plain",))
    assert body is not None
    return mail["Subject"].replace("\u202f", " "), str(body.get_content()).replace("\u202f", " ")


def test_whoever_finds_the_meeting_at_another_time_is_told_and_nobody_else(
    maya: AccountManager, ana: Contact, client: Client
) -> None:
    """It is kept in London, where nothing changes for those on London's clock."""
    dubliner = make_contact(client, time_zone="Europe/Dublin")
    _before, after, _later = weekly(maya, [ana, dubliner], time_zone="Europe/London")
    plan(now=SOON_AFTER)
    assert alerts() == {(ana.email, after.start_at)}


def test_where_the_meeting_is_kept_elsewhere_those_whose_own_clock_changes_are_told(
    maya: AccountManager, ana: Contact
) -> None:
    _before, after, _later = weekly(maya, [ana], time_zone="America/Bogota")
    plan(now=SOON_AFTER)
    assert alerts() == {(maya.email, after.start_at)}


def test_it_is_due_at_nine_on_the_readers_clock_fourteen_days_before(maya: AccountManager, ana: Contact) -> None:
    weekly(maya, [ana], time_zone="America/Bogota")
    plan(now=DUE_AT - dt.timedelta(minutes=1))
    assert alerts() == set()
    plan(now=DUE_AT)
    message = Message.objects.get(kind=Message.Kind.CLOCK_CHANGE)
    assert message.due_at == DUE_AT
    assert message.expires_at == dt.datetime(2026, 3, 31, 21, tzinfo=dt.UTC)


def test_planned_ever_so_often_it_is_told_once(maya: AccountManager, ana: Contact) -> None:
    weekly(maya, [ana], time_zone="Europe/London")
    for hours in range(0, 24 * 20, 6):
        plan_clock_alerts(now=DUE_AT + hours * HOUR)
    assert len(alerts()) == 1
    assert Message.objects.filter(kind=Message.Kind.CLOCK_CHANGE).count() == 1


def test_an_outage_of_a_day_delays_it_and_one_of_three_drops_it(maya: AccountManager, ana: Contact) -> None:
    weekly(maya, [ana], time_zone="Europe/London")
    plan(now=DUE_AT + 3 * DAY)
    assert alerts() == set()
    plan(now=DUE_AT + DAY)
    assert len(alerts()) == 1


def test_clocks_that_change_together_change_nothing(maya: AccountManager, client: Client) -> None:
    weekly(maya, [make_contact(client, time_zone="Europe/Bucharest")], time_zone="Europe/Bucharest")
    plan(now=SOON_AFTER)
    assert alerts() == set()


def test_clocks_that_changed_both_since_the_meeting_before_change_nothing(maya: AccountManager, client: Client) -> None:
    """New York changes on 8 March and London on 29 March: by April a monthly call is where it was."""
    guest = make_contact(client, time_zone="America/New_York")
    weekly(maya, [guest], time_zone="Europe/London", dates=(dt.date(2026, 3, 3), dt.date(2026, 4, 7)))
    for day in range(60):
        plan_clock_alerts(now=BOOKED_AT + day * DAY + 18 * HOUR)
    assert alerts() == set()


def test_a_weekly_call_across_both_changes_is_told_of_each(maya: AccountManager, client: Client) -> None:
    guest = make_contact(client, time_zone="America/New_York")
    dates = tuple(dt.date(2026, 3, 3) + week * WEEK for week in range(6))
    meetings = weekly(maya, [guest], time_zone="Europe/London", dates=dates)
    for day in range(60):
        plan_clock_alerts(now=BOOKED_AT + day * DAY + 18 * HOUR)
    assert alerts() == {(guest.email, meetings[1].start_at), (guest.email, meetings[4].start_at)}


def other_title(meeting: Meeting) -> None:
    Meeting.objects.filter(pk=meeting.pk).update(title="Something else")


def other_wall_time(meeting: Meeting) -> None:
    Meeting.objects.filter(pk=meeting.pk).update(start_wall=dt.time(15))


def cancelled(meeting: Meeting) -> None:
    change_meeting(meeting, MeetingChange.Kind.CANCELLED, at=BOOKED_AT)


def without_her(meeting: Meeting) -> None:
    meeting.attendances.filter(contact__isnull=False).delete()


@pytest.mark.parametrize("change", [other_title, other_wall_time, cancelled, without_her])
def test_whoever_had_no_such_meeting_before_is_used_to_nothing(
    maya: AccountManager, ana: Contact, change: object
) -> None:
    before, _after = weekly(maya, [ana], time_zone="Europe/London", dates=(TUESDAY - WEEK, TUESDAY))
    change(before)  # type: ignore[operator]
    plan(now=SOON_AFTER)
    assert alerts() == set()


def test_a_meeting_before_that_is_over_counts_too(maya: AccountManager, ana: Contact) -> None:
    weekly(maya, [ana], time_zone="Europe/London", dates=(dt.date(2026, 3, 10), TUESDAY))
    plan(now=SOON_AFTER)
    assert len(alerts()) == 1


def test_whoever_wants_no_reminders_declined_or_was_told_the_new_time_is_not_told(
    maya: AccountManager, client: Client
) -> None:
    quiet, declined, fresh = (make_contact(client, time_zone="America/Bogota") for _ in range(3))
    Contact.objects.filter(pk=quiet.pk).update(reminder_minutes=[])
    for hour, guest in enumerate((quiet, declined, fresh), start=12):
        weekly(maya, [guest], time_zone="Europe/London", hour=hour)
    Attendance.objects.filter(contact=declined).update(partstat=Attendance.PartStat.DECLINED)
    MeetingChange.objects.filter(meeting__attendances__contact=fresh).update(at=DUE_AT + HOUR)
    plan(now=SOON_AFTER)
    assert alerts() == set()


def test_a_meeting_that_moves_takes_its_alert_back(maya: AccountManager, ana: Contact) -> None:
    _before, after, _later = weekly(maya, [ana], time_zone="Europe/London")
    plan(now=SOON_AFTER)
    change_meeting(after, MeetingChange.Kind.MOVED, at=SOON_AFTER, start_at=after.start_at + 2 * DAY)
    claim(now=SOON_AFTER + HOUR)
    assert Message.objects.get(kind=Message.Kind.CLOCK_CHANGE).state == Message.State.SUPERSEDED


def test_new_words_leave_it(maya: AccountManager, ana: Contact) -> None:
    _before, after, _later = weekly(maya, [ana], time_zone="Europe/London")
    plan(now=SOON_AFTER)
    change_meeting(after, MeetingChange.Kind.EDITED, at=SOON_AFTER)
    assert Message.Kind.CLOCK_CHANGE in {message.kind for message in claim(now=SOON_AFTER + HOUR)}


def test_the_mail_says_from_when_the_meeting_is_when_and_why(maya: AccountManager, client: Client) -> None:
    guest = make_contact(client, language="en-US", time_zone="America/New_York", address_as="Dana")
    weekly(maya, [guest], time_zone="Europe/London")
    plan(now=SOON_AFTER)
    subject, text = mail_to(guest)
    assert subject == "Clock change: Quarterly review, Tue, Mar 31, 11:00 AM (New York)"
    assert (
        "From Tuesday, March 31, your meeting with Maya Okafor is at 11:00 AM instead of 12:00 PM in your time, "
        "because clocks change in London on Sunday, March 29." in text
    )
    assert "11:00 AM–11:45 AM · New York (GMT−4)" in text
    assert "- Maya Okafor (organizer): 4:00 PM · London (GMT+1)" in text


def test_the_mail_speaks_its_readers_language(maya: AccountManager, ana: Contact) -> None:
    weekly(maya, [ana], time_zone="Europe/London")
    plan(now=SOON_AFTER)
    subject, text = mail_to(ana)
    assert subject.endswith(": Quarterly review, mar, 31 de mar, 10:00 a. m. (Bogotá)")
    for words in ("martes, 31 de marzo", "10:00 a. m.", "11:00 a. m.", "Londres", "domingo, 29 de marzo"):
        assert words in text


def test_a_quiet_time_of_the_year_takes_one_query(maya: AccountManager, ana: Contact) -> None:
    weekly(maya, [ana], time_zone="Europe/London", dates=(dt.date(2026, 6, 2), dt.date(2026, 6, 9)))
    with CaptureQueriesContext(connection) as quiet:
        plan(now=dt.datetime(2026, 5, 20, tzinfo=dt.UTC))
    with CaptureQueriesContext(connection) as busy:
        plan(now=SOON_AFTER)
    assert len(busy) == len(quiet) + 1
    assert sum("UNION" in query["sql"] for query in quiet) == 1


def test_the_number_of_queries_does_not_grow_with_the_meetings(maya: AccountManager, client: Client) -> None:
    def queries(number: int) -> int:
        for hour in range(8, 8 + number):
            guest = make_contact(client, time_zone="America/Bogota")
            weekly(maya, [guest], time_zone="Europe/London", hour=hour)
            maya.attendances.all().delete()
        # Otherwise what is not looked at with every beat would be left out.
        Tally.objects.all().delete()
        with CaptureQueriesContext(connection) as captured:
            plan(now=SOON_AFTER)
        return len(captured)

    assert queries(1) == queries(8)


def test_the_account_manager_sees_on_the_page_of_today_what_clocks_will_shift(
    maya: AccountManager, ana: Contact, monkeypatch: pytest.MonkeyPatch
) -> None:
    weekly(maya, [ana], time_zone="Europe/London")
    browser = Browser()
    browser.force_login(maya)

    def today(now: dt.datetime) -> str:
        with monkeypatch.context() as patch:
            patch.setattr("django.utils.timezone.now", lambda: now)
            return " ".join(strip_tags(browser.get(reverse("desk:today")).content.decode()).split())

    assert (
        "Clocks change in London on Sunday, 29 March. Not everybody’s time stays: "
        "Quarterly review · Tue 31 Mar · 10:00 instead of 11:00 for Ana Restrepo" in today(SOON_AFTER)
    )
    assert "Clocks change" not in today(DUE_AT - 2 * DAY)
    assert "Clocks change" not in today(CHANGE_AT + DAY)
