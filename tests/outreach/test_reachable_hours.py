"""What waits for the hours in which a contact can be reached, and what waiting must not break."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from django.core.management import call_command
from django.test import Client as Browser
from django.utils import timezone
from pytest_django import Settings

from clients.models import Contact
from scheduling.outreach.models import Message
from scheduling.outreach.quiet import next_reachable
from scheduling.outreach.selectors import to_say_for
from scheduling.outreach.services import deliver, plan
from scheduling.outreach.services.check_ins import NewStep
from tests.outreach.check_in_rows import MONDAY_MORNING, make_plan
from tests.outreach.rows import make_meeting
from tests.people import make_account_manager, make_client, make_contact, make_team
from tests.smtp import SmtpServer

pytestmark = pytest.mark.django_db

TOKYO = ZoneInfo("Asia/Tokyo")
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
MINUTE, HOUR, DAY = dt.timedelta(minutes=1), dt.timedelta(hours=1), dt.timedelta(days=1)
#: Nine on a Monday in Tokyo.
DUE = dt.datetime(2026, 10, 5, 0, 0, tzinfo=dt.UTC)


def meet_in_tokyo(start_at: dt.datetime, *, reachable_until: str) -> Contact:
    """Somebody reachable from eight o'clock on, who is reminded of a meeting a day before."""
    manager = make_account_manager(make_team(), reminder_minutes=[])
    hours = {day: [["08:00", reachable_until]] for day in WEEKDAYS}
    contact = make_contact(
        make_client(manager.teams.get()), time_zone="Asia/Tokyo", reachable_hours=hours, reminder_minutes=[1440]
    )
    make_meeting(manager, [contact], start_at=start_at, booked_at=start_at - 20 * DAY)
    return contact


@pytest.mark.django_db(transaction=True)
def test_tick_command_goes_on_where_only_somebody_sleeps(
    smtp_server: SmtpServer, capsys: pytest.CaptureFixture[str]
) -> None:
    now = timezone.now()
    # Asleep for hours: reachable only on the weekday of the day after tomorrow, in UTC.
    hours = {WEEKDAYS[(now + 2 * DAY).weekday()]: [["09:00", "17:00"]]}
    make_plan(MONDAY_MORNING, time_zone="UTC", reachable_hours=hours)
    Message.objects.update(due_at=now - HOUR, next_try_at=now - HOUR, expires_at=now + 5 * DAY)
    manager = make_account_manager()
    for number in range(51):
        make_meeting(manager, [make_contact()], start_at=now + (3 + number) * DAY, booked_at=now)
    call_command("tick")
    captured = capsys.readouterr()
    assert (len(smtp_server.deliveries), captured.err) == (102, "")


def test_a_check_in_that_waits_for_its_readers_morning_is_not_late(settings: Settings) -> None:
    settings.METRICS_TOKEN = "token"
    now = timezone.now()
    hours = {WEEKDAYS[(now + 2 * DAY).weekday()]: [["09:00", "17:00"]]}
    make_plan(MONDAY_MORNING, time_zone="UTC", reachable_hours=hours)
    Message.objects.update(due_at=now - 5 * HOUR, next_try_at=now - 5 * HOUR, expires_at=now + 5 * DAY)
    assert deliver(clock=timezone.now) == {"put off": 1}
    page = Browser().get("/metrics", headers={"Authorization": "Bearer token"}).content.decode()
    [line] = [line for line in page.splitlines() if line.startswith("dayband_oldest_due_message_age_seconds")]
    assert float(line.split()[1]) < 900


def test_a_reminder_half_a_day_earlier_still_leaves_within_the_hours(smtp_server: SmtpServer) -> None:
    start_at = dt.datetime(2026, 10, 7, 6, 0, tzinfo=TOKYO)
    contact = meet_in_tokyo(start_at, reachable_until="18:00")
    at = dt.datetime(2026, 10, 5, 17, 0, tzinfo=TOKYO)
    while not (found := Message.objects.filter(kind="reminder").first()):
        plan(now=at)
        deliver(clock=at.replace)
        at += MINUTE
    assert found.sent_at is not None
    assert next_reachable(contact, found.sent_at) == found.sent_at, found.sent_at.astimezone(TOKYO)


def test_a_reminder_moved_out_of_the_night_does_not_leave_in_it_after_an_outage(smtp_server: SmtpServer) -> None:
    start_at = dt.datetime(2026, 10, 7, 6, 30, tzinfo=TOKYO)
    meet_in_tokyo(start_at, reachable_until="20:00")
    evening = dt.datetime(2026, 10, 5, 19, 30, tzinfo=TOKYO)
    plan(now=evening)
    reminder = Message.objects.get(kind="reminder")
    # The workers come back at two in the night: neither within the hours nor when it was asked for.
    night = dt.datetime(2026, 10, 6, 2, 0, tzinfo=TOKYO)
    deliver(clock=lambda: night)
    reminder.refresh_from_db()
    assert reminder.state == "pending"
    # Half past six, when it was asked for; the hours begin at eight.
    asked_for = start_at - DAY
    deliver(clock=asked_for.replace)
    reminder.refresh_from_db()
    assert (reminder.state, reminder.sent_at) == ("sent", asked_for)


def test_the_reminder_asks_on_that_day_and_nothing_else_where_the_meeting_was_booked_after_the_evening() -> None:
    manager = make_account_manager(make_team(), reminder_minutes=[])
    hours = {day: [["08:00", "20:00"]] for day in WEEKDAYS}
    contact = make_contact(
        make_client(manager.teams.get()), time_zone="Asia/Tokyo", reachable_hours=hours, reminder_minutes=[1440]
    )
    # A Wednesday; booked at ten in the evening of the Monday... of which the reminder's evening is over.
    start_at = dt.datetime(2026, 10, 7, 6, 30, tzinfo=TOKYO)
    make_meeting(manager, [contact], start_at=start_at, booked_at=dt.datetime(2026, 10, 5, 22, 0, tzinfo=TOKYO))
    at = dt.datetime(2026, 10, 6, 0, 0, tzinfo=TOKYO)
    while at < start_at:
        plan(now=at)
        at += 10 * MINUTE
    asking = Message.objects.filter(kind__in=["reminder", "suits"]).order_by("due_at")
    assert [f"{one.kind} {one.due_at.astimezone(TOKYO):%a %H:%M}" for one in asking] == ["reminder Tue 06:30"]


def test_nobody_is_told_to_call_after_the_hours_in_which_the_contact_can_be_reached() -> None:
    hours = {day: [["09:00", "17:00"]] for day in WEEKDAYS}
    enrolment = make_plan(
        NewStep(0, dt.time(16), "priorities"), preferred_channel="phone", phone="+81355501010", reachable_hours=hours
    )
    due_at = dt.datetime(2026, 10, 5, 16, 0, tzinfo=TOKYO)
    deliver(clock=lambda: due_at)
    manager = enrolment.plan.account_manager
    assert [message.state for message in to_say_for(manager, now=due_at)] == ["to_say"]
    assert not to_say_for(manager, now=due_at + 4 * HOUR).exists()


def test_a_call_is_shown_for_when_the_contact_can_be_reached() -> None:
    evenings = {day: [["17:00", "21:00"]] for day in WEEKDAYS}
    enrolment = make_plan(MONDAY_MORNING, preferred_channel="phone", phone="+81355501010", reachable_hours=evenings)
    deliver(clock=lambda: DUE)
    # Ten in the morning there; Today says “Call …, Mon 09:00”, which is over and outside of their hours.
    [task] = to_say_for(enrolment.plan.account_manager, now=DUE + HOUR)
    assert next_reachable(enrolment.contact, task.due_at) == task.due_at
