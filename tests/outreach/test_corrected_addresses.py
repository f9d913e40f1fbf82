"""Messages find the address that somebody put right after they were planned."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from django.test import Client as Browser
from django.utils import timezone
from pytest_django import Settings

from clients.models import Contact
from scheduling.outreach import reasons
from scheduling.outreach.models import MailAddress, Message, TeamChannel
from scheduling.outreach.services import deliver, plan
from scheduling.outreach.services.retrying import retry
from scheduling.outreach.services.saying import note_not_reached
from tests.outreach.check_in_rows import MONDAY_MORNING, make_plan
from tests.outreach.receiver import running_receiver
from tests.outreach.rows import make_meeting
from tests.people import make_account_manager, make_client, make_contact, make_team
from tests.smtp import SmtpServer

pytestmark = pytest.mark.django_db

TOKYO = ZoneInfo("Asia/Tokyo")
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
MINUTE, HOUR, DAY = dt.timedelta(minutes=1), dt.timedelta(hours=1), dt.timedelta(days=1)
#: Nine on a Monday in Tokyo.
DUE = dt.datetime(2026, 10, 5, 0, 0, tzinfo=dt.UTC)


@pytest.mark.parametrize("before", ["", "old@client.example"])
def test_who_was_not_reached_is_written_to_at_the_address_of_today(smtp_server: SmtpServer, before: str) -> None:
    enrolment = make_plan(MONDAY_MORNING, preferred_channel="phone", phone="+81355501010", email=before)
    deliver(clock=lambda: DUE)
    Contact.objects.update(email="new@client.example")
    plan(now=DUE + HOUR)
    note_not_reached(actor=enrolment.plan.account_manager, message=Message.objects.get(), now=DUE + HOUR)
    deliver(clock=lambda: DUE + HOUR)
    assert [one.recipients for one in smtp_server.deliveries] == [("new@client.example",)]


def test_what_was_held_back_goes_to_the_address_that_replaced_the_wrong_one(smtp_server: SmtpServer) -> None:
    now = timezone.now()
    manager = make_account_manager(make_team(), reminder_minutes=[])
    ana = make_contact(make_client(manager.teams.get()), email="anna@client.example", reminder_minutes=[])
    MailAddress.objects.create(email="anna@client.example", bounce_score=1, suppressed_at=now - DAY, reason="550")
    make_meeting(manager, [ana], start_at=now + 5 * DAY, booked_at=now)
    plan(now=now)
    deliver(clock=lambda: now)
    held = Message.objects.get(attendance__contact=ana)
    assert (held.state, held.reason) == ("suppressed", reasons.CAME_BACK)
    Contact.objects.filter(pk=ana.pk).update(email="ana@client.example")
    browser = Browser()
    browser.force_login(manager)
    page = browser.get(f"/outbox/{held.pk}/").content.decode()
    assert f"/outbox/{held.pk}/retry/" in page
    browser.post(f"/outbox/{held.pk}/retry/")
    deliver(clock=timezone.now)
    assert "ana@client.example" in [to for one in smtp_server.deliveries for to in one.recipients]


def test_what_went_by_chat_after_all_is_not_said_to_be_a_mail(settings: Settings) -> None:
    settings.CHANNELS_MAY_REACH_PRIVATE = True
    enrolment = make_plan(MONDAY_MORNING, preferred_channel="chat", email="")
    deliver(clock=lambda: DUE)
    message = Message.objects.get()
    assert (message.state, message.fallback_reason) == ("undeliverable", reasons.NO_CHANNEL)
    Contact.objects.update(email="aiko@client.example")
    with running_receiver() as receiver:
        TeamChannel.objects.create(team=enrolment.contact.client.team, name="#x", address=receiver.address())
        retry(actor=enrolment.plan.account_manager, message=message, now=DUE + HOUR)
        deliver(clock=lambda: DUE + HOUR)
        message.refresh_from_db()
        assert (message.state, message.channel, len(receiver.posts)) == ("sent", "chat", 1)
    assert message.fallback_reason == ""
